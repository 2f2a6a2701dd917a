using System.Collections.Concurrent;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>
/// Frames that take no sequence: heartbeats, status queries, requests for definitions, totals, the state of sales, draws and persons, and
/// payment orders. A question that a lost connection left open is asked again on the next one.
/// </summary>
internal sealed class Queries(AsyncSignal wake)
{
    /// <summary>Requests are numbered from here, so that a refusal of one is never taken for that of a sequence.</summary>
    private const ulong FirstRequest = 1UL << 63;

    private readonly ConcurrentQueue<byte[]> _outgoing = new();
    private readonly Lock _gate = new();
    private readonly OpenQuestions<StatusReply> _statuses = new();
    private readonly OpenQuestions<DefinitionsPage> _pages = new();
    private readonly OpenQuestions<PoolTotals> _totals = new();
    private readonly OpenQuestions<SaleState> _sales = new();
    private readonly OpenQuestions<DrawState> _draws = new();
    private readonly OpenQuestions<PersonState?> _persons = new();
    private readonly OpenQuestions<PaymentsPage> _payments = new();
    private ulong _nextRequest = FirstRequest;
    private TxCoreClientException? _fault;

    /// <summary>Sends a frame ahead of the transactions that wait.</summary>
    public void Send(byte[] frame)
    {
        _outgoing.Enqueue(frame);
        wake.Set();
    }

    public int TakeSendable(Span<byte> destination)
    {
        int written = 0;
        while (_outgoing.TryPeek(out byte[]? frame) && frame.Length <= destination.Length - written && _outgoing.TryDequeue(out frame))
        {
            frame.CopyTo(destination[written..]);
            written += frame.Length;
        }

        return written;
    }

    public Task<StatusReply> AskStatus(uint source, ulong sequence) => Ask(_statuses, new StatusQuery(source, sequence), sequence);

    /// <summary>Asks for a page. One at a time: the caller waits for the answer before it asks for the next.</summary>
    public Task<DefinitionsPage> AskPage(uint page)
    {
        lock (_gate)
        {
            _pages.Clear();
            return Ask(_pages, new DefinitionsRequest(0, page), page);
        }
    }

    /// <summary>
    /// Asks for the pool totals of a race. The answer does not tell which pool it was asked with, so answers go to the questions in their
    /// order.
    /// </summary>
    public Task<PoolTotals> AskTotals(RaceId race, ushort pool) => Ask(_totals, new PoolTotalsRequest(race, pool), (ulong)race.Value);

    public Task<SaleState> AskSale(uint sale, uint page) => Ask(_sales, new SaleStateRequest(sale, page), SalePage(sale, page));

    public Task<DrawState> AskDraw(uint draw) => Ask(_draws, new DrawStateRequest(draw), draw);

    /// <summary>Asks where a person stands; the answer is null when the server can take no question now: ask again later.</summary>
    public Task<PersonState?> AskPerson(uint source, uint draw, byte[] person)
    {
        lock (_gate)
        {
            ulong request = _nextRequest++;
            return Ask(_persons, new PersonRequest(source, request, draw, person), request);
        }
    }

    public Task<PaymentsPage> AskPayments(ulong after, ushort max) => Ask(_payments, new PaymentsRequest(after, max), after);

    public void Answer(StatusReply reply)
    {
        List<OpenQuestions<StatusReply>.Question> answered;
        lock (_gate)
        {
            answered = _statuses.TakeAll(reply.Sequence);
        }

        foreach (var question in answered)
        {
            question.TrySetResult(reply);
        }
    }

    public void Answer(DefinitionsPage page) => Answer(_pages, page.Page, page);

    public void Answer(PoolTotals totals) => Answer(_totals, (ulong)totals.Race.Value, totals);

    public void Answer(SaleState sale) => Answer(_sales, SalePage(sale.Sale, sale.Page), sale);

    public void Answer(DrawState draw) => Answer(_draws, draw.Draw, draw);

    public void Answer(PersonState person) => Answer(_persons, person.Request, person);

    public void Answer(PaymentsPage payments) => Answer(_payments, payments.After, payments);

    /// <summary>True when what was not taken is a question, not a transaction; its asker is told to ask again.</summary>
    public bool PutOff(NotDecided answer)
    {
        if (answer.Sequence < FirstRequest)
        {
            return false;
        }

        Answer(_persons, answer.Sequence, null);
        return true;
    }

    /// <summary>A session is open: what was asked and not answered is asked again.</summary>
    public void Connected()
    {
        lock (_gate)
        {
            // Inside the lock, or a question listed just now would be sent twice and its second answer be taken for that of the next.
            _outgoing.Clear();
            IEnumerable<byte[]> open =
            [
                .. _statuses.Frames, .. _totals.Frames, .. _sales.Frames, .. _draws.Frames, .. _persons.Frames, .. _payments.Frames, .. _pages.Frames,
            ];
            foreach (byte[] frame in open)
            {
                _outgoing.Enqueue(frame);
            }
        }

        wake.Set();
    }

    public void Stop(TxCoreClientException fault)
    {
        lock (_gate)
        {
            _fault = fault;
            _statuses.Stop(fault.ForSequence);
            _pages.Stop(_ => fault.ForSequence(0));
            _totals.Stop(_ => fault.ForSequence(0));
            _sales.Stop(_ => fault.ForSequence(0));
            _draws.Stop(_ => fault.ForSequence(0));
            _persons.Stop(_ => fault.ForSequence(0));
            _payments.Stop(_ => fault.ForSequence(0));
        }
    }

    private static ulong SalePage(uint sale, uint page) => ((ulong)sale << 32) | page;

    /// <summary>Lists and sends a question under one lock: answers that do not name their question go to the questions in their order.</summary>
    private Task<TAnswer> Ask<TAnswer, TQuestion>(OpenQuestions<TAnswer> open, TQuestion question, ulong about)
        where TQuestion : IMessage<TQuestion>
    {
        byte[] frame = Frame.Encode(question);
        lock (_gate)
        {
            if (_fault is { } fault)
            {
                throw fault.ForSequence(0);
            }

            Send(frame);
            return open.Add(frame, about).Task;
        }
    }

    private void Answer<T>(OpenQuestions<T> open, ulong about, T answer)
    {
        OpenQuestions<T>.Question? answered;
        lock (_gate)
        {
            answered = open.TakeFirst(about);
        }

        answered?.TrySetResult(answer);
    }
}
