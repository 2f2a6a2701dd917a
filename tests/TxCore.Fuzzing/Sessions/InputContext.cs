using System.Collections.Concurrent;

namespace TxCore.Fuzzing.Sessions;

/// <summary>Where everything goes on that a session or the shard awaits: on the thread of the input, in order, when it is told to.</summary>
internal sealed class InputContext : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = [];

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs one of what was posted; false when there was nothing.</summary>
    public bool RunOne()
    {
        if (!_posted.TryDequeue(out var next))
        {
            return false;
        }

        next.Callback(next.State);
        return true;
    }
}
