using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>What the end of a race does to the state: result, publication, cancellation, postponement, closing.</summary>
internal static class ResultEffects
{
    private const long DayMicroseconds = 24L * 3600 * 1_000_000;

    public static void Result(Race race, in Entry entry, RaceResult result)
    {
        race.Stage = result.Stage;
        race.Finish = result.Finish;
        race.Status = result.Stage == ResultStage.Official ? RaceStatus.Official : RaceStatus.Provisional;
        race.ChangedBy = entry.Number;
    }

    /// <summary>Takes in a settlement: dividends, what the race owes, what is carried over or on into later races.</summary>
    public static void Publish(ShardState state, Race race, in Entry entry, ReadOnlySpan<byte> settlementBytes)
    {
        var settlement = SettlementAnswer.Read(settlementBytes);
        bool isVoid = ResultRules.IsVoid(race);
        race.Status = isVoid ? race.Status : RaceStatus.Payable;
        race.OwedCents = 0;
        race.Settlement = settlement;
        race.SettlementBytes = settlementBytes.ToArray();
        foreach (var pool in settlement.Pools)
        {
            race.OwedCents += pool.WinnersCents + pool.RefundCents;
            if (pool.CarryOverCents != 0 && !isVoid)
            {
                state.CarryOvers[pool.Pool] = state.CarryOvers.GetValueOrDefault(pool.Pool) + pool.CarryOverCents;
            }
        }

        foreach (var carried in settlement.Carried)
        {
            race.OwedCents -= carried.Cents;
            if (state.Races.TryGetValue(carried.Race.Value, out var later) && later.FindPool(carried.Pool) is { } pool)
            {
                pool.ReportCents += carried.Cents;
            }
        }

        if (!isVoid)
        {
            Expire(state, race, entry.SequencedAt);
        }
    }

    /// <summary>
    /// Every stake goes back, at once. Those of reports go on into their next race instead: what they carry there is told when the race is
    /// published too.
    /// </summary>
    public static void Refund(ShardState state, Race race, in Entry entry, RaceStatus status)
    {
        race.Status = status;
        race.ChangedBy = entry.Number;
        foreach (var pool in race.Pools)
        {
            race.OwedCents += pool.TakenCents - pool.UndoneCents;
            state.CarryOvers[pool.Number] = state.CarryOvers.GetValueOrDefault(pool.Number) + pool.CarryInCents;
        }

        Expire(state, race, entry.SequencedAt);
    }

    public static void CarryIn(ShardState state, Race race, in Entry entry, PoolCarryIn carry)
    {
        state.CarryOvers[carry.Pool] -= carry.AmountCents;
        race.FindPool(carry.Pool)!.CarryInCents += carry.AmountCents;
        race.ChangedBy = entry.Number;
    }

    /// <summary>What nobody has fetched by now nobody can fetch any more; the race leaves memory.</summary>
    public static void Close(ShardState state, Race race)
    {
        race.Status = RaceStatus.Closed;
        state.Races.Remove(race.Id.Value);
        state.ClosedRaces.Add(race.Id.Value);
    }

    private static void Expire(ShardState state, Race race, long now)
    {
        race.ExpiresAt = now + (state.Rules.TicketValidDays * DayMicroseconds);
        state.Stops.Add(MessageType.RaceCloseDue, race.Id.Value, race.ExpiresAt);
    }
}
