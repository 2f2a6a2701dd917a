using System.Collections.Concurrent;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Sessions;

/// <summary>
/// Frames that take no sequence: heartbeats, status queries, requests for definitions and pool totals. A question that a lost connection
/// left open is asked again on the next one.
/// </summary>
internal sealed class Queries(AsyncSignal wake)
{
    private readonly ConcurrentQueue<byte[]> _outgoing = new();
    private readonly Lock _gate = new();
    private readonly List<Question<StatusReply>> _statuses = [];
    private readonly List<Question<PoolTotals>> _totals = [];
    private Question<DefinitionsPage>? _page;
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

    public Task<StatusReply> AskStatus(uint source, ulong sequence)
    {
        var question = new Question<StatusReply>(Frame.Encode(new StatusQuery(source, sequence)), sequence);
        lock (_gate)
        {
            ThrowIfStopped();
            _statuses.Add(question);
        }

        Send(question.Frame);
        return question.Task;
    }

    /// <summary>Asks for a page. One at a time: the caller waits for the answer before it asks for the next.</summary>
    public Task<DefinitionsPage> AskPage(uint page)
    {
        var question = new Question<DefinitionsPage>(Frame.Encode(new DefinitionsRequest(0, page)), page);
        lock (_gate)
        {
            ThrowIfStopped();
            _page = question;
        }

        Send(question.Frame);
        return question.Task;
    }

    /// <summary>
    /// Asks for the pool totals of a race. The answer does not tell which pool it was asked with, so answers go to the questions in their
    /// order: a question is listed and sent under one lock, and stays listed when its caller no longer waits.
    /// </summary>
    public Task<PoolTotals> AskTotals(RaceId race, ushort pool)
    {
        var question = new Question<PoolTotals>(Frame.Encode(new PoolTotalsRequest(race, pool)), (ulong)race.Value);
        lock (_gate)
        {
            ThrowIfStopped();
            _totals.Add(question);
            Send(question.Frame);
        }

        return question.Task;
    }

    public void Answer(StatusReply reply)
    {
        List<Question<StatusReply>> answered;
        lock (_gate)
        {
            answered = _statuses.FindAll(question => question.About == reply.Sequence);
            _statuses.RemoveAll(question => question.About == reply.Sequence);
        }

        foreach (var question in answered)
        {
            question.TrySetResult(reply);
        }
    }

    public void Answer(DefinitionsPage page)
    {
        Question<DefinitionsPage>? answered = null;
        lock (_gate)
        {
            if (_page?.About == page.Page)
            {
                answered = _page;
                _page = null;
            }
        }

        answered?.TrySetResult(page);
    }

    public void Answer(PoolTotals totals)
    {
        Question<PoolTotals>? answered = null;
        lock (_gate)
        {
            int first = _totals.FindIndex(question => question.About == (ulong)totals.Race.Value);
            if (first >= 0)
            {
                answered = _totals[first];
                _totals.RemoveAt(first);
            }
        }

        answered?.TrySetResult(totals);
    }

    /// <summary>A session is open: what was asked and not answered is asked again.</summary>
    public void Connected()
    {
        lock (_gate)
        {
            // Inside the lock, or a question listed just now would be sent twice and its second answer be taken for that of the next.
            _outgoing.Clear();
            foreach (var question in _statuses)
            {
                _outgoing.Enqueue(question.Frame);
            }

            foreach (var question in _totals)
            {
                _outgoing.Enqueue(question.Frame);
            }

            if (_page is { } page)
            {
                _outgoing.Enqueue(page.Frame);
            }
        }

        wake.Set();
    }

    public void Stop(TxCoreClientException fault)
    {
        lock (_gate)
        {
            _fault = fault;
            foreach (var question in _statuses)
            {
                question.TrySetException(fault.ForSequence(question.About));
            }

            foreach (var question in _totals)
            {
                question.TrySetException(fault.ForSequence(0));
            }

            _page?.TrySetException(fault.ForSequence(0));
        }
    }

    private void ThrowIfStopped()
    {
        if (_fault is { } fault)
        {
            throw fault.ForSequence(0);
        }
    }

    private sealed class Question<T>(byte[] frame, ulong about) : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public byte[] Frame { get; } = frame;

        public ulong About { get; } = about;
    }
}
