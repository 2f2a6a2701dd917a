using System.Diagnostics;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Engine;

/// <summary>
/// The frontends of a ticket sale: whoever is served asks and waits for the answer, as a person does (a closed loop). Everything asked and
/// answered goes into the book, the counts and the latencies.
/// </summary>
internal sealed class TicketDesk(
    IReadOnlyList<TxCoreClient> frontends, SentBook book, PersonKeys keys, Tally tally, AnswerLatencies latencies, AnswerWatch watch)
{
    /// <summary>Latency of the holds that were refused as sold out.</summary>
    public LatencyRecorder SoldOut { get; } = new();

    /// <summary>Latency of the holds that were taken.</summary>
    public LatencyRecorder Taken { get; } = new();

    public int Frontends => frontends.Count;

    public SentBook Book => book;

    public PersonKeys Keys => keys;

    public TxCoreClient Client(int frontend) => frontends[frontend % frontends.Count];

    public Task<Outcome?> RegisterAsync(int frontend, uint draw, int person, uint consent) => AskAsync(
        frontend, new DrawRegister(default, 0, draw, keys.Of(person), consent),
        new SentItem { Kind = MessageType.DrawRegister, Person = person, Subject = consent });

    public Task<Outcome?> WithdrawAsync(int frontend, uint draw, int person) => AskAsync(
        frontend, new DrawWithdraw(default, 0, draw, keys.Of(person)), new SentItem { Kind = MessageType.DrawWithdraw, Person = person });

    /// <param name="frontend">The frontend that serves.</param>
    /// <param name="sale">The sale.</param>
    /// <param name="person">The person; nobody for none.</param>
    /// <param name="lines">The seats wanted.</param>
    /// <param name="plannedAt">When the person came (stopwatch reading); 0 for now.</param>
    public async Task<Outcome?> HoldAsync(int frontend, uint sale, int person, HoldLine[] lines, long plannedAt = 0)
    {
        var item = new SentItem
        {
            Kind = MessageType.Hold,
            Person = person,
            Subject = sale,
            Detail = book.AddLines(lines),
            Lines = (byte)lines.Length,
        };
        long begin = Stopwatch.GetTimestamp();
        var outcome = await AskAsync(frontend, new Hold(default, 0, sale, person < 0 ? [] : keys.Of(person), lines), item, plannedAt).ConfigureAwait(false);
        if (outcome is { Code: ResultCode.Accepted or ResultCode.SoldOut })
        {
            (outcome.Code == ResultCode.Accepted ? Taken : SoldOut).Record(begin, Stopwatch.GetTimestamp());
        }

        return outcome;
    }

    public Task<Outcome?> AuthoriseAsync(int frontend, ulong hold, long amountCents, int authorisation) => AskAsync(
        frontend, new Authorise(default, 0, hold, amountCents, SentBook.AuthorisationBytes(authorisation)),
        Payment(MessageType.Authorise, hold, amountCents, authorisation));

    public Task<Outcome?> ConfirmAsync(int frontend, ulong hold, long amountCents, int authorisation) => AskAsync(
        frontend, new Confirm(default, 0, hold, amountCents, SentBook.AuthorisationBytes(authorisation)),
        Payment(MessageType.Confirm, hold, amountCents, authorisation));

    public Task<Outcome?> ReleaseAsync(int frontend, ulong hold) => AskAsync(
        frontend, new Release(default, 0, hold, Reason: 1), Payment(MessageType.Release, hold, 0, 0));

    public Task<Outcome?> ReturnAsync(int frontend, ulong order, byte line, ushort quantity) => AskAsync(
        frontend, new TicketReturn(default, 0, order, line, quantity, Reason: 1),
        Payment(MessageType.TicketReturn, order, 0, 0) with { Lines = line, Quantity = quantity });

    public Task<Outcome?> WaitAsync(int frontend, uint sale, int person, HoldLine seats) => AskAsync(
        frontend, new WaitJoin(default, 0, sale, keys.Of(person), seats.Session, seats.Category, seats.Quantity),
        new SentItem { Kind = MessageType.WaitJoin, Person = person, Subject = sale, Detail = book.AddLines([seats]), Lines = 1 });

    public Task<Outcome?> LeaveAsync(int frontend, ulong wait) => AskAsync(
        frontend, new WaitLeave(default, 0, wait, Reason: 1), Payment(MessageType.WaitLeave, wait, 0, 0));

    private static SentItem Payment(MessageType kind, ulong reference, long amountCents, int authorisation) => new()
    {
        Kind = kind,
        Person = SentItem.Nobody,
        Reference = checked((uint)reference),
        AskedCents = checked((int)amountCents),
        Detail = authorisation,
    };

    /// <summary>Sends, waits, notes; null when there was no answer, which fails the run.</summary>
    private async Task<Outcome?> AskAsync<T>(int frontend, T message, SentItem item, long plannedAt = 0)
        where T : IMessage<T>
    {
        var client = Client(frontend);
        var phase = tally.Measured;
        long begin = Stopwatch.GetTimestamp();
        Submission submission;
        try
        {
            submission = client.Submit(message);
        }
        catch (TxCoreClientException fault)
        {
            tally.CountDropped();
            tally.CountFault(fault.Reason.ToString());
            return null;
        }

        var log = book.LogOf(client.Source);
        log.Add(submission.Sequence, in item);
        phase.CountSent();
        try
        {
            var result = await submission.Outcome.ConfigureAwait(false);
            long now = Stopwatch.GetTimestamp();
            log[submission.Sequence].Answer(result.Outcome);
            watch.Answered(now);
            latencies.FromPlanned.Record(plannedAt == 0 ? begin : plannedAt, now);
            latencies.FromSent.Record(begin, now);
            phase.CountDecided(result.Code);
            return result.Outcome;
        }
        catch (TxCoreClientException fault)
        {
            log[submission.Sequence].Progress = Progress.Failed;
            phase.CountFailed();
            tally.CountFault(fault.Reason.ToString());
            return null;
        }
    }
}
