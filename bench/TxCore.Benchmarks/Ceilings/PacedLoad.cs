using System.Diagnostics;
using HdrHistogram;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>What a run at planned times came to; latencies in microseconds, from the planned send to the answer.</summary>
/// <param name="Rate">Transactions planned a second.</param>
/// <param name="Answered">Answered in the measured time.</param>
/// <param name="AnsweredPerSecond">The same a second.</param>
/// <param name="NotDecided">Answered BUSY, or for a gap behind one: the rate is not held.</param>
/// <param name="Latency">From the planned send to the answer.</param>
/// <param name="Lateness">From the planned send to the real one.</param>
internal sealed record PacedRun(double Rate, long Answered, double AnsweredPerSecond, long NotDecided, LongHistogram Latency, LongHistogram Lateness);

/// <summary>
/// Sends at planned times from one thread, evenly over the connections in turn. A connection's answers come in the order of its sends, so
/// the place of an answer tells when it was planned, and nothing is kept for each.
/// </summary>
internal sealed class PacedLoad(RawConnection[] connections, double rate, TimeSpan warmUp, TimeSpan duration)
{
    private const long HighestMicroseconds = 60_000_000;

    /// <summary>Longest wait for the last answers.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(20);

    private readonly LongHistogram _lateness = New();
    private long _start;

    /// <summary>Warms up, measures, and waits for every answer.</summary>
    public async Task<PacedRun> RunAsync()
    {
        var latencies = connections.Select(static _ => New()).ToArray();
        using var done = new CancellationTokenSource();
        _start = Stopwatch.GetTimestamp();
        var receiving = connections.Select((connection, i) => connection.ReceiveAnswersAsync((before, count) => Record(latencies[i], i, before, count), done.Token))
            .ToArray();
        var sender = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Send(sender)) { IsBackground = true, Name = "paced" };
        thread.Start();
        long sent = await sender.Task;
        long settling = Stopwatch.GetTimestamp();
        while (connections.Sum(static connection => connection.Answered) < sent && Stopwatch.GetElapsedTime(settling) < SettleTime)
        {
            await Task.Delay(10, CancellationToken.None);
        }

        long missing = sent - connections.Sum(static connection => connection.Answered);
        await done.CancelAsync();
        await Task.WhenAll(receiving);
        var latency = New();
        Array.ForEach(latencies, latency.Add);
        return missing == 0
            ? new PacedRun(rate, latency.TotalCount, latency.TotalCount / duration.TotalSeconds, connections.Sum(static connection => connection.Refused), latency, _lateness)
            : throw new InvalidOperationException($"{missing} of {sent} transactions were not answered within {SettleTime}.");
    }

    private static LongHistogram New() => new(1, HighestMicroseconds, 3);

    private void Send(TaskCompletionSource<long> ended)
    {
        try
        {
            ended.SetResult(SendAll());
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            ended.SetException(exception);
        }
    }

    /// <summary>Number k of all is due at k / rate and goes over connection k modulo their number.</summary>
    private long SendAll()
    {
        long sent = 0;
        long all = (long)(rate * (warmUp + duration).TotalSeconds);
        while (sent < all)
        {
            long due = Math.Min(all, (long)(Stopwatch.GetElapsedTime(_start).TotalSeconds * rate));
            if (due == sent)
            {
                Thread.Sleep(1);
                continue;
            }

            for (int i = 0; i < connections.Length; i++)
            {
                int count = (int)(Share(due, i) - Share(sent, i));
                if (count > 0)
                {
                    connections[i].Send(count);
                }
            }

            if (IsMeasured(sent))
            {
                _lateness.RecordValue(MicrosecondsSince(sent));
            }

            sent = due;
        }

        return all;
    }

    /// <summary>How many of the first <paramref name="total"/> go over a connection.</summary>
    private long Share(long total, int connection) => (total - connection + connections.Length - 1) / connections.Length;

    private void Record(LongHistogram latencies, int connection, long before, int count)
    {
        for (long k = before; k < before + count; k++)
        {
            long number = (k * connections.Length) + connection;
            if (IsMeasured(number))
            {
                latencies.RecordValue(MicrosecondsSince(number));
            }
        }
    }

    private bool IsMeasured(long number) => number >= rate * warmUp.TotalSeconds;

    private long MicrosecondsSince(long number) =>
        Math.Clamp((long)((Stopwatch.GetElapsedTime(_start).TotalSeconds - (number / rate)) * 1e6), 1, HighestMicroseconds);
}
