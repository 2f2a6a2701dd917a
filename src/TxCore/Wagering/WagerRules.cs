using TxCore.Pipeline;
using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>Decides wagers: win and place on open races, one runner a line (<c>domain.md</c> sections 1.3 to 1.5).</summary>
internal static class WagerRules
{
    /// <summary>Checks every line; the first fault refuses the whole ticket and is named by line and field.</summary>
    public static Verdict Check(ShardState state, ReadOnlySpan<byte> body, ref LineCombinations combinations, out long amountCents)
    {
        amountCents = 0;
        var wager = new WagerBody(body);
        int number = 0;
        while (wager.TryNext(out var line))
        {
            number++;
            var verdict = CheckLine(state, in line, out long priceCents);
            if (!verdict.IsAccepted)
            {
                return verdict.AtLine(number);
            }

            combinations[number - 1] = 1;
            amountCents = checked(amountCents + priceCents);
        }

        return amountCents == wager.AmountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }

    /// <summary>Why no ticket on a race may be taken or undone now; accepted when it may.</summary>
    public static Verdict CheckRace(Race? race) => race switch
    {
        null => Verdict.Refuse(ResultCode.UnknownRace, BodyField.Race),
        { Status: RaceStatus.Open } => Verdict.Accepted,
        { Status: RaceStatus.Stopped } => Verdict.Refuse(ResultCode.RaceClosed, BodyField.Race),
        _ => Verdict.Refuse(ResultCode.RaceNotOpen, BodyField.Race),
    };

    private static Verdict CheckLine(ShardState state, in WagerLineView line, out long priceCents)
    {
        priceCents = 0;
        state.Races.TryGetValue(line.Race.Value, out var race);
        var verdict = CheckRace(race);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (BetTypes.ChannelOf(line.Pool) != state.Identity.Channel)
        {
            return Verdict.Refuse(ResultCode.WrongChannel, BodyField.Pool);
        }

        if (race!.FindPool(line.Pool) is not { } pool || BetTypes.TypeOf(line.Pool) is not (BetType.Win or BetType.Place))
        {
            return Verdict.Refuse(ResultCode.PoolNotOffered, BodyField.Pool);
        }

        verdict = CheckSelection(race, in line);
        return verdict.IsAccepted ? CheckStake(pool, in line, out priceCents) : verdict;
    }

    private static Verdict CheckSelection(Race race, in WagerLineView line)
    {
        if (line.Formula != Formula.Unit)
        {
            return Verdict.Refuse(ResultCode.FormulaNotAllowed, BodyField.Formula);
        }

        if (line.Flags != 0)
        {
            return (line.Flags & 1) != 0
                ? Verdict.Refuse(ResultCode.AllOrdersNotAllowed, BodyField.AllOrders)
                : Verdict.Refuse(ResultCode.SpotNotAllowed, BodyField.Spot);
        }

        if (line.Risk != 0)
        {
            return Verdict.Refuse(ResultCode.RiskNotAllowed, BodyField.Risk);
        }

        if (line.Complement != 0)
        {
            return Verdict.Refuse(ResultCode.ComplementNotAllowed, BodyField.Complement);
        }

        if (line.LegCount != 0)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Legs);
        }

        if (!line.Associates.IsEmpty)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Associates);
        }

        if (line.Bases.Length != 1)
        {
            return Verdict.Refuse(ResultCode.WrongCount, BodyField.Bases);
        }

        if (!race.HasRunner(line.Bases[0]))
        {
            return Verdict.Refuse(ResultCode.RunnerUnknown, BodyField.Bases);
        }

        return race.IsScratched(line.Bases[0]) ? Verdict.Refuse(ResultCode.RunnerScratched, BodyField.Bases) : Verdict.Accepted;
    }

    private static Verdict CheckStake(Pool pool, in WagerLineView line, out long priceCents)
    {
        priceCents = 0;
        switch (line.StakeForm)
        {
            case StakeForm.Multiple when line.Stake < 1:
                return Verdict.Refuse(ResultCode.StakeBelowMinimum, BodyField.Stake);
            case StakeForm.Multiple when line.Stake > pool.MaximumCents / pool.BaseStakeCents:
                return Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake);
            case StakeForm.Multiple:
                priceCents = checked(line.Stake * pool.BaseStakeCents);
                break;
            case StakeForm.Value when line.Stake < pool.BaseStakeCents:
                return Verdict.Refuse(ResultCode.StakeBelowMinimum, BodyField.Stake);
            case StakeForm.Value when line.Stake > pool.MaximumCents:
                return Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake);
            case StakeForm.Value when line.Stake % pool.BaseStakeCents != 0:
                return Verdict.Refuse(ResultCode.StakeNotMultiple, BodyField.Stake);
            case StakeForm.Value:
                priceCents = line.Stake;
                break;
            case StakeForm.Flexi:
                return Verdict.Refuse(ResultCode.FlexiNotAllowed, BodyField.Stake);
            default:
                return Verdict.Refuse(ResultCode.MalformedBody, BodyField.Stake);
        }

        return priceCents == line.AmountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }
}
