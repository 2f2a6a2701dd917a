using System.Collections.Concurrent;
using System.Net;
using TxCore.Storage;

namespace TxCore.Server.Tests.Fleet;

/// <summary>Many terminals that sell without pause through every fault, and the history of all of them.</summary>
internal sealed class TerminalFleet : IAsyncDisposable
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly Task _running;
    private volatile IPEndPoint? _server;

    private TerminalFleet(ShardIdentity identity, IPEndPoint server, Range terminals, int seed)
    {
        _server = server;
        Terminals =
        [
            .. Enumerable.Range(terminals.Start.Value, terminals.End.Value - terminals.Start.Value).Select(i => new Terminal(
                Deployment.FirstTerminal + (uint)i, identity, new Random(seed + i), () => _server, _complaints.Enqueue)),
        ];
        _running = Task.WhenAll(Terminals.Select(terminal => Task.Run(() => terminal.RunAsync(_stopping.Token))));
    }

    public IReadOnlyList<Terminal> Terminals { get; }

    /// <summary>What the server did that it must never do.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public long Outcomes => Terminals.Sum(static terminal => (long)terminal.Outcomes);

    /// <summary>Starts terminals against a server; the seed is written to the test's output.</summary>
    public static TerminalFleet Start(ShardIdentity identity, IPEndPoint server, int? seed = null) => Start(identity, server, 0..12, seed);

    /// <summary>Starts the terminals of a range, so that two fleets can share a shard.</summary>
    public static TerminalFleet Start(ShardIdentity identity, IPEndPoint server, Range terminals, int? seed = null)
    {
        int chosen = seed ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {chosen}");
        return new TerminalFleet(identity, server, terminals, chosen);
    }

    /// <summary>Where they connect from now on; null for nowhere. Connections that exist stay.</summary>
    public void ConnectTo(IPEndPoint? server) => _server = server;

    /// <summary>Waits until so many more outcomes have come: the load runs.</summary>
    public async Task SellAsync(long outcomes)
    {
        long wanted = Outcomes + outcomes;
        await Poll.UntilAsync(() => Outcomes >= wanted, () => $"only {Outcomes} of {wanted} outcomes came; {string.Join("; ", Complaints)}");
    }

    /// <summary>
    /// Ends the load: every transaction gets its outcome, and each terminal asks for some of the decided ones again. Fails when one stays
    /// without, or when the server did what it must never do.
    /// </summary>
    public async Task SettleAsync(int repeats = 60)
    {
        foreach (var terminal in Terminals)
        {
            terminal.Settle(repeats);
        }

        await Poll.UntilAsync(() => Terminals.All(static terminal => terminal.IsSettled), Unsettled, SettleTime);
        await DisposeAsync();
        Assert.True(Complaints.Count == 0, string.Join('\n', Complaints.Take(10)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    private string Unsettled() => string.Join('\n', Terminals.Where(static terminal => !terminal.IsSettled).Select(static terminal =>
        $"source {terminal.Source} has no outcome of {terminal.Submissions.FirstOrDefault(static submission => submission.Outcome is null)}"
        + $" (logons {terminal.Logons}, last refused by {terminal.RefusedBy})").Concat(Complaints).Take(10));
}
