using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>Prices a line: unit bets times the stake of each, in one of the three stake forms (<c>domain.md</c> section 1.3).</summary>
internal static class StakeRules
{
    private const int Percent = 100;

    /// <summary>Checks the stake against the pool and the price against what the terminal announced.</summary>
    public static Verdict Price(Pool pool, in WagerLineView line, long combinations, out long priceCents)
    {
        priceCents = 0;
        var verdict = line.StakeForm switch
        {
            StakeForm.Multiple => Multiple(pool, line.Stake, combinations, out priceCents),
            StakeForm.Flexi => Flexi(pool, in line, combinations, out priceCents),
            StakeForm.Value => Value(pool, line.Stake, combinations, out priceCents),
            _ => Verdict.Refuse(ResultCode.MalformedBody, BodyField.Stake),
        };
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (priceCents < pool.BaseStakeCents && !(line.StakeForm == StakeForm.Flexi && pool.TakesSmallFlexi))
        {
            return Verdict.Refuse(ResultCode.StakeBelowMinimum, BodyField.Stake);
        }

        return priceCents == line.AmountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }

    private static Verdict Multiple(Pool pool, long multiple, long combinations, out long priceCents)
    {
        priceCents = 0;
        if (multiple < 1)
        {
            return Verdict.Refuse(ResultCode.StakeBelowMinimum, BodyField.Stake);
        }

        return multiple > pool.MaximumCents / pool.BaseStakeCents
            ? Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake)
            : Multiply(pool.MaximumCents, combinations, multiple * pool.BaseStakeCents, out priceCents);
    }

    private static Verdict Value(Pool pool, long cents, long combinations, out long priceCents)
    {
        priceCents = 0;
        if (cents < pool.BaseStakeCents)
        {
            return Verdict.Refuse(ResultCode.StakeBelowMinimum, BodyField.Stake);
        }

        if (cents > pool.MaximumCents)
        {
            return Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake);
        }

        return cents % pool.BaseStakeCents == 0
            ? Multiply(pool.MaximumCents, combinations, cents, out priceCents)
            : Verdict.Refuse(ResultCode.StakeNotMultiple, BodyField.Stake);
    }

    /// <summary>
    /// A percentage of the base stake for each unit bet, whole cents in all. Only for formulas of several, and for one base stake at least,
    /// unless the pool says otherwise.
    /// </summary>
    private static Verdict Flexi(Pool pool, in WagerLineView line, long combinations, out long priceCents)
    {
        priceCents = 0;
        if ((line.Formula == Formula.Unit && !pool.TakesSmallFlexi) || line.Stake is < 1 or >= Percent || Array.IndexOf(pool.FlexiPercents, (byte)line.Stake) < 0)
        {
            return Verdict.Refuse(ResultCode.FlexiNotAllowed, BodyField.Stake);
        }

        var verdict = Multiply(pool.MaximumCents * Percent, combinations, line.Stake * pool.BaseStakeCents, out long hundredths);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        priceCents = hundredths / Percent;
        return hundredths % Percent == 0 ? Verdict.Accepted : Verdict.Refuse(ResultCode.StakeNotMultiple, BodyField.Stake);
    }

    private static Verdict Multiply(long maximumCents, long combinations, long unitCents, out long priceCents)
    {
        priceCents = 0;
        // A count that no row can hold is far above any price that may be defined for one cent a bet.
        if (combinations > int.MaxValue || unitCents > maximumCents / combinations)
        {
            return Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake);
        }

        priceCents = combinations * unitCents;
        return Verdict.Accepted;
    }
}
