namespace TxCore.Client;

/// <summary>What an event of the client tells.</summary>
/// <typeparam name="T">The kind of news.</typeparam>
/// <param name="value">The news.</param>
public sealed class ClientEventArgs<T>(T value) : EventArgs
{
    /// <summary>The news.</summary>
    public T Value { get; } = value;
}
