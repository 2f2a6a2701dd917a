using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Wagering.Reports;

namespace TxCore.Wagering;

/// <summary>Decides wagers on open races, line by line (<c>domain.md</c> sections 1.3 to 1.5).</summary>
internal static class WagerRules
{
    /// <summary>Checks every line; the first fault refuses the whole ticket and is named by line and field.</summary>
    public static Verdict Check(
        ShardState state, ReceiptKeys keys, long ticket, long now, ReadOnlySpan<byte> body, ref LineCombinations combinations, PickList picks,
        out long amountCents)
    {
        amountCents = 0;
        var wager = new WagerBody(body);
        var verdict = PlayerRules.CheckPlayer(state, in wager, now);
        int number = 0;
        while (verdict.IsAccepted && wager.TryNext(out var line))
        {
            number++;
            verdict = CheckLine(state, in line, out long unitBets, out long priceCents, out var race, out int missing);
            if (verdict.IsAccepted && missing > 0)
            {
                var picked = picks.Add((byte)number, missing);
                SpotPicks.Pick(
                    keys[state.Rules.KeyEpoch], state.Identity.Shard, ticket, (byte)number, SelectionRules.Eligible(race!, in line), picked);
            }

            if (!verdict.IsAccepted)
            {
                return verdict.AtLine(number);
            }

            combinations[number - 1] = (int)unitBets;
            amountCents = checked(amountCents + priceCents);
        }

        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        return amountCents == wager.AmountCents
            ? PlayerRules.CheckAmount(state, in wager, now)
            : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }

    /// <summary>Why no ticket on a race may be taken or undone now; accepted when it may.</summary>
    public static Verdict CheckRace(Race? race) => race switch
    {
        null => Verdict.Refuse(ResultCode.UnknownRace, BodyField.Race),
        { Status: RaceStatus.Open } => Verdict.Accepted,
        { Status: >= RaceStatus.Stopped } => Verdict.Refuse(ResultCode.RaceClosed, BodyField.Race),
        _ => Verdict.Refuse(ResultCode.RaceNotOpen, BodyField.Race),
    };

    /// <summary>Checks and prices a line; <paramref name="missing"/> is how many runners the host has to pick.</summary>
    private static Verdict CheckLine(
        ShardState state, in WagerLineView line, out long combinations, out long priceCents, out Race? race, out int missing)
    {
        combinations = 0;
        priceCents = 0;
        missing = 0;
        if (BetTypes.TypeOf(line.Pool) == BetType.Report)
        {
            race = null;
            return ReportRules.Check(state.Races, state.Identity.Channel, in line, out combinations, out priceCents);
        }

        state.Races.TryGetValue(line.Race.Value, out race);
        var verdict = CheckRace(race);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (BetTypes.ChannelOf(line.Pool) != state.Identity.Channel)
        {
            return Verdict.Refuse(ResultCode.WrongChannel, BodyField.Pool);
        }

        if (race!.FindPool(line.Pool) is not { } pool || BetRules.Find(BetTypes.TypeOf(line.Pool)) is not { } rule)
        {
            return Verdict.Refuse(ResultCode.PoolNotOffered, BodyField.Pool);
        }

        verdict = SelectionRules.Check(race, pool, rule, in line, out combinations, out missing);
        return verdict.IsAccepted ? StakeRules.Price(pool, in line, combinations, out priceCents) : verdict;
    }
}
