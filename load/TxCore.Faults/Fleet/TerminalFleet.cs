using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace TxCore.Faults.Fleet;

/// <summary>Many terminals that sell without pause through every fault, and the history of all of them.</summary>
internal sealed class TerminalFleet : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly Task _running;
    private volatile IPEndPoint? _server;

    /// <param name="server">Where they connect.</param>
    /// <param name="terminals">The terminals, given where to connect and how to complain.</param>
    public TerminalFleet(IPEndPoint? server, Func<Func<IPEndPoint?>, Action<string>, IEnumerable<Terminal>> terminals)
    {
        _server = server;
        Terminals = [.. terminals(() => _server, _complaints.Enqueue)];
        _running = Task.WhenAll(Terminals.Select(terminal => Task.Run(() => terminal.RunAsync(_stopping.Token))));
    }

    public IReadOnlyList<Terminal> Terminals { get; }

    /// <summary>What the server did that it must never do.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>The complaints since the last call.</summary>
    public IReadOnlyList<string> TakeComplaints()
    {
        var taken = new List<string>();
        while (_complaints.TryDequeue(out string? complaint))
        {
            taken.Add(complaint);
        }

        return taken;
    }

    public long Outcomes => Terminals.Sum(static terminal => (long)terminal.Outcomes);

    /// <summary>Where they connect from now on; null for nowhere. Connections that exist stay.</summary>
    public void ConnectTo(IPEndPoint? server) => _server = server;

    /// <summary>Waits until so many more outcomes have come; false when they did not come in time.</summary>
    public Task<bool> SellsAsync(long outcomes, TimeSpan timeout)
    {
        long wanted = Outcomes + outcomes;
        return HoldsAsync(() => Outcomes >= wanted, timeout);
    }

    /// <summary>
    /// Nothing new is submitted: every transaction gets its outcome, and each terminal asks for some of the decided ones again. Returns what
    /// is still open after the time: empty when nothing is.
    /// </summary>
    public async Task<IReadOnlyList<string>> SettleAsync(int repeats, TimeSpan timeout)
    {
        foreach (var terminal in Terminals)
        {
            terminal.Settle(repeats);
        }

        return await HoldsAsync(() => Terminals.All(static terminal => terminal.IsSettled), timeout)
            ? []
            : [.. Terminals.Where(static terminal => !terminal.IsSettled).Select(Describe)];
    }

    /// <summary>They submit again.</summary>
    public void Produce()
    {
        foreach (var terminal in Terminals)
        {
            terminal.Produce();
        }
    }

    /// <summary>Ends every terminal; a second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    private static async Task<bool> HoldsAsync(Func<bool> holds, TimeSpan timeout)
    {
        long started = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(started) > timeout)
            {
                return false;
            }

            await Task.Delay(Look);
        }

        return true;
    }

    private static string Describe(Terminal terminal) =>
        $"source {terminal.Source} has no outcome of {terminal.Submissions.FirstOrDefault(static submission => submission.Outcome is null)?.ToString() ?? "a repeat"}"
        + $" (logons {terminal.Logons}, last refused by {terminal.RefusedBy})";
}
