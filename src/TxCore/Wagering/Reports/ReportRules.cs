using TxCore.Protocol;

namespace TxCore.Wagering.Reports;

/// <summary>
/// Decides report (parlay) lines: wins, places and pairs in a row over races of one meeting, what is won being carried on
/// (<c>domain.md</c> section 1.9). A fault of a leg names the field <see cref="BodyField.Legs"/>, whatever its code.
/// </summary>
internal static class ReportRules
{
    /// <summary>The carry of a leg is a percentage of its gains.</summary>
    public const byte CarryPercent = 1;

    /// <summary>The carry of a leg is a multiple of the minimum stake for each bet of the next.</summary>
    public const byte CarryMultiple = 2;

    /// <summary>The initial stake and every sum carried, in minimum stakes: at most.</summary>
    public const int MinimumsMax = 1000;

    private const int LegsMin = 2;
    private const int LegRunnersMax = 3;

    /// <summary>Runners of a unit bet of a leg's pool; 0 when the bet type cannot be a leg.</summary>
    public static int RunnersOf(ushort pool) => BetTypes.TypeOf(pool) switch
    {
        BetType.Win or BetType.Place => 1,
        BetType.Quinella or BetType.QuinellaPlace or BetType.TwoOfFour => 2,
        _ => 0,
    };

    /// <summary>Checks a report line: its legs, runners and price.</summary>
    /// <param name="races">Races by <see cref="RaceId.Value"/>.</param>
    /// <param name="channel">The channel of the shard.</param>
    /// <param name="line">The line.</param>
    /// <param name="combinations">Bets of the first leg.</param>
    /// <param name="priceCents">Its price, in cents.</param>
    public static Verdict Check(
        IReadOnlyDictionary<long, Race> races, Channel channel, in WagerLineView line, out long combinations, out long priceCents)
    {
        combinations = 0;
        priceCents = 0;
        if (BetTypes.ChannelOf(line.Pool) != channel)
        {
            return Verdict.Refuse(ResultCode.WrongChannel, BodyField.Pool);
        }

        races.TryGetValue(line.Race.Value, out var race);
        var verdict = WagerRules.CheckRace(race);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (BetTypes.TypeOf(line.Pool) != BetType.Report || race!.FindPool(line.Pool) is not { } pool)
        {
            return Verdict.Refuse(ResultCode.PoolNotOffered, BodyField.Pool);
        }

        verdict = CheckShape(in line);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        verdict = CheckLegs(races, in line, out combinations, out var firstPool);
        return verdict.IsAccepted ? Price(pool, firstPool!, in line, combinations, out priceCents) : verdict;
    }

    /// <summary>A report line names its runners in its legs only.</summary>
    private static Verdict CheckShape(in WagerLineView line)
    {
        if (line.Formula != Formula.Unit)
        {
            return Verdict.Refuse(ResultCode.FormulaNotAllowed, BodyField.Formula);
        }

        if (line.AllOrders)
        {
            return Verdict.Refuse(ResultCode.AllOrdersNotAllowed, BodyField.AllOrders);
        }

        if (line.Spot)
        {
            return Verdict.Refuse(ResultCode.SpotNotAllowed, BodyField.Spot);
        }

        if (line.Risk != 0)
        {
            return Verdict.Refuse(ResultCode.RiskNotAllowed, BodyField.Risk);
        }

        if (line.Complement != 0)
        {
            return Verdict.Refuse(ResultCode.ComplementNotAllowed, BodyField.Complement);
        }

        if (!line.Bases.IsEmpty)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Bases);
        }

        return line.Associates.IsEmpty ? Verdict.Accepted : Verdict.Refuse(ResultCode.WrongCount, BodyField.Associates);
    }

    private static Verdict CheckLegs(
        IReadOnlyDictionary<long, Race> races, in WagerLineView line, out long combinations, out Pool? firstPool)
    {
        combinations = 0;
        firstPool = null;
        if (line.LegCount < LegsMin)
        {
            return Invalid;
        }

        var legs = line.Legs;
        byte before = 0;
        for (int number = 1; legs.TryNext(out var leg); number++)
        {
            bool isFirst = number == 1;
            if ((isFirst ? leg.Race != line.Race.Race : leg.Race <= before) || !CarryIsValid(in leg, isLast: number == line.LegCount))
            {
                return Invalid;
            }

            before = leg.Race;
            races.TryGetValue((line.Race with { Race = leg.Race }).Value, out var race);
            var verdict = CheckLeg(race, line.Pool, in leg);
            if (!verdict.IsAccepted)
            {
                return verdict;
            }

            if (isFirst)
            {
                firstPool = race!.FindPool(leg.Pool);
                combinations = Combinatorics.Binomial(leg.Bases.Length, RunnersOf(leg.Pool));
            }
        }

        return Verdict.Accepted;
    }

    private static Verdict Invalid => Verdict.Refuse(ResultCode.LegsInvalid, BodyField.Legs);

    private static bool CarryIsValid(in WagerLeg leg, bool isLast) => isLast
        ? leg is { CarryForm: 0, Carry: 0 }
        : leg.CarryForm switch
        {
            CarryPercent => leg.Carry is 25 or 50 or 75 or 100,
            CarryMultiple => leg.Carry is >= 1 and <= MinimumsMax,
            _ => false,
        };

    private static Verdict CheckLeg(Race? race, ushort reportPool, in WagerLeg leg)
    {
        var verdict = WagerRules.CheckRace(race);
        if (!verdict.IsAccepted)
        {
            return Verdict.Refuse(verdict.Code, BodyField.Legs);
        }

        int unit = RunnersOf(leg.Pool);
        if (unit == 0)
        {
            return Invalid;
        }

        if (BetTypes.ChannelOf(leg.Pool) != BetTypes.ChannelOf(reportPool))
        {
            return Verdict.Refuse(ResultCode.WrongChannel, BodyField.Legs);
        }

        if (race!.FindPool(leg.Pool) is null)
        {
            return Verdict.Refuse(ResultCode.PoolNotOffered, BodyField.Legs);
        }

        return leg.Bases.Length < unit || leg.Bases.Length > LegRunnersMax
            ? Verdict.Refuse(ResultCode.WrongCount, BodyField.Legs)
            : CheckRunners(race, leg.Bases);
    }

    private static Verdict CheckRunners(Race race, ReadOnlySpan<byte> runners)
    {
        uint named = 0;
        foreach (byte runner in runners)
        {
            if (!race.HasRunner(runner))
            {
                return Verdict.Refuse(ResultCode.RunnerUnknown, BodyField.Legs);
            }

            if (race.IsScratched(runner))
            {
                return Verdict.Refuse(ResultCode.RunnerScratched, BodyField.Legs);
            }

            if ((named & (1u << runner)) != 0)
            {
                return Verdict.Refuse(ResultCode.RunnerDuplicated, BodyField.Legs);
            }

            named |= 1u << runner;
        }

        return Verdict.Accepted;
    }

    private static Verdict Price(Pool pool, Pool firstPool, in WagerLineView line, long combinations, out long priceCents)
    {
        priceCents = 0;
        if (line.StakeForm != StakeForm.Multiple)
        {
            return Verdict.Refuse(line.StakeForm == StakeForm.Flexi ? ResultCode.FlexiNotAllowed : ResultCode.StakeNotMultiple, BodyField.Stake);
        }

        if (line.Stake < 1)
        {
            return Verdict.Refuse(ResultCode.StakeBelowMinimum, BodyField.Stake);
        }

        if (line.Stake > MinimumsMax / combinations)
        {
            return Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake);
        }

        priceCents = combinations * line.Stake * firstPool.BaseStakeCents;
        if (priceCents > pool.MaximumCents)
        {
            return Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake);
        }

        return priceCents == line.AmountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }
}
