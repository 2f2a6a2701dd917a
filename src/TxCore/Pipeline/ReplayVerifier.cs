using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing.Draws;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>Where a replay came to another decision than was stored.</summary>
/// <param name="Number">The entry.</param>
/// <param name="What">What differs, as a sentence.</param>
public sealed record ReplayFault(long Number, string What);

/// <summary>The result of a replay.</summary>
/// <param name="Entries">Entries decided again.</param>
/// <param name="Fault">The first that differs; null when none does.</param>
public sealed record ReplayReport(long Entries, ReplayFault? Fault);

/// <summary>
/// Decides every stored command again, from the first, under the rules that were in force, and compares with what was stored. It uses
/// the decider that decided, over a state of its own.
/// </summary>
public sealed class ReplayVerifier(ShardIdentity identity, IShardReader reader, ReceiptKeys keys)
{
    private const int PageEntries = 10_000;
    private readonly TxEvent _work = new();
    private ShardState _state = null!;
    private Decider _decider = null!;
    private PreparedList? _list;
    private long _dueAt;
    private int _dueTaken;

    /// <summary>Runs the replay over everything that is stored.</summary>
    public async Task<ReplayReport> RunAsync(CancellationToken cancellationToken)
    {
        _state = new ShardState(identity, static _ => 64);
        _decider = new Decider(_state, keys);
        long entries = 0;
        while (true)
        {
            var page = await ReadPageAsync(_state.LastNumber, cancellationToken);
            if (page.Count == 0)
            {
                return new ReplayReport(entries, null);
            }

            for (int i = 0; i < page.Count;)
            {
                if (await ReplayAsync(page, i, cancellationToken) is { } fault)
                {
                    return new ReplayReport(entries, fault);
                }

                int done = (int)(_state.LastNumber - page[i].Entry.Number + 1);
                entries += done;
                i += done;
            }
        }
    }

    /// <summary>Reads the next entries, and so many more that those which fell due together are together.</summary>
    private async Task<List<FetchedRow>> ReadPageAsync(long afterNumber, CancellationToken cancellationToken)
    {
        var page = new List<FetchedRow>(PageEntries);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await reader.ReadEntriesAsync(
                afterNumber,
                (in StoredRow row) =>
                {
                    bool isDue = SystemCommand.HasSubject(row.Entry.Kind);
                    if (page.Count >= PageEntries && !isDue)
                    {
                        throw new PageFullException();
                    }

                    page.Add(new FetchedRow(row.Entry, row.Command.ToArray()));
                },
                enough.Token);
        }
        catch (PageFullException)
        {
            // The rest is read as the next page.
        }

        return page;
    }

    private async Task<ReplayFault?> ReplayAsync(List<FetchedRow> page, int index, CancellationToken cancellationToken)
    {
        var row = page[index];
        _work.Release();
        if (SystemCommand.HasSubject(row.Entry.Kind))
        {
            LetTimePass(row.Entry);
            _work.Reset(EventKind.Tick, row.Entry.SequencedAt, 0);
            _decider.Decide(_work);
            CountDue(row.Entry.SequencedAt);
            return CompareDue(page, index);
        }

        LetTimePass(row.Entry);
        await PrepareAsync(row, cancellationToken);
        _decider.Decide(_work);
        _dueTaken = 0;
        if (_work.Due.Count > 0)
        {
            return new ReplayFault(row.Entry.Number, $"{_work.Due[0].Entry.Kind} of {_work.Due[0].Subject} was due before it and is not stored");
        }

        return _work.IsStored
            ? Compare(row.Entry, in _work.Entry) ?? CompareCommand(row)
            : new ReplayFault(row.Entry.Number, $"replay does not decide it: {_work.AnswerCode}");
    }

    /// <summary>
    /// Ticks move time without a row. That an entry was decided at its time says that they had brought time near to it, and to it when it was
    /// received later than that: time stood still then. Only a start, and the confirmation that ended such a stop, moved it themselves.
    /// </summary>
    private void LetTimePass(in Entry entry)
    {
        if (entry.ReceivedAt > entry.SequencedAt)
        {
            _state.Time = Math.Max(_state.Time, entry.SequencedAt);
        }
        else if (entry.Kind != MessageType.Started && entry is not { Kind: MessageType.TimeConfirm, Code: ResultCode.Accepted })
        {
            _state.Time = Math.Max(_state.Time, entry.SequencedAt - (_state.Rules.TimeStepMaxSeconds * 1_000_000L));
        }
    }

    private async ValueTask PrepareAsync(FetchedRow row, CancellationToken cancellationToken)
    {
        var entry = row.Entry;
        bool isStart = entry.Kind == MessageType.Started;

        // Received after its time: the clock was held, and it has to be held again.
        _work.Reset(isStart ? EventKind.Start : EventKind.Transaction, Math.Max(entry.ReceivedAt, entry.SequencedAt), 0);
        _work.ExpiriesTaken = _dueAt == entry.SequencedAt ? _dueTaken : 0;
        _work.Type = entry.Kind;
        _work.Source = entry.Source;
        _work.Sequence = entry.Sequence;
        _work.Outlet = entry.Outlet;
        _work.Fingerprint = entry.Fingerprint;
        _work.BodyReadable = entry.Code != ResultCode.MalformedBody || entry.FaultField != BodyField.Body;

        // What decide put behind the body is left out: it has to come to the same again. Only a settlement is given to it as it was.
        int length = isStart || !_work.BodyReadable ? row.Command.Length : Addendum.Start(entry.Kind, row.Command);
        _work.ReserveCommand(row.Command.Length);
        row.Command.AsSpan(0, length).CopyTo(_work.Command);
        _work.CommandBytes = length;
        _work.Settlement = entry.Kind == MessageType.RacePublish && length < row.Command.Length ? row.Command[length..] : null;
        if (_work.BodyReadable && entry.Kind is (MessageType.DrawFreeze or MessageType.DrawRun))
        {
            PrepareDraw(row);
        }

        _work.Carried = NeedsRow(entry.Kind) && entry.Reference > 0 && entry.Reference < entry.Number
            ? await reader.FindByNumberAsync(entry.Reference, cancellationToken)
            : null;
    }

    private static bool NeedsRow(MessageType kind) => kind is MessageType.Cancel or MessageType.Pay or MessageType.Reversal
        or MessageType.VoucherRedeem or MessageType.SupervisorResolve or MessageType.TicketReturn;

    /// <summary>Works out again what was worked out beside the ring; where there is nothing to work on, the run or freeze was refused.</summary>
    private void PrepareDraw(FetchedRow row)
    {
        DrawRules.ReadHeader(_work.Body, out uint id);
        if (!_state.Draws.TryGetValue(id, out var draw))
        {
            return;
        }

        if (row.Entry.Kind == MessageType.DrawFreeze && draw.Status == DrawStatus.Closed)
        {
            _list = DrawWork.List(draw);
            _work.List = _list;
        }
        else if (row.Entry.Kind == MessageType.DrawRun && draw.Status == DrawStatus.Frozen && row.Entry.Code == ResultCode.Accepted)
        {
            var run = Bodies.Decode<DrawRun>(_work.Body);
            int[] sorted = _list?.Draw == id ? _list.Sorted : DrawList.Sort(draw.Entries.Keys);
            _work.Order = DrawWork.Order(draw, sorted, run.Secret, run.Randomness);
            _list = null;
        }
    }

    private ReplayFault? CompareCommand(FetchedRow row) => _work.CommandSpan.SequenceEqual(row.Command)
        ? null
        : new ReplayFault(row.Entry.Number, "what was decided with it (picks, money moved) differs in replay");

    /// <summary>Counts what there may be only so much of before one event, over pages: the event that follows shares it.</summary>
    private void CountDue(long at)
    {
        _dueTaken = _dueAt == at ? _dueTaken : 0;
        _dueAt = at;
        foreach (var due in _work.Due)
        {
            _dueTaken += SystemCommand.IsLimited(due.Entry.Kind) ? 1 : 0;
        }
    }

    private ReplayFault? CompareDue(List<FetchedRow> page, int index)
    {
        if (_work.Due.Count == 0)
        {
            return new ReplayFault(page[index].Entry.Number, $"{page[index].Entry.Kind} is stored and was not due");
        }

        for (int i = 0; i < _work.Due.Count; i++)
        {
            if (index + i >= page.Count)
            {
                return new ReplayFault(_work.Due[i].Entry.Number, $"{_work.Due[i].Entry.Kind} was due and is not stored");
            }

            var stored = page[index + i];
            if (Compare(stored.Entry, in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_work.Due)[i].Entry) is { } fault)
            {
                return fault;
            }

            if (!SystemCommand.Build(_work.Due[i].Subject, _work.Due[i].Addendum).AsSpan().SequenceEqual(stored.Command))
            {
                return new ReplayFault(stored.Entry.Number, "what was decided with it (subject, payment, offer) differs in replay");
            }
        }

        return null;
    }

    private static ReplayFault? Compare(in Entry stored, in Entry decided)
    {
        string? what =
            stored.Number != decided.Number ? $"the number is {decided.Number} in replay"
            : stored.Kind != decided.Kind ? $"it is {stored.Kind}, in replay {decided.Kind}"
            : stored.Code != decided.Code ? $"it was decided {stored.Code}, in replay {decided.Code}"
            : stored.AmountCents != decided.AmountCents ? $"the amount is {stored.AmountCents}, in replay {decided.AmountCents}"
            : stored.ExpiresAt != decided.ExpiresAt ? $"it expires at {stored.ExpiresAt}, in replay {decided.ExpiresAt}"
            : stored.Reference != decided.Reference ? $"it is about {stored.Reference}, in replay {decided.Reference}"
            : stored.Previous != decided.Previous ? $"the source's previous number is {stored.Previous}, in replay {decided.Previous}"
            : stored.BusinessDay != decided.BusinessDay ? $"the business day is {stored.BusinessDay}, in replay {decided.BusinessDay}"
            : stored.SequencedAt != decided.SequencedAt ? $"its time is {stored.SequencedAt}, in replay {decided.SequencedAt}"
            : stored.FaultLine != decided.FaultLine || stored.FaultField != decided.FaultField
                ? $"it faults line {stored.FaultLine}, {stored.FaultField}, in replay line {decided.FaultLine}, {decided.FaultField}"
            : null;
        return what is null ? null : new ReplayFault(stored.Number, what);
    }

    private sealed class PageFullException : Exception;
}
