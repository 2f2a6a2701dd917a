namespace TxCore.Simulation.Engine;

/// <summary>
/// Where everything that a simulated process awaits goes on: a list that the simulation takes from, one at a time. Something posted from
/// another thread has left the simulation, which is a fault of what was awaited: no seed would replay it.
/// </summary>
internal sealed class SimContext(World world) : SynchronizationContext
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<(SendOrPostCallback Callback, object? State)> _posted = [];
    private volatile bool _isDropped;

    public int Count => _posted.Count;

    public override void Post(SendOrPostCallback d, object? state)
    {
        // What is left of a dead process may be found by a finalizer, on its thread; nothing of it goes on.
        if (_isDropped)
        {
            return;
        }

        if (Environment.CurrentManagedThreadId != _thread)
        {
            world.Violate($"something went on on another thread: {Environment.StackTrace}");
            return;
        }

        _posted.Add((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs one of what was posted; usually the oldest, as a thread pool would, sometimes any.</summary>
    public void RunOne(SimRandom random)
    {
        int index = _posted.Count == 1 || random.Percent(70) ? 0 : random.Next(_posted.Count);
        var (callback, state) = _posted[index];
        _posted.RemoveAt(index);
        callback(state);
    }

    /// <summary>Forgets everything: the process is dead.</summary>
    public void Drop()
    {
        _isDropped = true;
        _posted.Clear();
    }
}
