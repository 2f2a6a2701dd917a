namespace Disruptor;

/// <summary>Writes the exception to standard error and goes on: the event or the whole batch counts as processed.</summary>
public class IgnoreExceptionHandler<T> : IExceptionHandler<T>
    where T : class
{
    /// <inheritdoc/>
    public void HandleEventException(Exception ex, long sequence, T evt)
    {
        Console.Error.WriteLine($"Ignored exception processing sequence {sequence}. {ex}");
    }

    /// <inheritdoc/>
    public void HandleOnTimeoutException(Exception ex, long sequence)
    {
        Console.Error.WriteLine($"Ignored exception in OnTimeout after sequence {sequence}. {ex}");
    }

    /// <inheritdoc/>
    public void HandleEventException(Exception ex, long sequence, EventBatch<T> batch)
    {
        Console.Error.WriteLine($"Ignored exception processing the batch of {batch.Length} at sequence {sequence}. {ex}");
    }

    /// <inheritdoc/>
    public void HandleOnStartException(Exception ex)
    {
        Console.Error.WriteLine($"Ignored exception in OnStart. {ex}");
    }

    /// <inheritdoc/>
    public void HandleOnShutdownException(Exception ex)
    {
        Console.Error.WriteLine($"Ignored exception in OnShutdown. {ex}");
    }
}
