using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Tests.Support;

namespace TxCore.Fuzzing.Sessions;

/// <summary>What every shard of the session target has on sale, and what was sold there before the first input: always the same.</summary>
internal sealed class Programme
{
    /// <summary>A race that was run and is paid.</summary>
    public static readonly RaceId PaidRace = new(20251105, 1, 2);

    /// <summary>A sale with a waiting list, for buyers with a limit of seats.</summary>
    public const uint WaitingSale = 8;

    /// <summary>A draw that registers persons.</summary>
    public const uint Draw = 3;

    private readonly FuzzShard _shard;
    private readonly Dictionary<uint, FuzzConnection> _connections = [];
    private readonly Dictionary<uint, long> _sequences = [];

    private Programme(FuzzShard shard) => _shard = shard;

    /// <summary>A ticket that may be paid, one that may be cancelled, a voucher, seats on hold and seats bought.</summary>
    public Dictionary<string, Outcome> Sold { get; } = [];

    public static byte[] Person(byte number) => [.. Enumerable.Repeat(number, Wire.PersonKeyBytes)];

    /// <summary>Puts the programme on sale.</summary>
    public static Programme Define(FuzzShard shard)
    {
        var programme = new Programme(shard);
        programme.DefineRaces();
        programme.DefineSales();
        programme.Sell();
        programme.Finish();
        return programme;
    }

    private void DefineRaces()
    {
        foreach (var race in (ReadOnlySpan<RaceId>)[Messages.Race, PaidRace])
        {
            Do(FuzzSources.Administrator, (source, sequence) => Frame.Encode(Messages.DefineRace(source, sequence, race, Messages.At(TimeSpan.FromHours(20)))));
            Do(FuzzSources.Administrator, (source, sequence) => Messages.RaceControl(MessageType.RaceOpen, source, sequence, race));
        }
    }

    private void DefineSales()
    {
        long closesAt = Messages.At(TimeSpan.FromHours(20));
        Do(FuzzSources.Administrator, (source, sequence) => Frame.Encode(Messages.DefineSale(source, sequence, closesAt: closesAt)));
        Do(FuzzSources.Administrator, static (source, sequence) => Frame.Encode(Messages.DefineCells(source, sequence)));
        Do(FuzzSources.Administrator, static (source, sequence) => Messages.SaleControl(MessageType.SaleOpen, source, sequence));
        Do(FuzzSources.Administrator, (source, sequence) => Frame.Encode(
            Messages.DefineSale(source, sequence, WaitingSale, closesAt) with { Terms = new SaleTerms(0, 6, 0, 0, 60, 10) }));
        Do(FuzzSources.Administrator, static (source, sequence) => Frame.Encode(
            new CellsDefine(Messages.Name(source, sequence), Messages.Control(), WaitingSale, [new CellDefinition(1, 1, 5_000, 2, 0, 2)])));
        Do(FuzzSources.Administrator, static (source, sequence) => Messages.SaleControl(MessageType.SaleOpen, source, sequence, WaitingSale));
        Do(FuzzSources.Administrator, (source, sequence) => Frame.Encode(
            new DrawDefine(Messages.Name(source, sequence), Messages.Control(), Draw, "FUZZ"u8.ToArray(), closesAt, 1000, 0, 0)));
        Do(FuzzSources.Administrator, static (source, sequence) => new DrawControl(Messages.Name(source, sequence), Messages.Control(), Draw).Encode(MessageType.DrawOpen));
    }

    private void Sell()
    {
        Sold["paid"] = Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(Messages.Wager(source, sequence, Messages.Line(race: PaidRace))));
        Sold["open"] = Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(Messages.Wager(source, sequence)));
        Sold["voucher"] = Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(new VoucherIssue(Messages.Name(source, sequence), 1, 5, 2_000)));
        Sold["held"] = Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(Messages.Hold(source, sequence)));
        var hold = Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(Messages.Hold(source, sequence)));
        Do(FuzzSources.Seller, (source, sequence) => Frame.Encode(Messages.Confirm(source, sequence, hold.Number, hold.AmountCents)));
        Sold["bought"] = hold;
        Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(
            new Hold(Messages.Name(source, sequence), 1, WaitingSale, Person(1), [new HoldLine(1, 1, 2, 0)])));
        Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(new WaitJoin(Messages.Name(source, sequence), 1, WaitingSale, Person(2), 1, 1, 1)));
        Do(FuzzSources.Seller, static (source, sequence) => Frame.Encode(new DrawRegister(Messages.Name(source, sequence), 1, Draw, Person(1), 0)));
    }

    private void Finish()
    {
        Do(FuzzSources.Administrator, static (source, sequence) => Messages.RaceControl(MessageType.RaceStop, source, sequence, PaidRace));
        Do(FuzzSources.Administrator, static (source, sequence) => Frame.Encode(new RaceResult(
            Messages.Name(source, sequence), Messages.Control(), PaidRace, ResultStage.Official, [new FinishPlace(1, 1), new FinishPlace(2, 2), new FinishPlace(3, 3)])));
        Do(FuzzSources.Administrator, static (source, sequence) => Frame.Encode(
            new RacePublish(Messages.Name(source, sequence), Messages.Control(43), PaidRace, DividendMethod.EqualSplit, [])));
        foreach (var connection in _connections.Values)
        {
            connection.End(inOrder: true);
        }

        _shard.RunUntil(() => _connections.Values.All(static connection => connection.HasEnded), TimeSpan.FromSeconds(5), "the sellers leave");
    }

    private Outcome Do(uint source, Func<uint, long, byte[]> frame)
    {
        if (!_connections.TryGetValue(source, out var connection))
        {
            connection = LogOn(_shard, source, FuzzSources.OtherCertificate);
            _connections.Add(source, connection);
        }

        long sequence = _sequences[source] = _sequences.GetValueOrDefault(source) + 1;
        connection.Send(frame(source, sequence));
        _shard.Settle();
        connection.Read();
        var (type, payload) = connection.Received.Single(static answer => answer.Type != MessageType.StateChange);
        connection.Received.Clear();
        return Frame.TryDecode<Outcome>(payload, out var outcome) && outcome.Code == ResultCode.Accepted
            ? outcome
            : throw new InvalidOperationException($"The programme is not defined: {type} {outcome}.");
    }

    /// <summary>Connects a source and logs it on by its certificate.</summary>
    public static FuzzConnection LogOn(FuzzShard shard, uint source, string certificate, int unreadBytesMax = 0)
    {
        var connection = shard.Connect(new SessionPeer("", "", certificate), unreadBytesMax);
        connection.Send(new LogonRequest(source, 1, Channel.Retail, 1, 0, []));
        shard.Settle();
        connection.Read();
        if (unreadBytesMax == 0 && connection.Received is not [(MessageType.LogonReply, _)])
        {
            throw new InvalidOperationException($"Source {source} is not logged on.");
        }

        connection.Received.Clear();
        return connection;
    }
}
