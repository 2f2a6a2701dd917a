using TxCore.Storage;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>A winning ticket that nobody has been paid for.</summary>
/// <param name="Number">Its number.</param>
/// <param name="AgeDays">Business days since it was sold.</param>
/// <param name="ControlCode">What is printed on it, ASCII.</param>
internal sealed record OldTicket(long Number, int AgeDays, byte[] ControlCode);

/// <summary>Remembers winners that nobody fetches the gain of, spread evenly over the oldest days.</summary>
internal sealed class WinnerSample(OldWinnerSettings settings)
{
    private const int ExpiredOfDay = 5;

    private int _ageDays;
    private int _left;
    private int _oneIn = 1;
    private long _seen;

    /// <summary>Those that can still be paid, oldest first.</summary>
    public List<OldTicket> Payable { get; } = [];

    /// <summary>Those whose time is over.</summary>
    public List<OldTicket> Expired { get; } = [];

    /// <summary>Begins a day that will have so many rows.</summary>
    public void StartDay(int ageDays, long rows)
    {
        int ticketDays = Math.Min(OldWinnerSettings.TicketDays, settings.Days);
        int oldest = Math.Min(settings.Days, OldWinnerSettings.PayableDays);
        _ageDays = ageDays;

        // The day that is exactly as old as the time allowed expires in the course of today: it is left alone.
        _left = ageDays > OldWinnerSettings.PayableDays + 1 ? ExpiredOfDay
            : ageDays <= oldest && ageDays > oldest - ticketDays ? (settings.Payments / ticketDays) + 2
            : 0;

        // About half of the rows are single win lines whose gain nobody fetches; a few spare ones are left, as chance has it.
        _oneIn = (int)Math.Max(1, rows * 0.35 / RaceSale.Runners / Math.Max(1, _left));
    }

    /// <summary>Takes a winner or leaves it.</summary>
    public void Offer(Entry entry, Func<Entry, byte[]> controlCode)
    {
        if (_left == 0 || ++_seen % _oneIn != 0)
        {
            return;
        }

        _left--;
        var kept = _ageDays > OldWinnerSettings.PayableDays ? Expired : Payable;
        kept.Add(new OldTicket(entry.Number, _ageDays, controlCode(entry)));
    }
}
