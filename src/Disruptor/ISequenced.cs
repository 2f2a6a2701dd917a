namespace Disruptor;

/// <summary>Claims sequences for producers and publishes them to consumers. Sequences start at 0 and have no gaps.</summary>
public interface ISequenced
{
    /// <summary>Number of slots, a power of two.</summary>
    int BufferSize { get; }

    /// <summary>
    /// Whether <paramref name="requiredCapacity"/> slots are free now. With several producers the answer can be out of date
    /// by the time it is read.
    /// </summary>
    bool HasAvailableCapacity(int requiredCapacity);

    /// <summary>Number of slots free now; a hint under concurrency.</summary>
    long GetRemainingCapacity();

    /// <summary>Claims one sequence; waits, on the calling thread, while the ring is full.</summary>
    long Next();

    /// <summary>
    /// Claims <paramref name="n"/> sequences and returns the highest; waits, on the calling thread, while the ring is full.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="n"/> is below 1 or above <see cref="BufferSize"/>.</exception>
    long Next(int n);

    /// <summary>Claims one sequence if a slot is free; never waits.</summary>
    bool TryNext(out long sequence);

    /// <summary>Claims <paramref name="n"/> sequences if all fit, giving the highest; never waits, claims all or none.</summary>
    /// <exception cref="ArgumentException"><paramref name="n"/> is below 1 or above <see cref="BufferSize"/>.</exception>
    bool TryNext(int n, out long sequence);

    /// <summary>Makes one claimed sequence visible to the consumers.</summary>
    void Publish(long sequence);

    /// <summary>Makes the claimed sequences <paramref name="lo"/> to <paramref name="hi"/>, both included, visible to the consumers.</summary>
    void Publish(long lo, long hi);
}
