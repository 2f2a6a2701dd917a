using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client;

/// <summary>What became of a transaction: the server's decision, acceptance or refusal, which stands for ever.</summary>
/// <param name="Outcome">The decision with everything a terminal prints.</param>
/// <param name="BusyCount">How often the server answered this transaction with busy before it decided it.</param>
/// <param name="ReversedByClient">A reversal of this transaction was asked for before its outcome came.</param>
public sealed record SubmitResult(Outcome Outcome, int BusyCount = 0, bool ReversedByClient = false)
{
    /// <summary>The sequence it was decided under.</summary>
    public ulong Sequence => Outcome.Sequence;

    /// <summary>The decision.</summary>
    public ResultCode Code => Outcome.Code;

    /// <summary>True when it was taken.</summary>
    public bool IsAccepted => Outcome.Code == ResultCode.Accepted;

    /// <summary>
    /// True when an earlier arrival was decided and this is the same decision again: paper may exist already, and a ticket printed now is
    /// marked as a reprint (<c>domain.md</c> section 1.10).
    /// </summary>
    public bool IsReprint => Outcome.IsRepeat;

    /// <summary>
    /// True when a ticket, voucher or order may be printed: it was taken, it stands at this moment, and this client did not ask to undo it. A
    /// repeat of a ticket that was cancelled since, or that a supervisor has to decide about, never prints.
    /// </summary>
    public bool MayPrint => IsAccepted && !ReversedByClient && Outcome.State is (PresentState.Live or PresentState.Confirmed);
}

/// <summary>A transaction on its way: its sequence is known at once, its outcome later.</summary>
/// <param name="Sequence">The sequence it was given.</param>
/// <param name="Outcome">Completes with the decision, or faults with a <see cref="TxCoreClientException"/>.</param>
public readonly record struct Submission(ulong Sequence, Task<SubmitResult> Outcome);
