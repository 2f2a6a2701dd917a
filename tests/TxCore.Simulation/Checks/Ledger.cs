using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Clients;
using TxCore.Storage;

namespace TxCore.Simulation.Checks;

/// <summary>
/// Books of what is stored, kept apart from the core: races, tickets, pool totals, seats. It does not decide; it says when a decision
/// cannot be.
/// </summary>
internal sealed class Ledger(Action<string> violate)
{
    private readonly Dictionary<RaceId, RaceBook> _races = [];
    private readonly Dictionary<long, Ticket> _tickets = [];
    private readonly SeatLedger _seats = new(violate);

    /// <summary>Takes in an entry; <paramref name="content"/> is what the client sent, null for entries of the shard.</summary>
    public void Take(in Entry entry, Content? content, ReadOnlySpan<byte> command)
    {
        // A confirmed step of the clock is stored with the time that it confirms, and was decided in the time before.
        if (content is { Deadline: > 0, Type: not MessageType.TimeConfirm } late && entry.Code == ResultCode.Accepted && entry.SequencedAt > late.Deadline)
        {
            violate($"number {entry.Number} is accepted after its deadline");
        }

        if (entry.Code == ResultCode.ReversalToSupervisor)
        {
            Dispute(in entry);
        }
        else if (entry.Code == ResultCode.Accepted && !TryTakeRace(in entry, content, command) && !TryTakeTicket(in entry, content))
        {
            _seats.Take(in entry, content, command);
        }
        else if (entry.Code != ResultCode.Accepted)
        {
            _seats.TakeRefused(in entry, content);
        }
    }

    /// <summary>Totals that a client is told must be those of the rows up to the number they name.</summary>
    public void CheckTotals(PoolTotals told)
    {
        if (!_races.TryGetValue(told.Race, out var race))
        {
            if (told.Pools.Length > 0)
            {
                violate($"totals of race {told.Race} are told, which is not defined");
            }

            return;
        }

        foreach (var pool in told.Pools)
        {
            long expected = race.TotalAt(pool.Pool, (long)told.Number);
            if (pool.TotalCents != expected)
            {
                violate($"pool {pool.Pool} of race {told.Race} is told as {pool.TotalCents} up to number {told.Number}, stored are {expected}");
            }
        }
    }

    private bool TryTakeRace(in Entry entry, Content? content, ReadOnlySpan<byte> command)
    {
        switch (entry.Kind)
        {
            case MessageType.RaceDefine:
                var definition = (RaceDefine)content!.Message;
                if (!_races.TryAdd(definition.Race, new RaceBook { LatestStopAt = definition.LatestStopAt, DefinedBy = entry.Number }))
                {
                    violate($"number {entry.Number} defines race {definition.Race} a second time");
                }

                return true;
            case MessageType.RaceOpen or MessageType.RaceSuspend or MessageType.RaceStop or MessageType.RaceReopen:
                Control(in entry, (RaceControl)content!.Message);
                return true;
            case MessageType.RaceStopDue:
                var due = _races[RaceId.FromValue(SystemCommand.Subject(command))];
                if (entry.SequencedAt < due.LatestStopAt || due.Status is not (RaceStatus.Open or RaceStatus.Suspended))
                {
                    violate($"number {entry.Number} stops a race that is {due.Status} before its time");
                }

                due.Status = RaceStatus.Stopped;
                return true;
            default:
                return false;
        }
    }

    private void Control(in Entry entry, RaceControl control)
    {
        var race = _races[control.Race];
        bool mayBe = entry.Kind switch
        {
            MessageType.RaceOpen => race.Status is RaceStatus.Draft or RaceStatus.Suspended,
            MessageType.RaceSuspend => race.Status == RaceStatus.Open,
            MessageType.RaceStop => race.Status is RaceStatus.Open or RaceStatus.Suspended,
            _ => race.Status == RaceStatus.Stopped,
        };
        if (!mayBe)
        {
            violate($"number {entry.Number}: {entry.Kind} of a race that is {race.Status}");
        }

        race.Status = entry.Kind switch
        {
            MessageType.RaceSuspend => RaceStatus.Suspended,
            MessageType.RaceStop => RaceStatus.Stopped,
            _ => RaceStatus.Open,
        };
        race.LatestStopAt = entry.Kind == MessageType.RaceReopen ? control.LatestStopAt : race.LatestStopAt;
    }

    private bool TryTakeTicket(in Entry entry, Content? content)
    {
        switch (entry.Kind)
        {
            case MessageType.Wager:
                Sell(in entry, (Wager)content!.Message);
                return true;
            case MessageType.Cancel or MessageType.Reversal when _tickets.TryGetValue(entry.Reference, out var ticket):
                TakeBack(in entry, ticket);
                return true;
            case MessageType.Cancel:
                violate($"number {entry.Number} cancels number {entry.Reference}, which is no ticket");
                return true;
            default:
                return false;
        }
    }

    private void Sell(in Entry entry, Wager wager)
    {
        foreach (var line in wager.Lines)
        {
            if (!_races.TryGetValue(line.Race, out var race) || race.Status != RaceStatus.Open || entry.SequencedAt >= race.LatestStopAt)
            {
                violate($"number {entry.Number} is sold on race {line.Race}, which is not open");
                return;
            }

            race.Add(entry.Number, line.Pool, line.AmountCents);
        }

        if (entry.AmountCents != wager.AmountCents)
        {
            violate($"number {entry.Number} is sold for {entry.AmountCents}, announced were {wager.AmountCents}");
        }

        _tickets.Add(entry.Number, new Ticket(wager, entry.Source));
    }

    private void TakeBack(in Entry entry, Ticket ticket)
    {
        if (ticket.IsOver || (entry.Kind == MessageType.Reversal && ticket.Source != entry.Source))
        {
            violate($"number {entry.Number} takes ticket {entry.Reference} back a second time, or another source's");
        }

        ticket.IsOver = true;
        foreach (var line in ticket.Wager.Lines)
        {
            if (_races[line.Race].Status >= RaceStatus.Stopped)
            {
                violate($"number {entry.Number} takes ticket {entry.Reference} back although race {line.Race} is stopped");
            }

            _races[line.Race].Add(entry.Number, line.Pool, -line.AmountCents);
        }
    }

    private void Dispute(in Entry entry)
    {
        if (_tickets.TryGetValue(entry.Reference, out var ticket))
        {
            ticket.IsOver = true;
        }
        else
        {
            violate($"number {entry.Number} disputes number {entry.Reference}, which is no ticket");
        }
    }

    private sealed class Ticket(Wager wager, uint source)
    {
        public Wager Wager { get; } = wager;

        public uint Source { get; } = source;

        public bool IsOver { get; set; }
    }

    private sealed class RaceBook
    {
        private readonly Dictionary<ushort, List<(long Number, long Cents)>> _totals = [];

        public RaceStatus Status { get; set; } = RaceStatus.Draft;

        public long LatestStopAt { get; set; }

        public long DefinedBy { get; init; }

        public void Add(long number, ushort pool, long cents)
        {
            if (!_totals.TryGetValue(pool, out var totals))
            {
                _totals.Add(pool, totals = []);
            }

            totals.Add((number, (totals.Count == 0 ? 0 : totals[^1].Cents) + cents));
        }

        public long TotalAt(ushort pool, long number)
        {
            long cents = 0;
            foreach (var total in _totals.GetValueOrDefault(pool) ?? [])
            {
                if (total.Number > number)
                {
                    break;
                }

                cents = total.Cents;
            }

            return cents;
        }
    }
}
