using TxCore.Pipeline;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Pipeline;

/// <summary>A replay of any history comes to what was stored.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_stored_command_is_decided_the_same_again(int seed)
    {
        var history = new RandomHistory(seed);
        history.Run(1500);
        var replay = new ReplayVerifier(TestShard.Identity, new MemoryReader(history.Bench.Database), TestShard.Keys);
        var report = await replay.RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(report.Fault);
        Assert.Equal(history.Bench.State.LastNumber, report.Entries);
    }
}
