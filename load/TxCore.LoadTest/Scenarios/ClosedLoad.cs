using System.Diagnostics;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Scenarios;

/// <summary>
/// The figures of a load that has no plan of its own: everybody sends when the answer before has come. Looked at each second, from the
/// beginning until it is ended.
/// </summary>
internal sealed class ClosedLoad : ISendPlan, IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly Tally _tally;
    private readonly RunSampler _sampler;
    private readonly ServerStages _servers;
    private readonly Task _following;
    private long _end;
    private int _second;

    public ClosedLoad(Tally tally, AnswerLatencies latencies, ShardStage shard)
    {
        _tally = tally;
        _sampler = new RunSampler(tally, latencies, this);
        _servers = new ServerStages(() => shard.AdminAddress);
        _following = Task.WhenAll(FollowAsync(), _sampler.FollowStagesAsync(_servers, _ending.Token));
    }

    public bool IsMeasuring => Volatile.Read(ref _end) == 0;

    /// <summary>Nobody is late for a send that nothing planned.</summary>
    public SendLateness Lateness { get; } = new();

    public long Planned => _tally.Measured.Sent + _tally.Dropped;

    public TimeSpan Measured => Volatile.Read(ref _end) is var end and not 0 ? Stopwatch.GetElapsedTime(_begin, end) : Stopwatch.GetElapsedTime(_begin);

    /// <summary>The server's stages over the whole load.</summary>
    public IReadOnlyList<StageRecord> Stages => _servers.Taken;

    public long? PlannedInSecond(int second) => null;

    /// <summary>The load is over: what comes from now on is in no figure. Before the server drains, which is asked once more.</summary>
    public async Task EndAsync()
    {
        Volatile.Write(ref _end, Stopwatch.GetTimestamp());
        await _ending.CancelAsync();
        await _following;
        await _sampler.TakeLastStagesAsync(_servers, CancellationToken.None);
        _sampler.Take(++_second);
    }

    /// <summary>Its record.</summary>
    public RunRecord Build(RunHead head, RunEnd end) => new RunRecordBuilder(_tally, _sampler, this).Build(head, end);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _following;
        _servers.Dispose();
        _ending.Dispose();
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Second);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                _sampler.Take(++_second);
            }
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }
}
