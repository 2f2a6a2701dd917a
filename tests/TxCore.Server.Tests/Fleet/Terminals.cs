using System.Net;
using TxCore.Storage;

namespace TxCore.Server.Tests.Fleet;

/// <summary>Fleets on the sale day's plan, and what a test expects of them.</summary>
internal static class Terminals
{
    private static readonly TimeSpan SellTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);

    /// <summary>Starts terminals against a server; the seed is written to the test's output.</summary>
    public static TerminalFleet Start(ShardIdentity identity, IPEndPoint server, int? seed = null) => Start(identity, server, 0..12, seed);

    /// <summary>Starts the terminals of a range, so that two fleets can share a shard.</summary>
    public static TerminalFleet Start(ShardIdentity identity, IPEndPoint server, Range terminals, int? seed = null)
    {
        int chosen = seed ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {chosen}");
        var day = SaleDay.Plan(identity);
        return new TerminalFleet(server, (address, complain) => Enumerable.Range(terminals.Start.Value, terminals.End.Value - terminals.Start.Value).Select(i =>
        {
            uint source = Deployment.FirstTerminal + (uint)i;
            var random = new Random(chosen + i);
            return new Terminal(source, Deployment.Password, identity.Channel, new TransactionMix(source, day, random), random, address, complain);
        }));
    }

    /// <summary>Waits until so many more outcomes have come: the load runs.</summary>
    public static async Task SellAsync(this TerminalFleet fleet, long outcomes) =>
        Assert.True(await fleet.SellsAsync(outcomes, SellTime), $"{outcomes} more outcomes did not come; {string.Join("; ", fleet.Complaints)}");

    /// <summary>
    /// Ends the load: every transaction gets its outcome, and each terminal asks for some of the decided ones again. Fails when one stays
    /// without, or when the server did what it must never do.
    /// </summary>
    public static async Task SettleAsync(this TerminalFleet fleet, int repeats = 60)
    {
        var open = await fleet.SettleAsync(repeats, SettleTime);
        Assert.True(open.Count == 0, string.Join('\n', open.Concat(fleet.Complaints).Take(10)));
        await fleet.DisposeAsync();
        Assert.True(fleet.Complaints.Count == 0, string.Join('\n', fleet.Complaints.Take(10)));
    }
}
