namespace TxCore.Client;

/// <summary>A transaction in an outbox: the frame exactly as it is sent, however often.</summary>
/// <param name="Sequence">The sequence it names.</param>
/// <param name="Frame">The whole frame. It does not change afterwards.</param>
public readonly record struct OutboxEntry(ulong Sequence, ReadOnlyMemory<byte> Frame);

/// <summary>What an outbox holds when a client starts.</summary>
/// <param name="Unanswered">Entries without an outcome, by sequence.</param>
/// <param name="NextSequence">One past the highest sequence ever appended; 1 for a new outbox.</param>
/// <param name="HighestNumber">The highest number ever completed; 0 for none.</param>
public sealed record OutboxContents(IReadOnlyList<OutboxEntry> Unanswered, ulong NextSequence, ulong HighestNumber);

/// <summary>
/// Keeps transactions from before they are sent until they are answered. The client calls it in sequence order, one call at a time,
/// and expects the calls to return quickly: what takes time belongs into the tasks.
/// </summary>
public interface IOutbox
{
    /// <summary>
    /// Keeps an entry; once the task completes it survives what the outbox promises to survive, and may be sent. An entry with the sequence
    /// of an unanswered one replaces it. A fault ends the client.
    /// </summary>
    ValueTask AppendAsync(OutboxEntry entry);

    /// <summary>
    /// Forgets an entry whose outcome came. It may reach the disk later than the task completes: an entry that comes back after a crash is
    /// sent again and gets its outcome as a repeat.
    /// </summary>
    /// <param name="sequence">The sequence answered.</param>
    /// <param name="number">The number of its outcome; the highest one is kept.</param>
    ValueTask CompleteAsync(ulong sequence, ulong number);

    /// <summary>Tells what is unanswered. Called once by each client, before anything else.</summary>
    ValueTask<OutboxContents> LoadAsync(CancellationToken cancellationToken);
}
