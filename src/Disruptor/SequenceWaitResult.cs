using System.Diagnostics.CodeAnalysis;

namespace Disruptor;

/// <summary>The end of a wait: the highest sequence available, or a timeout.</summary>
[SuppressMessage("Usage", "CA2231", Justification = "The package's type has no equality operators.")]
public readonly struct SequenceWaitResult : IEquatable<SequenceWaitResult>
{
    /// <summary>The wait ended because the strategy's time was over.</summary>
    public static readonly SequenceWaitResult Timeout = new(long.MinValue);

    /// <summary>A wait that ended with <paramref name="availableSequence"/> available.</summary>
    public SequenceWaitResult(long availableSequence)
    {
        UnsafeAvailableSequence = availableSequence;
    }

    /// <summary>The highest sequence available; null after a timeout.</summary>
    public long? AvailableSequence => IsTimeout ? null : UnsafeAvailableSequence;

    /// <summary>The highest sequence available; lower than any sequence after a timeout.</summary>
    public long UnsafeAvailableSequence { get; }

    /// <summary>Whether the wait timed out.</summary>
    public bool IsTimeout => UnsafeAvailableSequence == long.MinValue;

    /// <inheritdoc/>
    public bool Equals(SequenceWaitResult other)
    {
        return UnsafeAvailableSequence == other.UnsafeAvailableSequence;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj)
    {
        return obj is SequenceWaitResult other && Equals(other);
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        return UnsafeAvailableSequence.GetHashCode();
    }
}
