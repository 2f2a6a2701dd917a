namespace Disruptor;

/// <summary>A <see cref="SpinWait"/> that spins and yields but never sleeps: for waits known to be short.</summary>
public struct AggressiveSpinWait
{
    private SpinWait _spinWait;

    /// <summary>How often it has spun.</summary>
    public readonly int Count => _spinWait.Count;

    /// <summary>Spins or yields once, longer each time up to a limit.</summary>
    public void SpinOnce()
    {
        _spinWait.SpinOnce(sleep1Threshold: -1);
    }
}
