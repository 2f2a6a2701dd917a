namespace TxCore.Client.Sessions;

/// <summary>A transaction without an outcome; itself the task its caller waits on. All but the task is guarded by the queue's lock.</summary>
internal sealed class PendingTransaction(ulong sequence, byte[] frame, long submittedAt)
    : TaskCompletionSource<SubmitResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ulong Sequence { get; } = sequence;

    /// <summary>When the call was made (time provider's timestamp).</summary>
    public long SubmittedAt { get; } = submittedAt;

    /// <summary>What is sent under the sequence; a reversal asked for before the outcome takes the original's place.</summary>
    public byte[] Frame { get; set; } = frame;

    /// <summary>The outbox has <see cref="Frame"/>: it may be sent.</summary>
    public bool IsDurable { get; set; }

    /// <summary>It was sent on the present connection and nothing came back for it yet.</summary>
    public bool IsOnWire { get; set; }

    public bool IsDecided { get; set; }

    /// <summary>It comes from the outbox of an earlier client: nobody waits for it by a deadline.</summary>
    public bool IsRecovered { get; init; }

    public int BusyCount { get; set; }

    /// <summary>Set once a reversal was asked for: completes with what finally became of the reversal.</summary>
    public TaskCompletionSource<SubmitResult>? Undo { get; set; }

    public PendingTransaction? Next { get; set; }
}
