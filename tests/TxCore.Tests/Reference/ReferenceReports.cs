using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>The money of a report at one of its legs.</summary>
internal sealed class LegMoney
{
    public required ReferenceRace Race { get; init; }

    public required ReferencePool Pool { get; init; }

    public required ReportLeg Leg { get; init; }

    public required long PerBetCents { get; init; }

    public required long StakeCents { get; init; }

    public long Gain { get; set; }

    public long Refund { get; set; }

    public long CarriedCents { get; set; }

    /// <summary>The pool it carries into; null at the last leg.</summary>
    public ReferencePool? Next { get; set; }
}

/// <summary>Reports (<c>domain.md</c> section 1.9): one sale, gains carried from leg to leg.</summary>
internal sealed class ReferenceReports(IReadOnlyDictionary<RaceId, ReferenceRace> races)
{
    private const int MinimumsMax = 1000;

    public Ruling CheckLine(WagerLine line)
    {
        if (BetTypes.ChannelOf(line.Pool) != Channel.Retail)
        {
            return new Ruling(ResultCode.WrongChannel, BodyField.Pool);
        }

        var race = races.GetValueOrDefault(line.Race);
        var open = ReferenceWagers.CheckOpen(race);
        if (!open.IsAccepted)
        {
            return open;
        }

        if (race!.Pool(line.Pool) is not { } pool)
        {
            return new Ruling(ResultCode.PoolNotOffered, BodyField.Pool);
        }

        Ruling shape = line switch
        {
            { Formula: not Formula.Unit } => new(ResultCode.FormulaNotAllowed, BodyField.Formula),
            { AllOrders: true } => new(ResultCode.AllOrdersNotAllowed, BodyField.AllOrders),
            { Spot: true } => new(ResultCode.SpotNotAllowed, BodyField.Spot),
            { Risk: not 0 } => new(ResultCode.RiskNotAllowed, BodyField.Risk),
            { Complement: not 0 } => new(ResultCode.ComplementNotAllowed, BodyField.Complement),
            { Bases.Length: > 0 } => new(ResultCode.WrongCount, BodyField.Bases),
            { Associates.Length: > 0 } => new(ResultCode.WrongCount, BodyField.Associates),
            { Legs.Length: < 2 } => Invalid,
            _ => Ruling.Accepted,
        };
        for (int i = 0; i < line.Legs.Length && shape.IsAccepted; i++)
        {
            shape = CheckLeg(line, i);
        }

        return shape.IsAccepted ? CheckPrice(pool, line) : shape;
    }

    /// <summary>
    /// The legs that are settled, in order, as far as the stake goes; <paramref name="waiting"/> is the leg with a stake whose race is not
    /// published, null when nothing is waited for. A leg of a race cancelled or postponed carries its stake on once that race is published too.
    /// </summary>
    public List<LegMoney> Follow(WagerLine line, out LegMoney? waiting)
    {
        waiting = null;
        var settled = new List<LegMoney>();
        var legs = line.Legs.Select(leg => (Leg: leg, Race: races.GetValueOrDefault(line.Race with { Race = leg.Race }))).ToArray();
        if (Array.Exists(legs, static leg => leg.Race is null))
        {
            return settled;
        }

        long perBet = line.Stake * legs[0].Race!.Pool(legs[0].Leg.Pool)!.Definition.BaseStakeCents;
        for (int i = 0; i < legs.Length && perBet > 0; i++)
        {
            var (leg, race) = legs[i];
            var pool = race!.Pool(leg.Pool)!;
            var money = new LegMoney { Race = race, Pool = pool, Leg = leg, PerBetCents = perBet, StakeCents = perBet * Bets(leg) };
            if (!race.IsPublished)
            {
                waiting = money;
                return settled;
            }

            var stake = Stake.OfLeg(money, isCarried: i > 0);
            (money.Gain, money.Refund) = stake.Value(pool.Result!);
            settled.Add(money);
            perBet = 0;
            if (i + 1 < legs.Length)
            {
                money.Next = legs[i + 1].Race!.Pool(legs[i + 1].Leg.Pool)!;
                perBet = Carry(money, legs[i + 1].Leg);
                money.CarriedCents = perBet * Bets(legs[i + 1].Leg);
            }
        }

        return settled;
    }

    private static Ruling Invalid => new(ResultCode.LegsInvalid, BodyField.Legs);

    /// <summary>Unit bets of a leg.</summary>
    public static long Bets(ReportLeg leg) => UnitBets.Subsets(leg.Bases, UnitBets.Runners(BetTypes.TypeOf(leg.Pool), 0)).LongCount();

    private static bool IsLegPool(BetType type) =>
        type is BetType.Win or BetType.Place or BetType.Quinella or BetType.QuinellaPlace or BetType.TwoOfFour;

    /// <summary>What each bet of the next leg gets, in cents.</summary>
    private static long Carry(LegMoney money, ReportLeg next)
    {
        long minimum = money.Next!.Definition.BaseStakeCents;
        long won = money.Gain + money.Refund;
        long wanted = money.Leg.CarryForm == 1
            ? won - (long)Math.Round(won * (100 - money.Leg.Carry) / 100m, MidpointRounding.AwayFromZero)
            : Math.Min(won, money.Leg.Carry * minimum * Bets(next));
        wanted = money.Refund == money.StakeCents ? won : wanted;
        long each = Math.Min(wanted, MinimumsMax * minimum) / Bets(next);
        return each >= minimum ? each : 0;
    }

    private Ruling CheckLeg(WagerLine line, int index)
    {
        var leg = line.Legs[index];
        bool inOrder = index == 0 ? leg.Race == line.Race.Race : leg.Race > line.Legs[index - 1].Race;
        bool carryFits = index == line.Legs.Length - 1
            ? leg is { CarryForm: 0, Carry: 0 }
            : leg is { CarryForm: 1, Carry: 25 or 50 or 75 or 100 } or { CarryForm: 2, Carry: >= 1 and <= MinimumsMax };
        if (!inOrder || !carryFits)
        {
            return Invalid;
        }

        var race = races.GetValueOrDefault(line.Race with { Race = leg.Race });
        var open = ReferenceWagers.CheckOpen(race);
        if (!open.IsAccepted)
        {
            return open with { Field = BodyField.Legs };
        }

        var type = BetTypes.TypeOf(leg.Pool);
        if (!IsLegPool(type))
        {
            return Invalid;
        }

        if (BetTypes.ChannelOf(leg.Pool) != Channel.Retail)
        {
            return new Ruling(ResultCode.WrongChannel, BodyField.Legs);
        }

        if (race!.Pool(leg.Pool) is null)
        {
            return new Ruling(ResultCode.PoolNotOffered, BodyField.Legs);
        }

        if (leg.Bases.Length < UnitBets.Runners(type, 0) || leg.Bases.Length > 3)
        {
            return new Ruling(ResultCode.WrongCount, BodyField.Legs);
        }

        var seen = new HashSet<byte>();
        return leg.Bases.Select(runner => ReferenceWagers.CheckRunner(race, runner, BodyField.Legs, seen))
            .FirstOrDefault(static ruling => !ruling.IsAccepted, Ruling.Accepted);
    }

    private Ruling CheckPrice(ReferencePool pool, WagerLine line)
    {
        if (line.StakeForm != StakeForm.Multiple)
        {
            return new Ruling(line.StakeForm == StakeForm.Flexi ? ResultCode.FlexiNotAllowed : ResultCode.StakeNotMultiple, BodyField.Stake);
        }

        if (line.Stake < 1)
        {
            return new Ruling(ResultCode.StakeBelowMinimum, BodyField.Stake);
        }

        decimal combinations = Bets(line.Legs[0]);
        decimal price = combinations * line.Stake * pool.Definition.BaseStakeCents;
        if (combinations * line.Stake > MinimumsMax || price > pool.Definition.MaximumCents)
        {
            return new Ruling(ResultCode.StakeAboveMaximum, BodyField.Stake);
        }

        return price == line.AmountCents ? Ruling.Accepted : new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
    }
}
