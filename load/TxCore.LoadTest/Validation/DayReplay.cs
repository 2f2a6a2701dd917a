using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>A race that stopped by itself, as the database tells it: the one thing that no answer names.</summary>
/// <param name="Number">The entry's number.</param>
/// <param name="Race">The race.</param>
internal readonly record struct SelfStop(ulong Number, RaceId Race);

/// <summary>What a pool took and gave back by the tool's own count, in cents.</summary>
internal sealed class PoolSum
{
    public long TakenCents { get; set; }

    public long UndoneCents { get; set; }
}

/// <summary>
/// Decides the whole day again in the order of the numbers that the server gave, by the rules as the tool knows them, and compares each
/// answer. What a ticket wins is the one thing it does not compute: a payment may pay any amount, but only once, only when every race of the
/// ticket is settled, and exactly the stake when all of them were cancelled.
/// </summary>
internal sealed class DayReplay
{
    private const int ExamplesMax = 5;

    private readonly DayState _state;
    private readonly List<string> _examples = [];
    private readonly Dictionary<(uint Source, ulong Sequence), ulong> _numbers = [];
    private long _differences;
    private long _late;

    public DayReplay(IEnumerable<RaceDefine> races, IEnumerable<(uint Source, int Outlet)> sources)
    {
        _state = new DayState(races);
        foreach (var (source, outlet) in sources)
        {
            _state.Place(source, outlet);
        }
    }

    /// <summary>Pools by race and number; a report's stake is in the pool of its first leg.</summary>
    public IReadOnlyDictionary<(RaceId Race, ushort Pool), PoolSum> Pools => _state.Pools;

    /// <summary>Tickets and vouchers sold.</summary>
    public int Tickets => _state.Tickets.Count;

    /// <summary>Accepted tickets, as they stand at the end of the day.</summary>
    public IReadOnlyDictionary<ulong, HeldTicket> Held => _state.Tickets;

    /// <summary>Paid out for tickets, in cents.</summary>
    public long PaidCents => _state.PaidCents;

    /// <summary>Wagers refused because they were sequenced after the stop.</summary>
    public long Late => _late;

    /// <summary>Replays and returns what did not fit.</summary>
    public IReadOnlyList<CheckResult> Run(DayJournal day, IEnumerable<SelfStop> selfStops)
    {
        var journal = day.Journal;
        var answered = Enumerable.Range(0, journal.Count).Where(i => journal[i].Progress == Progress.Answered)
            .Select(i => (journal[i].Number, Index: i, Race: default(RaceId)));
        var events = answered.Concat(selfStops.Select(stop => (stop.Number, Index: -1, stop.Race))).OrderBy(item => item.Number);
        foreach (var (_, index, race) in events)
        {
            if (index < 0)
            {
                _state.Stop(race);
            }
            else if (day.FactOf(index) is { } fact)
            {
                Replay(ref journal[index], fact);
            }
        }

        return [new CheckResult("every decision is the one the tool comes to by its own rules, in the order of the numbers", _differences, _examples)];
    }

    private void Replay(ref JournalEntry entry, DayFact fact)
    {
        _numbers[(entry.Source, entry.Sequence)] = entry.Number;
        if (entry.Code == ResultCode.ReversedBeforeArrival && entry.Kind == MessageType.Reversal)
        {
            // The terminal took it back before it arrived: whatever it was, it never was.
            Expect(ref entry, ResultCode.ReversedBeforeArrival, 0);
            return;
        }

        switch (fact)
        {
            case WagerFact wager:
                var code = _state.CheckWager(wager);
                long cents = code == ResultCode.Accepted ? wager.Lines.Sum(line => line.AmountCents) : 0;
                _late += code == ResultCode.RaceClosed ? 1 : 0;
                if (Expect(ref entry, code, cents) && code == ResultCode.Accepted)
                {
                    _state.Sell(entry.Number, entry.Source, wager, cents);
                }

                break;
            case VoucherFact voucher:
                if (Expect(ref entry, ResultCode.Accepted, voucher.AmountCents))
                {
                    _state.Issue(entry.Number, voucher.AmountCents);
                }

                break;
            case CancelFact cancel:
                ExpectUndo(ref entry, _state.CheckCancel(cancel), cancel.Number);
                break;
            case ReversalFact reversal:
                ulong number = _numbers.GetValueOrDefault((entry.Source, reversal.OriginalSequence));
                ExpectUndo(ref entry, _state.CheckReversal(number, reversal.AmountCents), number);
                break;
            case PayFact pay:
                ExpectPayment(ref entry, pay);
                break;
            case RedeemFact redeem:
                var verdict = _state.CheckRedeem(redeem);
                if (Expect(ref entry, verdict, verdict == ResultCode.Accepted ? _state.Vouchers[redeem.Number].AmountCents : 0)
                    && verdict == ResultCode.Accepted)
                {
                    _state.Vouchers[redeem.Number].State = PresentState.Paid;
                }

                break;
            default:
                // A control: the desk required the answer it needs; here it changes what the next ones meet.
                if (entry.Code == ResultCode.Accepted)
                {
                    _state.Control(entry.Kind, fact);
                }

                break;
        }
    }

    private void ExpectUndo(ref JournalEntry entry, ResultCode code, ulong number)
    {
        long cents = code == ResultCode.Accepted ? _state.AmountOf(number) : 0;
        if (Expect(ref entry, code, cents))
        {
            _state.Undo(number, code);
        }
    }

    private void ExpectPayment(ref JournalEntry entry, PayFact pay)
    {
        var code = _state.CheckPay(pay, out long refundCents);
        if (code != ResultCode.Accepted)
        {
            Expect(ref entry, code, 0);
            return;
        }

        // Payable: what it wins is the server's to say, unless the whole stake comes back.
        bool mayAskIdentity = !pay.IdentityChecked && entry.Code == ResultCode.IdentityRequired;
        bool mayLose = refundCents == 0 && entry.Code == ResultCode.TicketLost;
        if (mayAskIdentity || mayLose)
        {
            Expect(ref entry, entry.Code, 0);
        }
        else if (Expect(ref entry, ResultCode.Accepted, refundCents > 0 ? refundCents : Math.Max(entry.AmountCents, 1)))
        {
            _state.Pay(pay.Number, entry.AmountCents);
        }
    }

    private bool Expect(ref JournalEntry entry, ResultCode code, long amountCents)
    {
        entry.ExpectedCode = code;
        entry.ExpectedAmountCents = amountCents;
        if (entry.Code == code && entry.AmountCents == amountCents)
        {
            return true;
        }

        _differences++;
        if (_examples.Count < ExamplesMax)
        {
            _examples.Add(
                $"number {entry.Number}, source {entry.Source} sequence {entry.Sequence} ({entry.Kind}, about {entry.Reference}): expected {code} "
                + $"{amountCents}, answered {entry.Code} {entry.AmountCents}");
        }

        return false;
    }
}
