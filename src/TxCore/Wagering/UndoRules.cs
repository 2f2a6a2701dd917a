using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Wagering;

/// <summary>Decides cancellations (<c>domain.md</c> section 1.10), reversals (section 2.1) and payments of tickets.</summary>
internal static class UndoRules
{
    /// <summary>Decides a cancellation of the ticket that <paramref name="ticket"/> is the row of.</summary>
    public static Verdict Cancel(ShardState state, FetchedRow? ticket, int outlet, long now)
    {
        if (ticket is not { } row || row.Entry.Kind != MessageType.Wager || row.Entry.Code != ResultCode.Accepted)
        {
            return ticket is null
                ? Verdict.Refuse(ResultCode.TicketUnknown, BodyField.Number)
                : Verdict.Refuse(ResultCode.CancelNotAllowed, BodyField.Number);
        }

        if (row.Entry.Outlet != outlet)
        {
            return Verdict.Refuse(ResultCode.CancelOtherOutlet, BodyField.Number);
        }

        var verdict = CheckLive(state, row.Entry.Number);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        bool stopped = AnyRaceStopped(state, row, out bool hasWin);
        if (stopped)
        {
            return Verdict.Refuse(ResultCode.CancelAfterStop, BodyField.Race);
        }

        long window = 1_000_000L * (hasWin ? state.Rules.CancelWindowWinSeconds : state.Rules.CancelWindowSeconds);
        return now - row.Entry.SequencedAt <= window ? Verdict.Accepted : Verdict.Refuse(ResultCode.CancelTooLate, BodyField.Time);
    }

    /// <summary>Decides a reversal of a transaction that was decided; <paramref name="original"/> is its row.</summary>
    public static Verdict Reverse(ShardState state, FetchedRow original, long amountCents)
    {
        var entry = original.Entry;
        if (entry.Code == ResultCode.ReversedBeforeArrival)
        {
            return Verdict.Refuse(ResultCode.AlreadyCancelled, BodyField.Sequence);
        }

        if (entry.Code != ResultCode.Accepted)
        {
            return Verdict.Refuse(ResultCode.NothingToReverse, BodyField.Sequence);
        }

        if (entry.Kind == MessageType.Hold)
        {
            return ReverseHold(state, in entry, amountCents);
        }

        if (entry.Kind is not (MessageType.Wager or MessageType.VoucherIssue))
        {
            return Verdict.Refuse(ResultCode.CancelNotAllowed, BodyField.Sequence);
        }

        if (state.Tickets[entry.Number] == PresentState.Disputed)
        {
            return Verdict.Refuse(ResultCode.ReversalToSupervisor, BodyField.Number);
        }

        var verdict = CheckLive(state, entry.Number);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (entry.AmountCents != amountCents)
        {
            return Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
        }

        return entry.Kind == MessageType.Wager && AnyRaceStopped(state, original, out _)
            ? Verdict.Refuse(ResultCode.ReversalToSupervisor, BodyField.Race)
            : Verdict.Accepted;
    }

    /// <summary>Decides what becomes of a ticket whose reversal came after a stop; nothing is taken back once a dividend counted its stake.</summary>
    public static Verdict Resolve(ShardState state, FetchedRow? ticket, SupervisorResolve resolve)
    {
        if (ticket is null || state.Tickets[ticket.Entry.Number] != PresentState.Disputed)
        {
            return Verdict.Refuse(ResultCode.NothingToResolve, BodyField.Number);
        }

        if (!resolve.IsGranted)
        {
            return Verdict.Accepted;
        }

        if (!ResultRules.HasSecondActor(resolve.Control))
        {
            return Verdict.Refuse(ResultCode.SecondActorNeeded, BodyField.Actor);
        }

        return AnyRace(state, ticket, static race => race.Status > RaceStatus.Official)
            ? Verdict.Refuse(ResultCode.RaceState, BodyField.Race)
            : Verdict.Accepted;
    }

    private static Verdict ReverseHold(ShardState state, in Entry entry, long amountCents)
    {
        if (!state.Holds.ContainsKey(entry.Number))
        {
            return state.Tickets[entry.Number] == PresentState.Confirmed
                ? Verdict.Refuse(ResultCode.CancelNotAllowed, BodyField.Sequence)
                : Verdict.Refuse(ResultCode.AlreadyCancelled, BodyField.Sequence);
        }

        return entry.AmountCents == amountCents ? Verdict.Accepted : Verdict.Refuse(ResultCode.AmountMismatch, BodyField.Amount);
    }

    /// <summary>Why a ticket or voucher can no longer be taken back or paid; accepted when it stands.</summary>
    public static Verdict CheckLive(ShardState state, long number) => state.Tickets[number] switch
    {
        PresentState.Disputed => Verdict.Refuse(ResultCode.TicketDisputed, BodyField.Number),
        PresentState.None or PresentState.Live => Verdict.Accepted,
        PresentState.Paid => Verdict.Refuse(ResultCode.AlreadyPaid, BodyField.Number),
        _ => Verdict.Refuse(ResultCode.AlreadyCancelled, BodyField.Number),
    };

    /// <summary>True when a race of the ticket, or one that left memory, is as asked.</summary>
    private static bool AnyRace(ShardState state, FetchedRow ticket, Func<Race, bool> isAsAsked)
    {
        var wager = new WagerBody(ticket.Command.AsSpan(SystemCommand.DeadlineBytes));
        while (wager.TryNext(out var line))
        {
            if (!state.Races.TryGetValue(line.Race.Value, out var race) || isAsAsked(race))
            {
                return true;
            }

            var legs = line.Legs;
            while (legs.TryNext(out var leg))
            {
                if (!state.Races.TryGetValue((line.Race with { Race = leg.Race }).Value, out race) || isAsAsked(race))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True when any race of the ticket no longer takes wagers back: a ticket over several races stands as soon as one stopped.</summary>
    private static bool AnyRaceStopped(ShardState state, FetchedRow ticket, out bool hasWin)
    {
        hasWin = false;
        var wager = new WagerBody(ticket.Command.AsSpan(SystemCommand.DeadlineBytes));
        while (wager.TryNext(out var line))
        {
            hasWin |= BetTypes.TypeOf(line.Pool) == BetType.Win;
        }

        return AnyRace(state, ticket, static race => race.Status >= RaceStatus.Stopped);
    }
}
