using Disruptor;

namespace TxCore.Pipeline;

/// <summary>
/// The way into the ring. Transactions leave a reserve of slots for controls, so that a stop finds room at any overload; a producer
/// that finds the ring full waits its turn without holding a thread, and TCP slows its sender.
/// </summary>
public sealed class Intake(RingBuffer<TxEvent> ring, int controlReserve, TimeProvider clock)
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(20);
    private readonly Lock _claim = new();
    private readonly AsyncSemaphore _turn = new(1, clock);
    private readonly AsyncSemaphore _capacity = new(0, clock);
    private int _waiting;
    private volatile bool _closed;

    /// <summary>True once nothing more is let in.</summary>
    public bool IsClosed => _closed;

    /// <summary>Slots of the ring.</summary>
    public int Size => ring.BufferSize;

    /// <summary>Slots in use.</summary>
    public long Occupied => ring.BufferSize - ring.GetRemainingCapacity();

    /// <summary>Sequence of the last slot claimed: what never came into the ring does not move it.</summary>
    public long Cursor => ring.Cursor;

    /// <summary>Producers that wait for room.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The event of a claimed slot.</summary>
    public TxEvent this[long sequence] => ring[sequence];

    /// <summary>Claims slots for transactions if there is room beyond the reserve and nobody waits before; <paramref name="first"/> is the first of them.</summary>
    public bool TryClaim(int count, out long first) => TryClaim(count, isNext: Volatile.Read(ref _waiting) == 0, out first);

    /// <summary>Claims one slot for a control, out of the reserve if need be.</summary>
    public bool TryClaimControl(out long slot) => TryClaim(1, keep: 0, out slot);

    /// <summary>
    /// Claims one slot for a logon, out of the upper half of the reserve if need be: all terminals that log on again at once must not
    /// take the room of a stop.
    /// </summary>
    public bool TryClaimLogon(out long slot) => TryClaim(1, controlReserve / 2, out slot);

    /// <summary>Claims one slot for an event of the shard's own, closed or not. The shard has few of them in the ring at a time.</summary>
    public bool TryClaimOwn(out long slot) => ring.TryNext(1, out slot);

    /// <summary>Publishes claimed slots.</summary>
    public void Publish(long first, int count) => ring.Publish(first, first + count - 1);

    /// <summary>Waits in order of arrival for room, and claims; returns the first slot, or -1 when the intake was closed.</summary>
    public async ValueTask<long> ClaimAsync(int count, CancellationToken cancellationToken)
    {
        if (TryClaim(count, out long first))
        {
            return first;
        }

        Interlocked.Increment(ref _waiting);
        try
        {
            await _turn.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken);
            try
            {
                while (!_closed)
                {
                    if (TryClaim(count, isNext: true, out first))
                    {
                        return first;
                    }

                    await _capacity.WaitAsync(Recheck, cancellationToken);
                }

                return -1;
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Told by the reply stage after each batch: there may be room again.</summary>
    public void SignalCapacity()
    {
        if (Volatile.Read(ref _waiting) > 0 && _capacity.CurrentCount == 0)
        {
            _capacity.Release();
        }
    }

    /// <summary>Lets nothing more in: no slot is claimed for a session once this has returned.</summary>
    public void Close()
    {
        lock (_claim)
        {
            _closed = true;
        }
    }

    private bool TryClaim(int count, bool isNext, out long first)
    {
        first = -1;
        return isNext && TryClaim(count, controlReserve, out first);
    }

    private bool TryClaim(int count, int keep, out long first)
    {
        first = -1;
        lock (_claim)
        {
            if (_closed || ring.GetRemainingCapacity() < count + keep || !ring.TryNext(count, out long last))
            {
                return false;
            }

            first = last - count + 1;
            return true;
        }
    }
}
