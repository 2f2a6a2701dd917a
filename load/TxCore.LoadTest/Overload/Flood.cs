using System.Diagnostics;
using System.Net.Sockets;
using TxCore.Faults.Fleet;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Overload;

/// <summary>
/// One source that offers transactions at a rate of its own, whatever the server says: what was not decided is offered again at once, and
/// what lies beyond its window is sent all the same.
/// </summary>
internal sealed class Flood(OverloadStage stage, uint source, int limit)
{
    private const int Ring = 1 << 16;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly long[] _sentAt = new long[Ring];
    private readonly Lock _gate = new();
    private List<double> _milliseconds = [];
    private ulong _cursor;
    private ulong _answered;
    private long _offered;
    private long _accepted;
    private long _busy;

    /// <summary>Frames sent.</summary>
    public long Offered => Volatile.Read(ref _offered);

    /// <summary>Transactions decided and answered.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Times it was told to come again.</summary>
    public long Busy => Volatile.Read(ref _busy);

    /// <summary>Transactions per second that it offers; 0 for nothing. May change at any time.</summary>
    public double RatePerSecond { get; set; }

    /// <summary>The latencies of the admitted since the last call, from the send that was admitted, in milliseconds.</summary>
    public IReadOnlyList<double> TakeLatencies()
    {
        lock (_gate)
        {
            var taken = _milliseconds;
            _milliseconds = [];
            return taken;
        }
    }

    /// <summary>Offers until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var (connection, next) = await stage.LogOnAsync(source, stop);
        using (connection)
        {
            (_cursor, _answered) = (next, next - 1);
            try
            {
                await Task.WhenAll(SendAsync(connection, stop), ReceiveAsync(connection, stop));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Told to stop.
            }
        }
    }

    private async Task SendAsync(WireConnection connection, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick);
        double owed = 0;
        long last = Stopwatch.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stop))
        {
            long now = Stopwatch.GetTimestamp();
            owed = Math.Min(owed + (RatePerSecond * Stopwatch.GetElapsedTime(last, now).TotalSeconds), limit);
            last = now;
            byte[] frames = Next((int)owed);
            owed -= (int)owed;
            if (frames.Length > 0)
            {
                // Not read by the server, this waits: the client is slowed.
                await connection.SendAsync(frames, stop);
            }
        }
    }

    private byte[] Next(int count)
    {
        var frames = new List<byte[]>(count);
        lock (_gate)
        {
            for (; count > 0; count--)
            {
                if (_cursor > _answered + (ulong)limit)
                {
                    _cursor = _answered + 1;
                }

                // A copy of one that waits to be decided does not begin anew.
                _sentAt[_cursor % Ring] = _sentAt[_cursor % Ring] is not 0 and var first ? first : Stopwatch.GetTimestamp();
                frames.Add(stage.Wager(source, _cursor++));
            }
        }

        Interlocked.Add(ref _offered, frames.Count);
        return [.. frames.SelectMany(static frame => frame)];
    }

    private async Task ReceiveAsync(WireConnection connection, CancellationToken stop)
    {
        while (true)
        {
            var frame = await connection.ReadAsync(stop);
            switch (frame.Type)
            {
                case MessageType.Outcome:
                    Decided(frame.Decode<Outcome>());
                    break;
                case MessageType.NotDecided:
                    Again(frame.Decode<NotDecided>());
                    break;
                case MessageType.Error:
                    throw new IOException($"Source {source} was closed: {frame.Decode<ErrorMessage>().Code}.");
                default:
                    break;
            }
        }
    }

    private void Decided(Outcome outcome)
    {
        lock (_gate)
        {
            // Sent again while it was decided, it comes a second time.
            if (outcome.Sequence > _answered)
            {
                _answered = outcome.Sequence;
                _accepted++;
                _milliseconds.Add(Stopwatch.GetElapsedTime(_sentAt[outcome.Sequence % Ring]).TotalMilliseconds);
                _sentAt[outcome.Sequence % Ring] = 0;
            }
        }
    }

    private void Again(NotDecided answer)
    {
        lock (_gate)
        {
            _busy++;
            if (answer.Sequence > _answered)
            {
                _sentAt[answer.Sequence % Ring] = 0;
                _cursor = Math.Min(_cursor, answer.Sequence);
            }
        }
    }
}
