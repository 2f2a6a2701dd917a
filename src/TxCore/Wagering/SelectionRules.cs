using System.Numerics;
using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>Checks what a line selects and counts its unit bets (<c>domain.md</c> section 1.5, validation of shape).</summary>
internal static class SelectionRules
{
    /// <summary>
    /// Checks the line's flags, runners and formula; <paramref name="combinations"/> is the number of unit bets it covers,
    /// <paramref name="missing"/> how many runners the host has to pick (spot).
    /// </summary>
    public static Verdict Check(Race race, Pool pool, BetRule rule, in WagerLineView line, out long combinations, out int missing)
    {
        combinations = 0;
        missing = 0;
        var verdict = CheckOptions(pool, rule, in line);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        verdict = CheckRunners(race, in line);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        int unit = rule.UnitRunners(line.Risk);
        return line.Spot
            ? CountSpot(race, unit, in line, out combinations, out missing)
            : Count(race, pool, unit, in line, out combinations);
    }

    /// <summary>The runners that the host may pick for a line: bit n for runner n. Those named and those scratched are not among them.</summary>
    public static uint Eligible(Race race, in WagerLineView line)
    {
        uint eligible = ((1u << race.RunnerCount) - 1) << 1;
        eligible &= ~race.ScratchedMask;
        foreach (byte runner in line.Bases)
        {
            eligible &= ~(1u << runner);
        }

        return line.Complement == 0 ? eligible : eligible & ~(1u << line.Complement);
    }

    /// <summary>The customer names fewer runners than a unit bet needs, from the first place on; the host completes them.</summary>
    private static Verdict CountSpot(Race race, int unit, in WagerLineView line, out long combinations, out int missing)
    {
        combinations = 0;
        missing = 0;
        if (line.Bases.Contains((byte)0) || line.Bases.Length >= unit || !line.Associates.IsEmpty)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Bases);
        }

        if (BitOperations.PopCount(Eligible(race, in line)) < unit - line.Bases.Length)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Spot);
        }

        missing = unit - line.Bases.Length;
        combinations = BetRules.Unit(unit, line.AllOrders);
        return Verdict.Accepted;
    }

    private static Verdict CheckOptions(Pool pool, BetRule rule, in WagerLineView line)
    {
        if (line.AllOrders && !pool.IsOrdered)
        {
            return Verdict.Refuse(ResultCode.AllOrdersNotAllowed, BodyField.AllOrders);
        }

        if (line.Spot && !(pool.TakesSpot && line.Formula == Formula.Unit))
        {
            return Verdict.Refuse(ResultCode.SpotNotAllowed, BodyField.Spot);
        }

        if (rule.HasRisk ? Array.IndexOf(pool.Risks, line.Risk) < 0 || line.Risk < 1 : line.Risk != 0)
        {
            return Verdict.Refuse(ResultCode.RiskNotAllowed, BodyField.Risk);
        }

        if (line.Complement != 0 && !pool.TakesComplement)
        {
            return Verdict.Refuse(ResultCode.ComplementNotAllowed, BodyField.Complement);
        }

        return line.LegCount == 0 ? Verdict.Accepted : Verdict.Refuse(ResultCode.WrongCount, BodyField.Legs);
    }

    /// <summary>Every runner named is in the race, not scratched, and named once, over bases, associates and complement together.</summary>
    private static Verdict CheckRunners(Race race, in WagerLineView line)
    {
        uint named = 0;
        foreach (byte runner in line.Bases)
        {
            if (runner != 0 && CheckRunner(race, runner, BodyField.Bases, ref named) is { IsAccepted: false } refused)
            {
                return refused;
            }
        }

        foreach (byte runner in line.Associates)
        {
            if (CheckRunner(race, runner, BodyField.Associates, ref named) is { IsAccepted: false } refused)
            {
                return refused;
            }
        }

        return line.Complement == 0 ? Verdict.Accepted : CheckRunner(race, line.Complement, BodyField.Complement, ref named);
    }

    private static Verdict CheckRunner(Race race, byte runner, BodyField field, ref uint named)
    {
        if (!race.HasRunner(runner))
        {
            return Verdict.Refuse(ResultCode.RunnerUnknown, field);
        }

        if (race.IsScratched(runner))
        {
            return Verdict.Refuse(ResultCode.RunnerScratched, field);
        }

        uint bit = 1u << runner;
        if ((named & bit) != 0)
        {
            return Verdict.Refuse(ResultCode.RunnerDuplicated, field);
        }

        named |= bit;
        return Verdict.Accepted;
    }

    private static Verdict Count(Race race, Pool pool, int unit, in WagerLineView line, out long combinations)
    {
        combinations = 0;
        int bases = line.Bases.Length - line.Bases.Count((byte)0);
        bool hasFreePlaces = bases != line.Bases.Length;
        bool isField = line.Formula is Formula.ReducedField or Formula.TotalField;
        if (hasFreePlaces && !(isField && pool.IsOrdered))
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Bases);
        }

        if (line.Formula != Formula.ReducedField && !line.Associates.IsEmpty)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Associates);
        }

        switch (line.Formula)
        {
            case Formula.Unit when bases != unit:
                return Verdict.Refuse(ResultCode.WrongCount, BodyField.Bases);
            case Formula.Unit:
                combinations = BetRules.Unit(unit, line.AllOrders);
                return Verdict.Accepted;
            case Formula.Combined when !pool.TakesCombined:
                return Verdict.Refuse(ResultCode.FormulaNotAllowed, BodyField.Formula);
            case Formula.Combined when bases <= unit:
                return Verdict.Refuse(ResultCode.WrongCount, BodyField.Bases);
            case Formula.Combined:
                combinations = BetRules.Combined(unit, bases, line.AllOrders);
                return Verdict.Accepted;
            default:
                return isField ? CountField(race, pool, unit, bases, in line, out combinations) : Verdict.Refuse(ResultCode.FormulaNotAllowed, BodyField.Formula);
        }
    }

    private static Verdict CountField(Race race, Pool pool, int unit, int bases, in WagerLineView line, out long combinations)
    {
        combinations = 0;
        if (!pool.TakesCombined)
        {
            return Verdict.Refuse(ResultCode.FormulaNotAllowed, BodyField.Formula);
        }

        if (bases < 1 || bases >= unit)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Bases);
        }

        if (pool.IsOrdered && line.Bases.Length != unit && !(line.AllOrders && line.Bases.Length == bases))
        {
            return Verdict.Refuse(ResultCode.BasePositionMissing, BodyField.Bases);
        }

        int free = unit - bases;
        int from = line.Formula == Formula.ReducedField
            ? line.Associates.Length
            : race.RunnerCount - BitOperations.PopCount(race.ScratchedMask) - bases;
        if (from < free)
        {
            return Verdict.Refuse(ResultCode.WrongCount, line.Formula == Formula.ReducedField ? BodyField.Associates : BodyField.Bases);
        }

        combinations = BetRules.Field(unit, free, from, pool.IsOrdered, line.AllOrders);
        return Verdict.Accepted;
    }
}
