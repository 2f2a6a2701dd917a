namespace Disruptor;

/// <summary>What a barrier waits for: the cursor of the ring or, if there are any, the slowest of the stages before.</summary>
public class DependentSequenceGroup
{
    private readonly Sequence _cursor;
    private readonly Sequence[] _dependencies;

    /// <summary>A group on <paramref name="cursor"/> if <paramref name="dependencies"/> is empty, else on those.</summary>
    public DependentSequenceGroup(Sequence cursor, Sequence[] dependencies)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        ArgumentNullException.ThrowIfNull(dependencies);
        _cursor = cursor;
        DependsOnCursor = dependencies.Length == 0;
        _dependencies = DependsOnCursor ? [cursor] : [.. dependencies];
    }

    /// <summary>Whether the group follows the cursor itself and no stage before.</summary>
    public bool DependsOnCursor { get; }

    /// <summary>The ring's cursor, which is never below <see cref="Value"/>.</summary>
    public long CursorValue => _cursor.Value;

    /// <summary>For a wait strategy to keep what belongs to this group.</summary>
    public object? Tag { get; set; }

    /// <summary>The slowest of the sequences waited for.</summary>
    public long Value
    {
        get
        {
            var dependencies = _dependencies;
            return dependencies.Length == 1
                ? dependencies[0].Value
                : GatingSequences.GetMinimum(dependencies, long.MaxValue);
        }
    }

    /// <summary>Spins and yields, never sleeps, until <see cref="Value"/> reaches <paramref name="expectedValue"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public long AggressiveSpinWaitFor(long expectedValue, CancellationToken cancellationToken)
    {
        var spinWait = default(AggressiveSpinWait);
        long available;
        while ((available = Value) < expectedValue)
        {
            cancellationToken.ThrowIfCancellationRequested();
            spinWait.SpinOnce();
        }

        return available;
    }

    /// <summary>
    /// Spins, yields and after a while sleeps a millisecond at a time, until <see cref="Value"/> reaches
    /// <paramref name="expectedValue"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public long SpinWaitFor(long expectedValue, CancellationToken cancellationToken)
    {
        var spinWait = default(SpinWait);
        long available;
        while ((available = Value) < expectedValue)
        {
            cancellationToken.ThrowIfCancellationRequested();
            spinWait.SpinOnce();
        }

        return available;
    }
}
