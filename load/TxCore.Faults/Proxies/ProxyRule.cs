namespace TxCore.Faults.Proxies;

/// <summary>When the connection is cut, seen from the message that the rule waits for.</summary>
public enum CutPosition
{
    /// <summary>The message never reaches the server, and both sides are cut.</summary>
    Before,

    /// <summary>The message is forwarded and the client is cut at once; the server works on it at the same time.</summary>
    AfterForward,

    /// <summary>The message is forwarded, the server's whole reply is awaited and dropped, and only then the client is cut.</summary>
    AfterReply,

    /// <summary>The message is forwarded, and of the server's whole reply the client gets the first half before it is cut.</summary>
    InReply,
}

/// <summary>A fault that waits for its message; it happens once, and connections made afterwards work.</summary>
public class ProxyRule
{
    private readonly Func<ProxyMessage, bool> _condition;
    private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    internal ProxyRule(Func<ProxyMessage, bool> condition, CutPosition position)
    {
        _condition = condition;
        Position = position;
    }

    /// <summary>Completes when the client has been cut.</summary>
    public Task Fired => _fired.Task;

    /// <summary>Stops waiting for the message; false when it has come already.</summary>
    public bool Withdraw() => Interlocked.Exchange(ref _taken, 1) == 0;

    internal CutPosition Position { get; }

    internal bool IsWaiting => Volatile.Read(ref _taken) == 0;

    internal bool TryTake(in ProxyMessage message) => IsWaiting && _condition(message) && Interlocked.Exchange(ref _taken, 1) == 0;

    internal void SetFired() => _fired.TrySetResult();
}

/// <summary>A message that the proxy swallowed: the client is gone, the server still waits, and the message may arrive late.</summary>
public sealed class HeldMessage : ProxyRule
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal HeldMessage(Func<ProxyMessage, bool> condition)
        : base(condition, CutPosition.Before)
    {
    }

    internal Task Released => _released.Task;

    /// <summary>
    /// Sends the message to the server now. Returns what the server said: the command tag (<c>COMMIT</c>), the SQLSTATE of its error
    /// (<c>57P01</c> when the backend had been ended), or <c>closed</c>.
    /// </summary>
    public Task<string> ReleaseAsync()
    {
        _released.TrySetResult();
        return _outcome.Task;
    }

    internal void SetOutcome(string outcome) => _outcome.TrySetResult(outcome);
}
