using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>Decides how a race ends: cancelled, postponed, with a result, with published dividends (<c>domain.md</c> sections 1.2 and 1.8).</summary>
internal static class ResultRules
{
    public static Verdict Cancel(Race race) => IsUnpublished(race) ? Verdict.Accepted : WrongState();

    /// <summary>On the same day wagers stand and the new stop must lie ahead; another day needs no time, for everything is refunded.</summary>
    public static Verdict Postpone(ShardState state, Race race, long latestStopAt, long now)
    {
        if (race.Status is not (RaceStatus.Draft or RaceStatus.Open or RaceStatus.Suspended or RaceStatus.Stopped))
        {
            return WrongState();
        }

        if (latestStopAt == 0)
        {
            return Verdict.Accepted;
        }

        return latestStopAt > now && state.Rules.BusinessDayOf(latestStopAt) == state.Rules.BusinessDayOf(race.LatestStopAt)
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Time);
    }

    public static Verdict Result(Race race, RaceResult result)
    {
        bool isCorrection = race.Status == RaceStatus.Official;
        if (race.Status is not (RaceStatus.Stopped or RaceStatus.Provisional) && !isCorrection)
        {
            return WrongState();
        }

        if (result.Stage is not (ResultStage.Provisional or ResultStage.Official) || (isCorrection && result.Stage != ResultStage.Official))
        {
            return Verdict.Refuse(ResultCode.ResultInvalid, BodyField.Finish);
        }

        return isCorrection && !HasSecondActor(result.Control)
            ? Verdict.Refuse(ResultCode.SecondActorNeeded, BodyField.Actor)
            : CheckFinish(race, result.Finish);
    }

    /// <summary>The counting beside the ring must have seen the present card and result, and the same stakes as the running totals.</summary>
    public static Verdict Publish(Race race, RacePublish publish, ReadOnlySpan<byte> answer, out RaceSettlement? settlement)
    {
        settlement = null;
        if (!HasSecondActor(publish.Control))
        {
            return Verdict.Refuse(ResultCode.SecondActorNeeded, BodyField.Actor);
        }

        if (!IsSettled(race))
        {
            return WrongState();
        }

        if (SettlementAnswer.Code(answer) is var code and not ResultCode.Accepted)
        {
            return Verdict.Refuse(code, BodyField.Dividends);
        }

        settlement = SettlementAnswer.Read(SettlementAnswer.Bytes(answer));
        return settlement.Basis == race.ChangedBy
            ? CheckTotals(race, settlement)
            : Verdict.Refuse(ResultCode.SettlementOutdated, BodyField.Race);
    }

    public static Verdict CarryIn(ShardState state, Race race, PoolCarryIn carry)
    {
        if (!IsUnpublished(race))
        {
            return WrongState();
        }

        if (race.FindPool(carry.Pool) is null)
        {
            return Verdict.Refuse(ResultCode.PoolNotOffered, BodyField.Pool);
        }

        return carry.AmountCents >= 1 && carry.AmountCents <= state.CarryOvers.GetValueOrDefault(carry.Pool)
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.CarryOverTooSmall, BodyField.Amount);
    }

    public static bool HasSecondActor(ControlHeader control) => control.SecondActor != 0 && control.SecondActor != control.Actor;

    /// <summary>True when nothing is left to happen but the publication: an official result, or a race that is refunded.</summary>
    public static bool IsSettled(Race race) => race.Settlement is null && (race.Status == RaceStatus.Official || IsVoid(race));

    /// <summary>True when the race is refunded whole.</summary>
    public static bool IsVoid(Race race) => race.Status is RaceStatus.Cancelled or RaceStatus.Postponed;

    private static bool IsUnpublished(Race race) => race.Status is >= RaceStatus.Draft and <= RaceStatus.Official;

    private static Verdict WrongState() => Verdict.Refuse(ResultCode.RaceState, BodyField.Race);

    /// <summary>Places count up from 1; a dead heat shares its place and leaves out as many as it is wider.</summary>
    private static Verdict CheckFinish(Race race, FinishPlace[] finish)
    {
        uint seen = 0;
        for (int i = 0; i < finish.Length; i++)
        {
            var (runner, place) = finish[i];
            bool isDeadHeat = i > 0 && place == finish[i - 1].Place;
            if (!race.HasRunner(runner) || race.IsScratched(runner) || (seen & (1u << runner)) != 0 || (place != i + 1 && !isDeadHeat))
            {
                return Verdict.Refuse(ResultCode.ResultInvalid, BodyField.Finish).AtLine(i + 1);
            }

            seen |= 1u << runner;
        }

        return Verdict.Accepted;
    }

    private static Verdict CheckTotals(Race race, RaceSettlement settlement)
    {
        foreach (var pool in race.Pools)
        {
            var settled = settlement.Find(pool.Number);
            if ((settled?.GrossCents ?? 0) != pool.StakeCents || (settled?.ReportInCents ?? 0) != pool.ReportCents
                || (settled?.CarryInCents ?? 0) != pool.CarryInCents)
            {
                return Verdict.Refuse(ResultCode.TotalsDiffer, BodyField.Pool);
            }
        }

        return Verdict.Accepted;
    }
}
