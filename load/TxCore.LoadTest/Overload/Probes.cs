using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using TxCore.Faults.Fleet;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Overload;

/// <summary>
/// The others: sellers with a modest steady rate, whose latency tells what the rest costs them. They send at their times whether or not the
/// one before was answered, and count from the send.
/// </summary>
internal sealed class Probes : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly List<WireConnection> _connections = [];
    private readonly List<Task> _running = [];
    private readonly TimeSpan _interval;
    private ConcurrentQueue<double> _milliseconds = new();
    private long _refused;

    private Probes(double ratePerSecond) => _interval = TimeSpan.FromSeconds(OverloadStage.Probes / ratePerSecond);

    /// <summary>Answers that were no acceptance.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>What ended one of them; null while all live.</summary>
    public Exception? Fault { get; private set; }

    public static async Task<Probes> StartAsync(OverloadStage stage, double ratePerSecond, CancellationToken cancellationToken)
    {
        var probes = new Probes(ratePerSecond);
        for (int i = 0; i < OverloadStage.Probes; i++)
        {
            uint source = OverloadStage.FirstProbe + (uint)i;
            var (connection, next) = await stage.LogOnAsync(source, cancellationToken);
            probes._connections.Add(connection);
            probes._running.Add(Task.Run(() => probes.RunAsync(stage, connection, source, next, i), cancellationToken));
        }

        return probes;
    }

    /// <summary>The latencies of a time, in milliseconds, sorted.</summary>
    public async Task<double[]> MeasureAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        _milliseconds = new ConcurrentQueue<double>();
        await Task.Delay(time, cancellationToken);
        double[] measured = [.. Interlocked.Exchange(ref _milliseconds, new ConcurrentQueue<double>())];
        Array.Sort(measured);
        return Fault is null && measured.Length > 0 ? measured : throw new IOException("The probes got no answers.", Fault);
    }

    public static double Percentile(double[] sorted, double percent) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * percent / 100))];

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_running);
        _connections.ForEach(static connection => connection.Dispose());
        _ending.Dispose();
    }

    private async Task RunAsync(OverloadStage stage, WireConnection connection, uint source, ulong first, int index)
    {
        var sentAt = new ConcurrentDictionary<ulong, long>();
        try
        {
            var receiving = ReceiveAsync(connection, sentAt);
            await Task.Delay(_interval * index / OverloadStage.Probes, _ending.Token);
            using var timer = new PeriodicTimer(_interval);
            for (ulong sequence = first; !receiving.IsCompleted && await timer.WaitForNextTickAsync(_ending.Token);)
            {
                if (sentAt.Count >= OverloadStage.ProbeWindow)
                {
                    // What cannot be sent waits, and shows as the latency of those before.
                    continue;
                }

                sentAt[sequence] = Stopwatch.GetTimestamp();
                await connection.SendAsync(stage.Wager(source, sequence), _ending.Token);
                sequence++;
            }

            await receiving;
        }
        catch (OperationCanceledException)
        {
            // The measurement has ended.
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            Fault = fault;
        }
    }

    private async Task ReceiveAsync(WireConnection connection, ConcurrentDictionary<ulong, long> sentAt)
    {
        while (true)
        {
            var frame = await connection.ReadAsync(_ending.Token);
            if (frame.Type == MessageType.Outcome)
            {
                var outcome = frame.Decode<Outcome>();
                if (sentAt.TryRemove(outcome.Sequence, out long at))
                {
                    _milliseconds.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                }

                if (outcome.Code is not (ResultCode.Accepted or ResultCode.RaceClosed))
                {
                    Interlocked.Increment(ref _refused);
                }
            }
            else if (frame.Type == MessageType.NotDecided)
            {
                throw new IOException($"A probe within its window was told {frame.Decode<NotDecided>().Code}.");
            }
        }
    }
}
