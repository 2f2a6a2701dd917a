using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing;
using TxCore.Wagering.Settlement;

namespace TxCore.Postgres.Tests;

/// <summary>
/// A small racing day written entry by entry, with every kind of entry that moves money, so that each figure can be computed by hand.
/// Terminals 1 and 2, administrator 9; races 1 and 2 run, race 3 is cancelled. On the day after, race 1 is closed, and race 3 lets a
/// report go on into race 4.
/// </summary>
internal sealed class HandMadeDay
{
    public const int Day = SyntheticEntries.FirstDay;
    public const ushort Win = (ushort)BetType.Win;
    public const ushort Place = (ushort)BetType.Place;
    private const ushort Report = (ushort)BetType.Report;

    public static readonly RaceId Race1 = new(Day, 1, 1);
    public static readonly RaceId Race2 = new(Day, 1, 2);
    public static readonly RaceId Race3 = new(Day, 1, 3);
    public static readonly RaceId Race4 = new(Day, 1, 4);
    private static readonly ControlHeader Control = new(7, 8, 2);

    private readonly SyntheticEntries _entries = new(ShardDatabase.Identity);
    private readonly Dictionary<long, WagerLine[]> _lines = [];
    private readonly PostgresShardStore _store;

    private HandMadeDay(PostgresShardStore store) => _store = store;

    /// <summary>Numbers of the tickets, by the name the script below gives them.</summary>
    public Dictionary<string, long> Numbers { get; } = [];

    public static byte[] Player { get; } = [0xAB, .. new byte[31]];

    /// <summary>Writes the day and the one after it into a new database.</summary>
    public static async Task<(ShardDatabase Database, HandMadeDay Day)> CreateAsync(PostgresFixture postgres)
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(TestContext.Current.CancellationToken);
        var day = new HandMadeDay(store);
        await day.SellAsync();
        await day.SettleAsync();
        await day.PayAsync();
        day._entries.BusinessDay++;
        await day.AddAsync(new Entry { Kind = MessageType.RaceCloseDue, AmountCents = 200 }, StoredCommands.Due(Race1), OfRace(Race1, 200));
        await day.PublishAsync(Race3, [new SettledPool(Win, 1, [310, 0, 0, 310, 0, 0, 0, 0, 0])], new CarriedStake(Race4, Win, Win, 60));
        return (database, day);
    }

    private async Task SellAsync()
    {
        await AddAsync(new Entry { Kind = (MessageType)0x0501 }, [.. new byte[42], 60, 0, 48, 0], new RowDetail());
        foreach (var race in new[] { Race1, Race2, Race3 })
        {
            var define = new RaceDefine(default, Control, race, 1, 2, 9, []);
            await AddAsync(new Entry { Kind = MessageType.RaceDefine, Source = 9 }, StoredCommands.Of(define), OfRace(race));
            await ControlAsync(MessageType.RaceOpen, race);
        }

        Numbers["T1"] = await SellAsync(1, Line(Race1, Win, 1000));
        Numbers["T2"] = await SellAsync(1, Line(Race1, Win, 500), Line(Race1, Place, 300));
        Numbers["T3"] = await SellAsync(2, ReportLine(200, Race1, Race2));
        Numbers["T4"] = await SellAsync(2, Line(Race1, Win, 400));
        Numbers["T5"] = await SellAsync(1, Line(Race1, Win, 600));
        Numbers["T6"] = await SellAsync(2, Line(Race1, Win, 700));
        _entries.Wait(TimeSpan.FromMinutes(1));
        Numbers["T7"] = await SellAsync(2, Line(Race1, Place, 100), ReportLine(150, Race2, Race3));
        Numbers["T8"] = await SellAsync(1, Player, Line(Race2, Win, 900));
        Numbers["T9"] = await SellAsync(1, Line(Race3, Win, 250));
        Numbers["T10"] = await SellAsync(1, ReportLine(60, Race3, Race4));
        await AddAsync(new Entry { Kind = MessageType.Wager, Source = 2, Code = ResultCode.RaceClosed }, [], OfRace(Race1) with { Pool = Win });
        await UndoAsync(MessageType.Cancel, 2, "T4");
        await UndoAsync(MessageType.Reversal, 1, "T5");
        Numbers["V1"] = await VoucherAsync(500);
        Numbers["V2"] = await VoucherAsync(300);
        Numbers["V3"] = await VoucherAsync(100);
        var redeem = new VoucherRedeem(default, 1, 0, (ulong)Numbers["V2"], [1, 2]);
        await AddAsync(
            new Entry { Kind = MessageType.VoucherRedeem, Source = 2, Reference = Numbers["V2"], AmountCents = 300 }, StoredCommands.Of(redeem),
            new RowDetail { AmountCents = 300 });
        var reversal = new Reversal(default, 1, 0, 1, 100, 0);
        await AddAsync(
            new Entry { Kind = MessageType.Reversal, Source = 1, Reference = Numbers["V3"], AmountCents = 100 }, StoredCommands.Of(reversal),
            new RowDetail { AmountCents = 100 });
    }

    private async Task SettleAsync()
    {
        Numbers["Stop1"] = await ControlAsync(MessageType.RaceStop, Race1);
        await DisputeAsync(2, "T6");
        await UndoAsync(MessageType.SupervisorResolve, 9, "T6");
        await DisputeAsync(2, "T7");
        await AddAsync(
            new Entry { Kind = MessageType.SupervisorResolve, Source = 9, Reference = Numbers["T7"] },
            StoredCommands.Of(new SupervisorResolve(default, Control, (ulong)Numbers["T7"], false)), new RowDetail());
        var carryIn = new PoolCarryIn(default, Control, Race1, Win, 250);
        await AddAsync(new Entry { Kind = MessageType.PoolCarryIn, Source = 9 }, StoredCommands.Of(carryIn), OfRace(Race1));
        await ResultAsync(ResultStage.Provisional);
        await ResultAsync(ResultStage.Official);
        await PublishAsync(
            Race1,
            [
                new SettledPool(
                    Win, 2, [1700, 0, 250, 0, 270, 1500, 180, 0, 0], new(PayRank.AnyOrder, 0, [3], 0, 200, 750),
                    new(PayRank.AnyOrder, 0, [5, 0], 1 << 2 | 1 << 9, 310, 20)),
                new SettledPool(Place, 1, [400, 0, 0, 400, 0, 0, 0, 0, 0]),
            ],
            new CarriedStake(Race2, Win, Win, 400));
        await AddAsync(new Entry { Kind = MessageType.RaceStopDue }, StoredCommands.Due(Race2), OfRace(Race2));
        await DisputeAsync(1, "T8");
        await ControlAsync(MessageType.RaceCancel, Race3);
    }

    private async Task PayAsync()
    {
        await PayAsync(2, "T1", new Move(Race1, Win, 900, 0));
        await PayAsync(1, "T2", new Move(Race1, Win, 100, 0), new Move(Race1, Place, 0, 300));
        await PayAsync(1, "T9", new Move(Race3, Win, 0, 250));
        await PublishAsync(
            Race2, [new SettledPool(Win, 0, [1050, 400, 0, 0, 150, 1200, 100, 0, 0], new PayableCombination(PayRank.Order, 4, [1, 2], 0, 1234, 5))]);
    }

    private Task<long> SellAsync(uint source, params WagerLine[] lines) => SellAsync(source, [], lines);

    private async Task<long> SellAsync(uint source, byte[] player, params WagerLine[] lines)
    {
        long cents = lines.Sum(line => line.AmountCents);
        var wager = new Wager(default, 1, 0, 0, PaymentMeans.Cash, player, [], cents, lines);
        byte[] picks = lines[0].Spot ? [1, 4, 0, 1, 2, 8, 9] : [];
        long number = await AddAsync(
            new Entry { Kind = MessageType.Wager, Source = source, Outlet = 40 + (int)source, AmountCents = cents }, StoredCommands.Of(wager, picks),
            [.. lines.Select(line => new RowDetail { AmountCents = line.AmountCents, Race = line.Race.Value, Pool = line.Pool, Combinations = 1 })]);
        _lines[number] = lines;
        return number;
    }

    private Task UndoAsync(MessageType kind, uint source, string ticket)
    {
        long number = Numbers[ticket];
        var moves = _lines[number].Select(line => new Move(line.Race, line.Pool, 0, line.AmountCents)).ToArray();
        byte[] addendum = StoredCommands.Undo(Day, moves);
        byte[] command = kind switch
        {
            MessageType.Cancel => StoredCommands.Of(new Cancel(default, 1, 0, (ulong)number, 0), addendum),
            MessageType.Reversal => StoredCommands.Of(new Reversal(default, 1, 0, 1, moves.Sum(move => move.RefundCents), 0), addendum),
            _ => StoredCommands.Of(new SupervisorResolve(default, Control, (ulong)number, true), addendum),
        };
        long cents = moves.Sum(move => move.RefundCents);
        return AddAsync(
            new Entry { Kind = kind, Source = source, Reference = number, AmountCents = cents }, command, new RowDetail { AmountCents = cents });
    }

    private Task DisputeAsync(uint source, string ticket) => AddAsync(
        new Entry { Kind = MessageType.Reversal, Source = source, Reference = Numbers[ticket], Code = ResultCode.ReversalToSupervisor },
        StoredCommands.Of(new Reversal(default, 1, 0, 1, 1, 0)), new RowDetail());

    private Task<long> VoucherAsync(long cents) => AddAsync(
        new Entry { Kind = MessageType.VoucherIssue, Source = 1, AmountCents = cents }, StoredCommands.Of(new VoucherIssue(default, 1, 0, cents)),
        new RowDetail { AmountCents = cents });

    private Task PayAsync(uint source, string ticket, params Move[] moves)
    {
        long cents = moves.Sum(move => move.GainCents + move.RefundCents);
        var pay = new Pay(default, 1, 0, (ulong)Numbers[ticket], [1, 2, 3, 4, 5, 6, 7, 8], false);
        return AddAsync(
            new Entry { Kind = MessageType.Pay, Source = source, Outlet = 40 + (int)source, Reference = Numbers[ticket], AmountCents = cents },
            StoredCommands.Of(pay, StoredCommands.Moves(moves)), new RowDetail { AmountCents = cents });
    }

    private Task ResultAsync(ResultStage stage) => AddAsync(
        new Entry { Kind = MessageType.RaceResult, Source = 9 },
        StoredCommands.Of(new RaceResult(default, Control, Race1, stage, [new(3, 1), new(5, 2)])), OfRace(Race1));

    private Task PublishAsync(RaceId race, SettledPool[] pools, params CarriedStake[] carried)
    {
        // Official dividends in front of the settlement, so that its place is not a constant.
        var given = new OfficialPool(Win, false, false, [new Dividend(PayRank.AnyOrder, 0, [3], 200), new Dividend(PayRank.AnyOrder, 0, [4, 5], 1)]);
        var publish = new RacePublish(default, Control, race, DividendMethod.Official, [given, given]);
        return AddAsync(
            new Entry { Kind = MessageType.RacePublish, Source = 9 },
            StoredCommands.Of(publish, StoredCommands.Settlement(pools, carried)), OfRace(race));
    }

    private Task<long> ControlAsync(MessageType type, RaceId race) => AddAsync(
        new Entry { Kind = type, Source = 9 }, StoredCommands.Of(type, new RaceControl(default, Control, race, 0, 0)), OfRace(race));

    private async Task<long> AddAsync(Entry entry, byte[] command, params RowDetail[] lines)
    {
        await _store.CommitAsync(_entries.Next(entry, command, lines));
        return _entries.LastNumber;
    }

    private static RowDetail OfRace(RaceId race, long cents = 0) => new() { Race = race.Value, AmountCents = cents };

    private static WagerLine Line(RaceId race, ushort pool, long cents) =>
        new(race, pool, Formula.Unit, false, false, 0, 0, StakeForm.Value, cents, cents, [3], [], []);

    private static WagerLine ReportLine(long cents, RaceId first, RaceId second) => new(
        first, Report, Formula.Unit, false, true, 0, 0, StakeForm.Value, cents, cents, [], [],
        [new ReportLeg(first.Race, 1, 100, Win, [3]), new ReportLeg(second.Race, 2, 5, Win, [4, 6])]);
}
