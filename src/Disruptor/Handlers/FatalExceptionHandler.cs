namespace Disruptor;

/// <summary>
/// Writes the exception to standard error and, for events, throws it on: the stage stops. This is the default. The producers are
/// not told and wait for ever once the ring is full, so a server sets a handler that ends the process.
/// </summary>
public sealed class FatalExceptionHandler<T> : IExceptionHandler<T>
    where T : class
{
    /// <inheritdoc/>
    public void HandleEventException(Exception ex, long sequence, T evt)
    {
        throw Report($"Exception processing sequence {sequence}.", ex);
    }

    /// <inheritdoc/>
    public void HandleOnTimeoutException(Exception ex, long sequence)
    {
        throw Report($"Exception in OnTimeout after sequence {sequence}.", ex);
    }

    /// <inheritdoc/>
    public void HandleEventException(Exception ex, long sequence, EventBatch<T> batch)
    {
        throw Report($"Exception processing the batch of {batch.Length} at sequence {sequence}.", ex);
    }

    /// <inheritdoc/>
    public void HandleOnStartException(Exception ex)
    {
        Report("Exception in OnStart.", ex);
    }

    /// <inheritdoc/>
    public void HandleOnShutdownException(Exception ex)
    {
        Report("Exception in OnShutdown.", ex);
    }

    private static InvalidOperationException Report(string message, Exception ex)
    {
        Console.Error.WriteLine($"{message} {ex}");
        return new InvalidOperationException(message, ex);
    }
}
