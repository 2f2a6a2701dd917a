using System.Diagnostics;
using TxCore.Sessions;

namespace TxCore.Pipeline;

/// <summary>
/// Lets time pass when nothing else arrives. While commits come back there is a tick at every interval; while they do not, ticks would
/// fill the ring and its reserve with nothing, so then they come only often enough that the next step of time stays within its limit.
/// </summary>
internal sealed class Ticker(Intake intake, ShardOptions options, TimeProvider clock) : ISessionPeer
{
    private const int FullPaceMax = 4;
    private readonly TimeSpan _slowPace = TimeSpan.FromSeconds(options.Rules.TimeStepMaxSeconds / 3.0);
    private readonly int _inRingMax = options.ControlReserve / 4;
    private long _lastAt = clock.GetTimestamp();
    private int _inRing;

    public ulong Id => 0;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.TickMilliseconds), clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            int inRing = Volatile.Read(ref _inRing);
            if (inRing < FullPaceMax || (inRing < _inRingMax && clock.GetElapsedTime(_lastAt) >= _slowPace))
            {
                Tick();
            }
        }
    }

    /// <summary>Puts a tick into the ring that tells <paramref name="peer"/> when it has gone all the way; false when there is no room.</summary>
    public bool TryPublish(ISessionPeer peer)
    {
        if (!intake.TryClaimOwn(out long slot))
        {
            return false;
        }

        var work = intake[slot];
        work.Reset(EventKind.Tick, clock.GetUnixMicroseconds(), Stopwatch.GetTimestamp());
        work.Session = peer;
        intake.Publish(slot, 1);
        return true;
    }

    public void Answer(TxEvent answered) => Interlocked.Decrement(ref _inRing);

    public void Flush()
    {
    }

    private void Tick()
    {
        Interlocked.Increment(ref _inRing);
        if (TryPublish(this))
        {
            _lastAt = clock.GetTimestamp();
        }
        else
        {
            Interlocked.Decrement(ref _inRing);
        }
    }
}
