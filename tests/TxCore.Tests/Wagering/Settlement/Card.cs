using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Tests.Support;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Makes races, pools, results and stored wagers for the settlement tests.</summary>
internal static class Card
{
    public const byte Ordered = 1;
    public const byte Complement = 2;
    public const byte Combined = 4;
    public const byte SmallFlexi = 16;
    public const byte CarriesOver = 32;

    public static readonly RaceId Id = Messages.Race;

    public static Pool Pool(BetType type, byte flags = Combined, ushort takeout = 1400, uint baseStake = 100) =>
        new((ushort)type, baseStake, 1_000_000_000, flags, [25, 50], type is BetType.Multi or BetType.MiniMulti ? [4, 5, 6, 7] : [], takeout);

    /// <summary>A race with an official result: places "7 5 6" or, with dead heats, "1 (2 3) 4".</summary>
    public static Race Race(byte runners, string finish, params Pool[] pools) => new(Id)
    {
        RunnerCount = runners,
        Pools = pools,
        Status = RaceStatus.Official,
        Finish = Finish(finish),
    };

    /// <summary>Scratches runners by the entry of a number.</summary>
    public static Race Scratch(this Race race, long by, params byte[] runners)
    {
        foreach (byte runner in runners)
        {
            race.ScratchedBy[runner] = by;
            race.ScratchedMask |= 1u << runner;
        }

        return race;
    }

    /// <summary>Publishes a settlement.</summary>
    public static Race Publish(this Race race, RaceSettlement settlement)
    {
        race.Settlement = settlement;
        race.Status = RaceStatus.Payable;
        return race;
    }

    public static FinishPlace[] Finish(string order)
    {
        var finish = new List<FinishPlace>();
        byte place = 1;
        foreach (string part in Groups(order.Replace("(", "( ").Replace(")", " )").Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            byte[] runners = [.. part.Split(' ').Select(byte.Parse)];
            finish.AddRange(runners.Select(runner => new FinishPlace(runner, place)));
            place += (byte)runners.Length;
        }

        return [.. finish];
    }

    public static WagerLine Line(BetType type, byte[] bases, long multiple = 1, Formula formula = Formula.Unit, bool allOrders = false) => new(
        Id, (ushort)type, formula, allOrders, false, 0, 0, StakeForm.Multiple, multiple, 0, bases, [], []);

    /// <summary>The stored body of a wager: canonical, with the host's picks behind it.</summary>
    public static byte[] Body(WagerLine[] lines, params Pick[] picks)
    {
        byte[] frame = Frame.Encode(Messages.Wager(1, 1, lines));
        byte[] stored = new byte[frame.Length + 1024];
        int length = CanonicalBody.Copy(MessageType.Wager, frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes), stored);
        if (picks.Length == 0)
        {
            return stored[..length];
        }

        var writer = new WireWriter(stored.AsSpan(length));
        writer.Byte((byte)picks.Length);
        foreach (var pick in picks)
        {
            int mark = writer.BeginElement();
            writer.Byte(pick.Line);
            writer.CountedBytes(pick.Runners);
            writer.EndElement(mark);
        }

        return stored[..(length + writer.Position)];
    }

    /// <summary>The line at its price, as the host accepted it.</summary>
    public static WagerLine Priced(this WagerLine line, Race race, long ticketNumber = 1, params byte[] picks)
    {
        var pool = race.FindPool(line.Pool)!;
        var wager = new WagerBody(Body([line]));
        wager.TryNext(out var view);
        var coverage = Coverage(in view, race, ticketNumber, picks);
        long hundredths = checked(coverage.Units * LineMoney.StakeHundredths(in view, pool));
        return line with { AmountCents = hundredths / 100 };
    }

    public static LineCoverage Coverage(in WagerLineView line, Race race, long ticketNumber, ReadOnlySpan<byte> picks) => new(
        in line, picks, race.FindPool(line.Pool)!, BetRules.Find(BetTypes.TypeOf(line.Pool))!.Value, RaceRunners.Of(race, ticketNumber));

    public static long Units(WagerLine line, Race race, long ticketNumber = 1, params byte[] picks)
    {
        var wager = new WagerBody(Body([line]));
        wager.TryNext(out var view);
        return Coverage(in view, race, ticketNumber, picks).Units;
    }

    public static long UnitsOn(WagerLine line, Race race, PayableCombination payable, params PayableCombination[] pool)
    {
        var wager = new WagerBody(Body([line]));
        wager.TryNext(out var view);
        return Coverage(in view, race, 1, []).UnitsOn(payable, pool.Length == 0 ? [payable] : pool);
    }

    /// <summary>Settles a race from single-line tickets numbered from 1, taken at their price, by equal split.</summary>
    public static RaceSettlement Settle(Race race, params WagerLine[] lines) =>
        Settle(race, DividendMethod.EqualSplit, [], [.. lines.Select((line, i) => ((long)i + 1, Body([line.Priced(race, i + 1)])))]);

    public static RaceSettlement Settle(Race race, DividendMethod method, OfficialPool[] official, (long Number, byte[] Body)[] tickets)
    {
        var settlement = TrySettle(race, new Dictionary<long, Race>(), method, official, tickets, out string? fault);
        Assert.Null(fault);
        return settlement!;
    }

    public static RaceSettlement? TrySettle(
        Race race, IReadOnlyDictionary<long, Race> meeting, DividendMethod method, OfficialPool[] official, (long Number, byte[] Body)[] tickets,
        out string? fault)
    {
        var count = SettlementCount.Start(race, meeting, method, official, out fault);
        if (count is null)
        {
            return null;
        }

        foreach (var (number, body) in tickets)
        {
            count.AddTicket(number, body);
        }

        count.BeginPay();
        foreach (var (number, body) in tickets)
        {
            count.AddTicket(number, body);
        }

        return count.Complete(77, out fault);
    }

    public static PoolSettlement Of(this RaceSettlement settlement, BetType type) => settlement.Find((ushort)type)!;

    /// <summary>Gross + carried in = refunds + takeout + winners + breakage - top-up + carried over.</summary>
    public static void AssertBalanced(PoolSettlement pool)
    {
        long outflow = pool.RefundCents + pool.TakeoutCents + pool.WinnersCents + pool.BreakageCents - pool.TopUpCents + pool.CarryOverCents;
        Assert.Equal(pool.GrossCents + pool.ReportInCents + pool.CarryInCents, outflow);
        long[] amounts = [pool.RefundCents, pool.TakeoutCents, pool.WinnersCents, pool.BreakageCents, pool.TopUpCents, pool.CarryOverCents];
        Assert.All(amounts, static cents => Assert.True(cents >= 0));
    }

    private static IEnumerable<string> Groups(string[] parts)
    {
        var group = new List<string>();
        bool isOpen = false;
        foreach (string part in parts)
        {
            isOpen = part == "(" || (isOpen && part != ")");
            if (part is not "(" and not ")")
            {
                group.Add(part);
            }

            if (!isOpen)
            {
                yield return string.Join(' ', group);
                group.Clear();
            }
        }
    }
}
