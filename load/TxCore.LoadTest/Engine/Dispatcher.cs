using System.Diagnostics;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Engine;

/// <summary>What the tool expects a transaction to be decided as.</summary>
/// <param name="Code">The decision.</param>
/// <param name="AmountCents">The amount of an acceptance, computed by the tool.</param>
/// <param name="Reference">The number it is about; 0 for none.</param>
/// <param name="MaySellOut">Being refused for lack of seats is as good.</param>
/// <param name="MayBe">Being refused so is as good; Accepted for nothing else.</param>
internal readonly record struct Expectation(ResultCode Code, long AmountCents, ulong Reference = 0, bool MaySellOut = false, ResultCode MayBe = ResultCode.Accepted);

/// <summary>Learns of the decision on what it sent, on the thread that received it.</summary>
internal interface IDecisionListener
{
    void Decided(int index, Outcome outcome);
}

/// <summary>
/// Hands planned transactions to the client, which never blocks, and records each answer: in the journal, in the counts and in two
/// latencies, from the planned send and from the real one.
/// </summary>
internal sealed class Dispatcher(Journal journal, Tally tally, int inFlightMax, AnswerLatencies latencies, AnswerWatch? watch = null)
{
    /// <summary>Sends one transaction, unless too many are without an answer; returns its index in the journal, or -1 when it was not sent.</summary>
    public int Send<T>(
        TxCoreClient client, T transaction, in Expectation expected, ReadOnlySpan<JournalLine> lines, in PlannedSend planned,
        IDecisionListener listener)
        where T : IMessage<T>
    {
        if (tally.InFlight >= inFlightMax)
        {
            tally.CountDropped();
            return -1;
        }

        var entry = new JournalEntry
        {
            PlannedAt = planned.PlannedAt,
            SentAt = Stopwatch.GetTimestamp(),
            IsMeasured = planned.IsMeasured,
            Source = client.Source,
            Kind = T.Type,
            ExpectedCode = expected.Code,
            ExpectedAmountCents = expected.AmountCents,
            Reference = expected.Reference,
            MaySellOut = expected.MaySellOut,
            MayBe = expected.MayBe,
        };
        int index = journal.Append(in entry, lines);
        try
        {
            var submission = client.Submit(transaction);
            journal[index].Sequence = submission.Sequence;
            tally.Phase(planned.IsMeasured).CountSent();
            _ = ObserveAsync(index, submission.Outcome, listener);
            return index;
        }
        catch (TxCoreClientException fault)
        {
            // The client took no sequence: nothing was sent, and nothing may be stored.
            journal[index].Progress = Progress.Dropped;
            tally.CountDropped();
            tally.CountFault(fault.Reason.ToString());
            return -1;
        }
    }

    private async Task ObserveAsync(int index, Task<SubmitResult> outcome, IDecisionListener listener)
    {
        try
        {
            var result = await outcome.ConfigureAwait(false);
            long now = Stopwatch.GetTimestamp();
            Record(index, result.Outcome, now);
            listener.Decided(index, result.Outcome);

            // Last, so that nobody who waits for the end of what is in flight misses what the listener does.
            tally.Phase(journal[index].IsMeasured).CountDecided(result.Outcome.Code);
        }
        catch (TxCoreClientException fault)
        {
            ref var entry = ref journal[index];
            entry.Progress = Progress.Failed;
            tally.Phase(entry.IsMeasured).CountFailed();
            tally.CountFault(fault.Reason.ToString());
        }
    }

    private void Record(int index, Outcome outcome, long now)
    {
        ref var entry = ref journal[index];
        entry.Answer(outcome);
        watch?.Answered(now);
        if (entry.IsMeasured)
        {
            latencies.FromPlanned.Record(entry.PlannedAt, now);
            latencies.FromSent.Record(entry.SentAt, now);
        }
    }
}
