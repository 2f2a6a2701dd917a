using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using TxCore.Client;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A terminal or frontend, with the ticket it sold last.</summary>
internal sealed class Seller(TxCoreClient client, int outlet)
{
    /// <summary>A ticket is undone within this time, far inside the five minutes the rules give a win ticket.</summary>
    private static readonly TimeSpan UndoneWithin = TimeSpan.FromMinutes(1);

    private DayTicket? _lastSold;

    public TxCoreClient Client => client;

    public int Outlet => outlet;

    /// <summary>The ticket sold last, if it was a moment ago.</summary>
    public DayTicket? LastSold => Volatile.Read(ref _lastSold) is { } ticket && IsRecent(ticket) ? ticket : null;

    /// <summary>The same, and nobody gets it again.</summary>
    public DayTicket? TakeLastSold() => Interlocked.Exchange(ref _lastSold, null) is { } ticket && IsRecent(ticket) ? ticket : null;

    public void Sold(DayTicket ticket) => Volatile.Write(ref _lastSold, ticket);

    private static bool IsRecent(DayTicket ticket) => Stopwatch.GetElapsedTime(ticket.AnsweredAt) < UndoneWithin;
}

/// <summary>A ticket or voucher that was printed.</summary>
internal sealed class DayTicket(Outcome outcome, int racesOpen, bool hasReport = false)
{
    private int _racesOpen = racesOpen;

    public ulong Number => outcome.Number;

    public ulong Sequence => outcome.Sequence;

    public bool HasReport => hasReport;

    public long AmountCents => outcome.AmountCents;

    public byte[] ControlCode { get; } = Encoding.ASCII.GetBytes(outcome.ControlCode);

    public long AnsweredAt { get; } = Stopwatch.GetTimestamp();

    /// <summary>One of its races is settled; true when it was the last.</summary>
    public bool Settle() => Interlocked.Decrement(ref _racesOpen) == 0;
}

/// <summary>A ticket somebody brings to be paid.</summary>
internal readonly record struct Presentation(DayTicket Ticket, bool IdentityChecked, bool IsAgain);

/// <summary>
/// The tickets and vouchers of a channel that are outside: by race until the race is settled, then in a queue to be paid. By any thread.
/// </summary>
internal sealed class DayBook
{
    private const int PaidKept = 1 << 14;

    private readonly Lock _gate = new();
    private readonly Dictionary<RaceId, List<DayTicket>?> _byRace = [];
    private readonly HashSet<RaceId> _void = [];
    private readonly ConcurrentQueue<Presentation> _payable = new();
    private readonly ConcurrentQueue<DayTicket> _vouchers = new();
    private readonly ConcurrentQueue<ulong> _disputed = new();
    private readonly DayTicket?[] _paid = new DayTicket?[PaidKept];
    private long _paidCount;
    private long _open;

    /// <summary>Tickets waiting to be paid.</summary>
    public int Payable => _payable.Count;

    /// <summary>Undertakings that may still bring something to pay.</summary>
    public long Open => Volatile.Read(ref _open) + _disputed.Count;

    /// <summary>Takes in a ticket; one whose races are all settled already goes straight to the queue.</summary>
    public DayTicket Sold(Outcome outcome, WagerFact wager)
    {
        lock (_gate)
        {
            RaceId[] races = [.. wager.Races.Distinct().Where(race => !_byRace.TryGetValue(race, out var tickets) || tickets is not null)];
            bool hasReport = wager.Lines.Any(line => line.Legs.Length > 0);
            races = hasReport ? races : [.. races.Where(race => !_void.Contains(race))];
            var ticket = new DayTicket(outcome, races.Length, hasReport);
            foreach (var race in races)
            {
                if (!_byRace.TryGetValue(race, out var tickets))
                {
                    _byRace.Add(race, tickets = []);
                }

                tickets!.Add(ticket);
            }

            if (races.Length == 0)
            {
                Present(ticket);
            }

            return ticket;
        }
    }

    /// <summary>A race is cancelled: tickets that waited for it alone are presented; those with a report wait for its publication.</summary>
    public void Refund(RaceId race)
    {
        lock (_gate)
        {
            _void.Add(race);
            if (!_byRace.TryGetValue(race, out var tickets) || tickets is null)
            {
                return;
            }

            foreach (var ticket in tickets.Where(ticket => !ticket.HasReport && ticket.Settle()))
            {
                Present(ticket);
            }

            tickets.RemoveAll(ticket => !ticket.HasReport);
        }
    }

    /// <summary>A race is payable, cancelled or postponed: tickets that waited for it alone are presented.</summary>
    public void Settle(RaceId race)
    {
        lock (_gate)
        {
            _byRace.TryGetValue(race, out var tickets);
            _byRace[race] = null;
            foreach (var ticket in tickets ?? [])
            {
                if (ticket.Settle())
                {
                    Present(ticket);
                }
            }
        }
    }

    public void Present(DayTicket ticket, bool identityChecked = false, bool isAgain = false) =>
        _payable.Enqueue(new Presentation(ticket, identityChecked, isAgain));

    public bool TryTakePayable(out Presentation presentation) => _payable.TryDequeue(out presentation);

    public void Paid(DayTicket ticket) => Volatile.Write(ref _paid[Interlocked.Increment(ref _paidCount) % PaidKept], ticket);

    /// <summary>One of the tickets paid lately; null when there is none.</summary>
    public DayTicket? PickPaid(Random random) =>
        Volatile.Read(ref _paid[random.Next((int)Math.Clamp(Volatile.Read(ref _paidCount), 1, PaidKept))]);

    public void Issued(DayTicket voucher) => _vouchers.Enqueue(voucher);

    public bool TryTakeVoucher(out DayTicket? voucher) => _vouchers.TryDequeue(out voucher);

    public void Dispute(ulong ticket) => _disputed.Enqueue(ticket);

    public bool TryTakeDisputed(out ulong ticket) => _disputed.TryDequeue(out ticket);

    /// <summary>Counts an undertaking until the returned mark is disposed.</summary>
    public Mark Undertake()
    {
        Interlocked.Increment(ref _open);
        return new Mark(this);
    }

    internal readonly struct Mark(DayBook book) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref book._open);
    }
}
