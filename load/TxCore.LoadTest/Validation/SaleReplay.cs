using TxCore.LoadTest.Engine;
using TxCore.Protocol;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Goes through everything stored in the order of the numbers: each entry against what was acknowledged, and each decision against the tool's
/// own rules.
/// </summary>
internal sealed class SaleReplay
{
    private readonly SentBook _book;
    private readonly Findings _findings = new();
    private readonly string _once;
    private readonly string _same;
    private readonly string _order;
    private readonly string _lines;
    private readonly string _decision;
    private readonly string _self;
    private readonly string _cells;
    private readonly Dictionary<uint, (ulong Sequence, uint Number)> _last = [];
    private uint _lastNumber;
    private long _lastAt;

    public SaleReplay(SentBook book, OwnSaleRules rules)
    {
        (_book, Rules) = (book, rules);
        _once = _findings.Rule("every acknowledged transaction is stored exactly once, and nothing that was not sent");
        _same = _findings.Rule("what is stored is what was acknowledged: number, code, kind, amount, times and reference");
        _order = _findings.Rule("numbers and the sequences of each source run without a hole, name the one before, and time never goes back");
        _lines = _findings.Rule("the lines of a hold, wait or return are those sent");
        _decision = _findings.Rule("every decision has the code, the amount and the expiry of the tool's own rules");
        _self = _findings.Rule("holds expire when they are due, and seats are offered strictly to the first who waits");
        _cells = _findings.Rule("available, held, sold and blocked seats of each cell are its capacity at every number, and none is below zero");
    }

    public OwnSaleRules Rules { get; }

    public IEnumerable<CheckResult> Results => _findings.Results;

    public long Entries { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Offers made to those who waited.</summary>
    public long Offers { get; private set; }

    /// <summary>Holds and offers that expired.</summary>
    public long Expiries { get; private set; }

    /// <summary>Takes the next entry.</summary>
    public void Next(StoredEntry entry)
    {
        Entries++;
        Rows += entry.Rows;
        CheckOrder(entry);
        if (entry.Source == 0)
        {
            DecideOwn(entry);
        }
        else if (!_book.Logs.TryGetValue(entry.Source, out var log) || entry.Sequence == 0 || entry.Sequence > (ulong)log.Count)
        {
            _findings.Add(_once, $"number {entry.Number}: source {entry.Source} sequence {entry.Sequence} was never sent");
        }
        else
        {
            ref readonly var item = ref log[entry.Sequence];
            CheckStored(entry, in item);
            Decide(entry, in item);
        }

        if (entry.Code == ResultCode.Accepted && entry.Kind is not (MessageType.DrawRegister or MessageType.DrawWithdraw))
        {
            CheckCells(entry.Number);
        }
    }

    /// <summary>Everything was read: nothing acknowledged may be left over.</summary>
    public void End()
    {
        foreach (var (source, log) in _book.Logs)
        {
            ulong stored = _last.GetValueOrDefault(source).Sequence;
            for (ulong sequence = stored + 1; sequence <= (ulong)log.Count; sequence++)
            {
                if (log[sequence].Progress == Progress.Answered)
                {
                    _findings.Add(_once, $"source {source} sequence {sequence}, acknowledged as number {log[sequence].Number}, is not stored");
                }
            }
        }
    }

    private void CheckOrder(StoredEntry entry)
    {
        bool isNext = entry.Number == _lastNumber + 1 && entry.At >= _lastAt && entry.LinesAreWhole;
        if (entry.Source != 0)
        {
            var (sequence, number) = _last.GetValueOrDefault(entry.Source);
            isNext &= entry.Sequence == sequence + 1 && entry.Previous == number;
            _last[entry.Source] = (entry.Sequence, entry.Number);
        }

        if (!isNext)
        {
            _findings.Add(_order, $"number {entry.Number} of source {entry.Source} sequence {entry.Sequence} after number {_lastNumber}, naming {entry.Previous}");
        }

        (_lastNumber, _lastAt) = (entry.Number, entry.At);
    }

    private void CheckStored(StoredEntry entry, in SentItem item)
    {
        bool isSame = item.Kind == entry.Kind && (item.Progress != Progress.Answered
            || (item.Number == entry.Number && item.Code == entry.Code && item.AmountCents == entry.AmountCents && item.SequencedAt == entry.At
                && item.ExpiresAt == entry.ExpiresAt && item.AnsweredReference == entry.Reference));
        if (!isSame)
        {
            _findings.Add(
                _same, $"source {entry.Source} sequence {entry.Sequence}: acknowledged {item.Kind} {item.Number} {item.Code} {item.AmountCents} at "
                + $"{item.SequencedAt} until {item.ExpiresAt} about {item.AnsweredReference}, stored {entry.Kind} {entry.Number} {entry.Code} "
                + $"{entry.AmountCents} at {entry.At} until {entry.ExpiresAt} about {entry.Reference}");
        }

        if (entry.Code != ResultCode.Accepted || item.Kind is not (MessageType.Hold or MessageType.WaitJoin))
        {
            return;
        }

        var sent = _book.LinesOf(in item);
        bool areLines = sent.Length == entry.Lines.Count;
        for (int i = 0; areLines && i < sent.Length; i++)
        {
            areLines = entry.Lines[i] == new StoredLine(sent[i].Session, sent[i].Category, sent[i].Quantity);
        }

        if (!areLines)
        {
            _findings.Add(_lines, $"number {entry.Number}: sent {string.Join(", ", sent.ToArray())}, stored {string.Join(", ", entry.Lines)}");
        }
    }

    private void Decide(StoredEntry entry, in SentItem item)
    {
        if (item.Kind.IsControl())
        {
            if (entry.Code == ResultCode.Accepted)
            {
                OwnControls.Apply(Rules, item.Kind, _book.ControlOf(in item));
            }

            return;
        }

        var own = Rules.Decide(in item, entry.Number, entry.At);
        if (own != new OwnDecision(entry.Code, entry.AmountCents, entry.ExpiresAt))
        {
            _findings.Add(
                _decision, $"number {entry.Number}, {item.Kind} of person {item.Person} about {item.Reference}: {entry.Code} {entry.AmountCents} until "
                + $"{entry.ExpiresAt}, own {own.Code} {own.AmountCents} until {own.ExpiresAt}");
        }
    }

    private void DecideOwn(StoredEntry entry)
    {
        string? wrong = null;
        switch (entry.Kind)
        {
            case MessageType.HoldExpired:
                Expiries++;
                wrong = Rules.Expire(entry.Number, entry.Reference, entry.At);
                break;
            case MessageType.WaitOffered:
                Offers++;
                wrong = Rules.Offer(entry.Number, entry.Reference, entry.At, entry.ExpiresAt, entry.AmountCents);
                break;
            case MessageType.WaitLapsed:
                wrong = Rules.Lapse(entry.Reference);
                break;
        }

        if (wrong is not null)
        {
            _findings.Add(_self, wrong);
        }
    }

    private void CheckCells(uint number)
    {
        foreach (var sale in Rules.Sales.Values)
        {
            foreach (var (key, cell) in sale.Cells)
            {
                if (cell.Available < 0 || cell.Held < 0 || cell.Sold < 0)
                {
                    _findings.Add(_cells, $"after number {number}, sale {sale.Id} cell {key}: {cell.Available} available, {cell.Held} held, {cell.Sold} sold");
                }
            }
        }
    }
}
