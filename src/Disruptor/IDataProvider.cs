namespace Disruptor;

/// <summary>Gives events by sequence.</summary>
public interface IDataProvider<T>
    where T : class
{
    /// <summary>The event in the slot of <paramref name="sequence"/>.</summary>
    T this[long sequence] { get; }

    /// <summary>
    /// The events from <paramref name="lo"/> up to <paramref name="hi"/>. The batch is contiguous in memory, so it ends early
    /// where the ring wraps: read <see cref="EventBatch{T}.Length"/>.
    /// </summary>
    EventBatch<T> GetBatch(long lo, long hi);
}
