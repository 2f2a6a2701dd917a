using System.Diagnostics;
using System.Net.Sockets;
using TxCore.Faults.Fleet;
using TxCore.Protocol;

namespace TxCore.LoadTest.Overload;

/// <summary>A source that keeps exactly its window on the wire: for each answer the next transaction.</summary>
internal sealed class Greedy(OverloadStage stage, uint source, int window)
{
    private long _answers;
    private TimeSpan _time;

    /// <summary>Answers per second while it ran.</summary>
    public double PerSecond => _answers / Math.Max(_time.TotalSeconds, 0.001);

    /// <summary>Begins; returns what ends it.</summary>
    public async Task<Func<Task>> BeginAsync(CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (connection, next) = await stage.LogOnAsync(source, cancellationToken);
        long begin = Stopwatch.GetTimestamp();
        var running = Task.Run(() => RunAsync(connection, next, stop.Token), CancellationToken.None);
        return async () =>
        {
            _time += Stopwatch.GetElapsedTime(begin);
            await stop.CancelAsync();
            await running;
            connection.Dispose();
            stop.Dispose();
        };
    }

    private async Task RunAsync(WireConnection connection, ulong next, CancellationToken stop)
    {
        try
        {
            await connection.SendAsync(Enumerable.Range(0, window).SelectMany(i => stage.Wager(source, next + (ulong)i)).ToArray(), stop);
            next += (ulong)window;
            while (true)
            {
                var frame = await connection.ReadAsync(stop);
                if (frame.Type == MessageType.Outcome)
                {
                    _answers++;
                    await connection.SendAsync(stage.Wager(source, next++), stop);
                }
                else if (frame.Type == MessageType.NotDecided)
                {
                    throw new InvalidOperationException($"Source {source} was told to wait within its window.");
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
        {
            // Told to end; what is on the wire is decided without it.
        }
    }
}
