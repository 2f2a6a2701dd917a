using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>
/// Lets time enter the sequence: it never goes back, and what fell due becomes entries of its own before the event that brought the
/// time. A forward step above the limit is held until an administrator confirms it, and expires nothing meanwhile.
/// </summary>
internal sealed class TimeRules(ShardState state)
{
    /// <summary>Most expiries and offers before one event; the rest come before the next ones. Stops have no such limit.</summary>
    public const int ExpiriesPerEventMax = 256;

    /// <summary>Largest step between the last entry and a start, in microseconds: a week of downtime; more is taken for a wrong clock.</summary>
    private const long StartStepMax = 7L * 24 * 3600 * 1_000_000;

    private long _heldTime;

    public bool IsHeld { get; private set; }

    public void Advance(TxEvent work)
    {
        long step = work.ReceivedAt - state.Time;
        if (state.Time == 0)
        {
            state.Time = work.ReceivedAt;
            return;
        }

        IsHeld = step > (work.Kind == EventKind.Start ? StartStepMax : state.Rules.TimeStepMaxSeconds * 1_000_000L);
        if (IsHeld)
        {
            _heldTime = work.ReceivedAt;
            return;
        }

        if (step > 0)
        {
            state.Time = work.ReceivedAt;
        }

        if (work.Kind != EventKind.Start)
        {
            TakeDue(work);
        }
    }

    /// <summary>Decides the confirmation of a held step; the time it names may differ from the host's by no more than the limit.</summary>
    public Verdict Confirm(TxEvent work)
    {
        if (!IsHeld)
        {
            return Verdict.Refuse(ResultCode.TimeNotHeld, BodyField.Time);
        }

        var reader = new WireReader(work.Body);
        uint actor = reader.UInt32();
        reader.Bytes(4 + 2);
        long time = reader.Int64();
        if (actor == 0)
        {
            return Verdict.Refuse(ResultCode.ActorMissing, BodyField.Actor);
        }

        long limit = state.Rules.TimeStepMaxSeconds * 1_000_000L;
        if (time < _heldTime - limit || time > _heldTime + limit)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        state.Time = _heldTime;
        IsHeld = false;
        return Verdict.Accepted;
    }

    private void TakeDue(TxEvent work)
    {
        long now = state.Time;
        while (state.Stops.TryTake(now, out var stop))
        {
            if (IsStopStillDue(in stop))
            {
                Add(work, stop.Kind, stop.Subject, 0);
            }
        }

        if (now >= state.NextDayStart)
        {
            Add(work, MessageType.DayOpened, state.Rules.BusinessDayOf(now), 0);
        }

        int taken = work.ExpiriesTaken;
        while (taken < ExpiriesPerEventMax && state.Expiries.TryTake(now, out var expiry))
        {
            if (state.Holds.TryGetValue(expiry.Subject, out var hold))
            {
                Add(work, MessageType.HoldExpired, expiry.Subject, expiry.Subject, Addendum.VoidOf(hold));
                taken++;
            }
        }

        for (; taken < ExpiriesPerEventMax && state.OfferCells.Count > 0; taken++)
        {
            Offer(work, state.OfferCells.Min!, now);
        }
    }

    /// <summary>Offers free seats to the first who waits for them, or lets go who may not have them.</summary>
    private void Offer(TxEvent work, InventoryCell cell, long now)
    {
        var waiter = cell.Waiting.First!;
        if (cell.Sale.Status == SaleStatus.Closed || !WaitRules.MayBuy(state, waiter))
        {
            Add(work, MessageType.WaitLapsed, waiter.Number, waiter.Number);
            return;
        }

        long expiresAt = Math.Min(now + (cell.Sale.Terms.OfferSeconds * 1_000_000L), Math.Max(cell.Sale.ClosesAt, now + 1));
        Add(work, MessageType.WaitOffered, waiter.Number, waiter.Number, Addendum.OfferOf(waiter), waiter.Quantity * cell.PriceCents, expiresAt);
    }

    private bool IsStopStillDue(in DueItem item)
    {
        if (item.Kind == MessageType.RaceStopDue)
        {
            return state.Races.TryGetValue(item.Subject, out var race)
                && race.Status is RaceStatus.Open or RaceStatus.Suspended
                && race.LatestStopAt == item.At;
        }

        if (item.Kind == MessageType.RaceCloseDue)
        {
            return state.Races.TryGetValue(item.Subject, out var paid) && paid.ExpiresAt == item.At;
        }

        if (item.Kind == MessageType.DrawCloseDue)
        {
            return state.Draws.TryGetValue((uint)item.Subject, out var draw) && draw.Status == DrawStatus.Open;
        }

        return state.Sales.TryGetValue((uint)item.Subject, out var sale) && sale.Status == SaleStatus.Open;
    }

    private void Add(
        TxEvent work, MessageType kind, long subject, long reference, byte[]? addendum = null, long amountCents = 0, long expiresAt = 0)
    {
        var shard = state.Source(0);
        var due = new DueEntry
        {
            Subject = subject,
            Addendum = addendum,
            Entry = new Entry
            {
                Number = state.LastNumber + 1,
                BusinessDay = kind == MessageType.DayOpened ? (int)subject : state.BusinessDay,
                Sequence = shard.Next,
                Previous = shard.LastNumber,
                Kind = kind,
                SequencedAt = state.Time,
                ReceivedAt = work.ReceivedAt,
                Reference = reference,
                AmountCents = amountCents,
                ExpiresAt = expiresAt,
            },
        };
        if (kind == MessageType.RaceCloseDue && state.Races[subject] is var race)
        {
            due.Entry.AmountCents = race.OwedCents - race.PaidCents;
        }

        Span<byte> command = addendum is null ? stackalloc byte[SystemCommand.SubjectBytes] : SystemCommand.Build(subject, addendum);
        SystemCommand.Write(subject, command);
        long version = state.DefinitionsVersion;
        state.Apply(in due.Entry, command);
        if (state.DefinitionsVersion != version)
        {
            due.Change = state.LastChange;
        }

        work.Due.Add(due);
    }
}
