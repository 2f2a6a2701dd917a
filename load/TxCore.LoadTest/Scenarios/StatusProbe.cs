using System.Collections.Concurrent;
using TxCore.Client;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios;

/// <summary>A ticket that was sold a moment ago.</summary>
internal sealed record SoldTicket(ulong Number, ulong Sequence, long AmountCents, long AnsweredAt);

/// <summary>
/// Asks what became of tickets that were answered, and compares: the second answer must name the same decision and be marked as a
/// repeat. Questions are no transactions; they are counted apart.
/// </summary>
internal sealed class StatusProbe
{
    private const int ExamplesMax = 5;

    private readonly ConcurrentQueue<string> _examples = new();
    private long _asked;
    private long _answered;
    private long _failed;
    private long _differences;

    public long Asked => Volatile.Read(ref _asked);

    public long Failed => Volatile.Read(ref _failed);

    public long Open => Asked - Volatile.Read(ref _answered) - Failed;

    /// <summary>The rule, and what did not fit.</summary>
    public CheckResult Check() => new(
        "a ticket asked about again is answered as before, marked as a repeat", Volatile.Read(ref _differences), [.. _examples]);

    /// <summary>Asks, without waiting for the answer.</summary>
    public void Ask(TxCoreClient client, SoldTicket ticket)
    {
        Interlocked.Increment(ref _asked);
        _ = AskAsync(client, ticket);
    }

    private async Task AskAsync(TxCoreClient client, SoldTicket ticket)
    {
        try
        {
            var reply = await client.StatusAsync(ticket.Sequence).ConfigureAwait(false);
            bool fits = reply is { Status: TransactionStatus.Decided, Outcome: { IsRepeat: true, Code: ResultCode.Accepted } outcome }
                && outcome.Number == ticket.Number && outcome.AmountCents == ticket.AmountCents;
            if (!fits && Interlocked.Increment(ref _differences) <= ExamplesMax)
            {
                _examples.Enqueue($"source {client.Source} sequence {ticket.Sequence}: sold as number {ticket.Number}, status says {reply}");
            }

            Interlocked.Increment(ref _answered);
        }
        catch (TxCoreClientException)
        {
            // Counted: an unanswered question fails the run as an unanswered transaction does.
            Interlocked.Increment(ref _failed);
        }
    }
}
