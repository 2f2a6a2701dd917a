using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Engine;

namespace TxCore.Simulation.Clients;

/// <summary>The administrator: defines races and a sale, opens, suspends, stops and reopens them, blocks seats, confirms the time.</summary>
internal sealed class AdminClient(World world, uint source) : SimClient(world, source)
{
    public const uint Sale = 7;
    public const byte Runners = 9;
    private const int RacesMax = 4;
    private int _defined;

    /// <summary>While the time is held nothing else is decided, so nobody else could end his work.</summary>
    protected override bool HasMoreToDo => World.Processes.Exists(static process => process.IsServing && process.Shard!.IsTimeHeld) && LowestUnanswered > Submissions.Count;

    public static RaceId RaceOf(int race) => new(20251105, 1, (byte)race);

    protected override Content Create(TransactionHeader header)
    {
        var control = new ControlHeader(42, 43, 1);
        _defined++;
        if (HasMoreToDo)
        {
            var host = World.Processes.FindLast(static process => process.IsServing)!;
            var confirm = new TimeConfirm(header, control, World.Now + host.Clock.Offset);
            return new Content(MessageType.TimeConfirm, confirm, Frame.Encode(confirm));
        }

        return _defined switch
        {
            <= 2 => DefineRace(header with { Deadline = 0 }, control, _defined),
            <= 4 => Control(MessageType.RaceOpen, header with { Deadline = 0 }, control, _defined - 2),
            5 => DefineSale(header with { Deadline = 0 }, control),
            6 => DefineCells(header with { Deadline = 0 }, control),
            7 => OpenSale(header with { Deadline = 0 }, control),
            8 or 9 => DefineRace(header with { Deadline = 0 }, control, _defined - 5),
            10 or 11 => Control(MessageType.RaceOpen, header with { Deadline = 0 }, control, _defined - 7),
            _ => Any(header, control),
        };
    }

    protected override void Learn(Submission submission)
    {
    }

    private Content Any(TransactionHeader header, ControlHeader control)
    {
        int race = Random.Between(1, RacesMax);
        return Random.Next(10) switch
        {
            0 or 1 => Control(MessageType.RaceStop, header, control, race),
            2 or 3 or 4 => Control(MessageType.RaceReopen, header, control, race, World.Now + Random.Between(200_000, 60_000_000)),
            5 => Control(MessageType.RaceSuspend, header, control, race),
            6 or 7 => Control(MessageType.RaceOpen, header, control, race),
            8 => Block(header, control),
            _ => DefineRace(header, control, Random.Between(1, RacesMax)),
        };
    }

    private Content DefineRace(TransactionHeader header, ControlHeader control, int race) => Make(new RaceDefine(
        header, control, RaceOf(race), World.Now, World.Now + (Random.Percent(40) ? Random.Between(300_000, 4_000_000) : 3_600_000_000L), Runners,
        [Pool(BetType.Win), Pool(BetType.Place)]));

    private static PoolDefinition Pool(BetType type) => new((ushort)type, TerminalClient.BaseStake, 100_000, 0, [], []);

    private static Content Control(MessageType type, TransactionHeader header, ControlHeader control, int race, long latestStopAt = 0)
    {
        var message = new RaceControl(header, control, RaceOf(race), 0, latestStopAt);
        return new Content(type, message, message.Encode(type));
    }

    private Content DefineSale(TransactionHeader header, ControlHeader control)
    {
        long closesAt = World.Now + (Random.Percent(20) ? Random.Between(1_000_000, 5_000_000) : 3_600_000_000L);
        var sale = new SaleDefine(header, control, Sale, closesAt, 1);
        return new Content(MessageType.SaleDefine, sale, Frame.Encode(sale));
    }

    private Content DefineCells(TransactionHeader header, ControlHeader control) => Make(new CellsDefine(
        header, control, Sale,
        [new CellDefinition(1, 1, 5000, (uint)Random.Between(4, 40), 1, 6), new CellDefinition(1, 2, 2500, (uint)Random.Between(3, 20), 0, 6)]));

    private static Content OpenSale(TransactionHeader header, ControlHeader control)
    {
        var message = new SaleControl(header, control, Sale);
        return new Content(MessageType.SaleOpen, message, message.Encode(MessageType.SaleOpen));
    }

    private Content Block(TransactionHeader header, ControlHeader control)
    {
        var block = new SeatsBlock(header, control, Sale, 1, (ushort)Random.Between(1, 2), (uint)Random.Between(0, 2));
        return new Content(MessageType.SeatsBlock, block, Frame.Encode(block));
    }
}
