using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>An entry of the shard's own: what fell due, to what, and what is stored behind that.</summary>
internal sealed record ReferenceDue(MessageType Kind, long Subject, byte[] Addendum);

/// <summary>What the reference answers: a decision, new or repeated, or why nothing was decided.</summary>
internal sealed record ReferenceAnswer(Decision? Decision, bool IsRepeat, ResultCode NotDecided);

/// <summary>
/// The rules of betting and of tickets as <c>domain.md</c> and the protocol document tell them, written plainly: lists are searched, sums are summed, bets
/// are enumerated. Slow, and meant to be read beside the documents; the property tests compare the real decider with it.
/// </summary>
internal sealed class ReferenceShard
{
    /// <summary>Most expiries and offers before one event; the rest come before the next ones.</summary>
    private const int DuePerEventMax = 256;

    private readonly ReferenceControls _controls;
    private readonly ReferenceDesk _desk;
    private readonly ReferenceSales _sales;
    private readonly ReferenceTickets _tickets;
    private readonly ReferenceWaiting _waiting;
    private long _heldTime;

    public ReferenceShard(ReferenceRules rules, byte[] receiptKey, long now)
    {
        Rules = rules;
        Players = new ReferencePlayers(rules);
        Book = new ReferenceBook(ByNumber);
        Draws = new ReferenceDraws(Book);
        _tickets = new ReferenceTickets(Book, Draws);
        _waiting = new ReferenceWaiting(Book, Draws, _tickets);
        _sales = new ReferenceSales(Book, Draws);
        _controls = new ReferenceControls(Races, CarryOvers, rules);
        _desk = new ReferenceDesk(this, _tickets, receiptKey);
        (Time, BusinessDay, LastNumber) = (now, DayOf(now, rules), 1);
    }

    public ReferenceRules Rules { get; }

    public long Time { get; private set; }

    public bool IsHeld { get; private set; }

    public int BusinessDay { get; private set; }

    /// <summary>Number of the last entry; the start of the shard was the first.</summary>
    public long LastNumber { get; private set; }

    public long DefinitionsVersion { get; private set; }

    public Dictionary<RaceId, ReferenceRace> Races { get; } = [];

    public SortedDictionary<ushort, long> CarryOvers { get; } = [];

    public ReferencePlayers Players { get; }

    public ReferenceBook Book { get; }

    public ReferenceDraws Draws { get; }

    /// <summary>Everything decided, by source and in order.</summary>
    public Dictionary<uint, List<Decision>> Decisions { get; } = [];

    public Dictionary<long, Decision> ByNumber { get; } = [];

    /// <summary>The business day a time belongs to.</summary>
    public static int DayOf(long microseconds, ReferenceRules rules)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(microseconds / 1000).AddMinutes(-rules.DayStartMinutes);
        return (time.Year * 10_000) + (time.Month * 100) + time.Day;
    }

    public long Next(uint source) => Of(source).Count + 1;

    /// <summary>Lets time pass; returns what fell due, in order.</summary>
    public List<ReferenceDue> Advance(long now)
    {
        IsHeld = now - Time > Rules.TimeStepMaxSeconds * 1_000_000L;
        if (IsHeld)
        {
            _heldTime = now;
            return [];
        }

        Time = Math.Max(Time, now);
        var due = Stops();
        DefinitionsVersion += due.Count;
        if (DayOf(Time, Rules) != BusinessDay)
        {
            BusinessDay = DayOf(Time, Rules);
            due.Add(new ReferenceDue(MessageType.DayOpened, BusinessDay, []));
        }

        LastNumber += due.Count;
        Expire(due);
        return due;
    }

    /// <summary>A new process goes on: its start is an entry of its own, and nothing falls due before it.</summary>
    public void Restart(long now)
    {
        IsHeld = false;
        Time = Math.Max(Time, now);
        LastNumber++;
    }

    /// <summary>Decides a frame at the present time. The host's picks of an accepted wager are told by <see cref="TakePicks"/> afterwards.</summary>
    public ReferenceAnswer Decide(Submission submission)
    {
        var before = Of(submission.Header.Source);
        long sequence = (long)submission.Header.Sequence;
        byte[] content = submission.Frame[(Wire.HeaderBytes + Wire.TransactionHeaderBytes)..];
        if (sequence <= before.Count)
        {
            return Repeat(submission, content, before, sequence);
        }

        if (sequence > before.Count + 1)
        {
            return new ReferenceAnswer(null, false, ResultCode.SequenceGap);
        }

        if (IsHeld && !submission.Type.IsControl())
        {
            return new ReferenceAnswer(null, false, ResultCode.Busy);
        }

        var decision = new Decision
        {
            Number = ++LastNumber,
            Source = submission.Header.Source,
            Sequence = sequence,
            Type = submission.Type,
            Content = content,
            BusinessDay = BusinessDay,
            At = Time,
        };
        decision.Ruling = Rule(submission, decision);
        if (!decision.Ruling.IsAccepted)
        {
            decision.AmountCents = 0;
            _tickets.Refused(submission.Message, decision);
        }

        decision.At = Time;
        before.Add(decision);
        ByNumber.Add(decision.Number, decision);
        return new ReferenceAnswer(decision, false, default);
    }

    /// <summary>What became of a decision up to now.</summary>
    public static PresentState StateOf(Decision decision) => decision.Ticket?.State ?? decision.Hold?.State ?? decision.Wait?.State ?? PresentState.None;

    /// <summary>Takes the host's picks over into a ticket; tells what is wrong with them, or null.</summary>
    public string? TakePicks(Ticket ticket, Pick[] picks) => _desk.TakePicks(ticket, picks);

    /// <summary>The control code to print on a ticket.</summary>
    public string ControlCodeOf(Decision decision) => _desk.ControlCodeOf(decision);

    /// <summary>Sales, draws and races that close by themselves, by time.</summary>
    private List<ReferenceDue> Stops()
    {
        var due = new List<(long At, ReferenceDue Due)>();
        foreach (var race in Races.Values.Where(race => race.Status is RaceStatus.Open or RaceStatus.Suspended && race.LatestStopAt <= Time))
        {
            race.Status = RaceStatus.Stopped;
            due.Add((race.LatestStopAt, new ReferenceDue(MessageType.RaceStopDue, race.Id.Value, [])));
        }

        foreach (var race in Races.Values.Where(race => race.ExpiresAt != 0 && race.ExpiresAt <= Time).ToList())
        {
            Races.Remove(race.Id);
            due.Add((race.ExpiresAt, new ReferenceDue(MessageType.RaceCloseDue, race.Id.Value, [])));
        }

        foreach (var sale in Book.Sales.Values.Where(sale => sale.Status == SaleStatus.Open && sale.ClosesAt <= Time))
        {
            sale.Status = SaleStatus.Closed;
            due.Add((sale.ClosesAt, new ReferenceDue(MessageType.SaleCloseDue, sale.Id, [])));
        }

        foreach (var draw in Draws.All.Values.Where(draw => draw.Status == DrawStatus.Open && draw.Definition.ClosesAt <= Time))
        {
            draw.Status = DrawStatus.Closed;
            due.Add((draw.Definition.ClosesAt, new ReferenceDue(MessageType.DrawCloseDue, draw.Definition.Draw, [])));
        }

        return [.. due.OrderBy(static item => item.At).ThenBy(static item => item.Due.Kind).ThenBy(static item => item.Due.Subject).Select(static item => item.Due)];
    }

    /// <summary>Holds that are over, then offers of what is free, together no more than so many.</summary>
    private void Expire(List<ReferenceDue> due)
    {
        int left = DuePerEventMax;
        foreach (var hold in Book.Live.Where(hold => hold.ExpiresAt <= Time).OrderBy(static hold => hold.ExpiresAt).ThenBy(static hold => hold.Number).Take(left).ToList())
        {
            var payment = Book.End(hold, PresentState.Expired, ++LastNumber);
            due.Add(new ReferenceDue(MessageType.HoldExpired, hold.Number, payment?.Bytes() ?? []));
            left--;
        }

        for (; left > 0 && _waiting.Serve(LastNumber + 1, Time) is { } served; left--)
        {
            LastNumber++;
            due.Add(served);
        }
    }

    private List<Decision> Of(uint source)
    {
        if (!Decisions.TryGetValue(source, out var decisions))
        {
            Decisions.Add(source, decisions = []);
        }

        return decisions;
    }

    private static ReferenceAnswer Repeat(Submission submission, byte[] content, List<Decision> before, long sequence)
    {
        if (sequence < 1)
        {
            return new ReferenceAnswer(null, false, ResultCode.SequenceConflict);
        }

        var first = before[(int)sequence - 1];
        bool isSame = first.Type == submission.Type && first.Content.AsSpan().SequenceEqual(content);
        return isSame || first.Ruling.Code == ResultCode.ReversedBeforeArrival || ReversesItself(submission)
            ? new ReferenceAnswer(first, true, default)
            : new ReferenceAnswer(null, false, ResultCode.SequenceConflict);
    }

    private static bool ReversesItself(Submission submission) =>
        submission.Message is Reversal reversal && reversal.OriginalSequence == submission.Header.Sequence;

    private Ruling Rule(Submission submission, Decision decision)
    {
        if (submission.Message is null)
        {
            return new Ruling(ResultCode.MalformedBody, BodyField.Body);
        }

        if (submission.Message is TimeConfirm time)
        {
            return ConfirmTime(time);
        }

        if (ReversesItself(submission))
        {
            return new Ruling(ResultCode.ReversedBeforeArrival);
        }

        if (submission.Header.Deadline != 0 && Time > submission.Header.Deadline)
        {
            return new Ruling(ResultCode.DeadlinePassed, BodyField.Time);
        }

        return submission.Message switch
        {
            Wager wager => _desk.TakeWager(wager, decision),
            Cancel cancel => _desk.Cancel(cancel, decision),
            Reversal reversal => _desk.Reverse(reversal, decision),
            Pay pay => _desk.Pay(pay, decision),
            VoucherIssue issue => _desk.Issue(issue, decision),
            VoucherRedeem redeem => _desk.Redeem(redeem, decision),
            SupervisorResolve resolve => _desk.Resolve(resolve, decision),
            Hold hold => _tickets.Hold(hold, decision),
            Confirm confirm => _tickets.Confirm(confirm, decision),
            Authorise authorise => _tickets.Authorise(authorise, decision),
            Release release => _tickets.Release(release, decision),
            TicketReturn back => _tickets.Return(back, decision),
            WaitJoin join => _waiting.Join(join, decision),
            WaitLeave leave => _waiting.Leave(leave, decision),
            DrawRegister register => Draws.Register(register),
            DrawWithdraw withdraw => Draws.Withdraw(withdraw),
            _ => Control(submission, decision),
        };
    }

    private Ruling ConfirmTime(TimeConfirm confirm)
    {
        if (!IsHeld)
        {
            return new Ruling(ResultCode.TimeNotHeld, BodyField.Time);
        }

        if (confirm.Control.Actor == 0)
        {
            return new Ruling(ResultCode.ActorMissing, BodyField.Actor);
        }

        if (Math.Abs((decimal)confirm.Time - _heldTime) > Rules.TimeStepMaxSeconds * 1_000_000L)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        (Time, IsHeld) = (_heldTime, false);
        return Ruling.Accepted;
    }

    private Ruling Control(Submission submission, Decision decision)
    {
        var control = submission.Message switch
        {
            RaceDefine define => define.Control,
            RaceControl race => race.Control,
            RaceResult result => result.Control,
            RacePublish publish => publish.Control,
            PoolCarryIn carry => carry.Control,
            PlayersBar bar => bar.Control,
            PlayerLimit limit => limit.Control,
            SaleDefine sale => sale.Control,
            CellsDefine cells => cells.Control,
            SaleControl sale => sale.Control,
            SeatsBlock seats => seats.Control,
            SeatsMove seats => seats.Control,
            PaymentsAcknowledge payments => payments.Control,
            DrawDefine draw => draw.Control,
            DrawControl draw => draw.Control,
            DrawFreeze freeze => freeze.Control,
            DrawRun run => run.Control,
            DrawWave wave => wave.Control,
            DrawExclude exclude => exclude.Control,
            _ => throw new InvalidOperationException($"{submission.Type} is no control."),
        };
        if (control.Actor == 0)
        {
            return new Ruling(ResultCode.ActorMissing, BodyField.Actor);
        }

        Ruling ruling;
        switch (submission.Message)
        {
            case PlayersBar bar:
                ruling = Players.Bar(bar);
                if (ruling.IsAccepted)
                {
                    Players.Take(bar, Time);
                }

                return ruling;
            case PlayerLimit limit:
                if (limit.DayCents < 0 || limit.WeekCents < 0 || limit.MonthCents < 0)
                {
                    return new Ruling(ResultCode.DefinitionInvalid, BodyField.Amount);
                }

                Players.Account(limit.Player).Limit(limit, Time, Rules.LimitRaiseHours);
                return Ruling.Accepted;
            case RaceDefine define:
                ruling = _controls.Define(define);
                break;
            case RaceResult result:
                ruling = _controls.Result(result);
                break;
            case RacePublish publish:
                ruling = _controls.Publish(publish, Time);
                break;
            case PoolCarryIn carry:
                return _controls.CarryIn(carry);
            case RaceControl race:
                ruling = _controls.Control(submission.Type, race, decision.Number, Time);
                break;
            default:
                ruling = Seats(submission, decision, out bool isPublic);
                DefinitionsVersion += ruling.IsAccepted && isPublic ? 1 : 0;
                return ruling;
        }

        DefinitionsVersion += ruling.IsAccepted ? 1 : 0;
        return ruling;
    }

    /// <summary>What an administrator does to sales and draws; <paramref name="isPublic"/>: everybody is told.</summary>
    private Ruling Seats(Submission submission, Decision decision, out bool isPublic)
    {
        isPublic = submission.Message is not (PaymentsAcknowledge or DrawExclude);
        return submission.Message switch
        {
            SaleDefine sale => _sales.Define(sale, Time),
            CellsDefine cells => _sales.Cells(cells),
            SaleControl sale => _sales.Control(submission.Type, sale, Time),
            SeatsBlock block => _sales.Block(block),
            SeatsMove move => _sales.Move(move),
            PaymentsAcknowledge acknowledge => _sales.Acknowledge(acknowledge, decision.Number - 1),
            DrawDefine draw => Draws.Define(draw, Time),
            DrawControl draw => Draws.Control(submission.Type, draw),
            DrawFreeze freeze => Draws.Freeze(freeze),
            DrawRun run => Draws.Run(run, decision),
            DrawWave wave => Draws.Wave(wave, Time),
            _ => Draws.Exclude((DrawExclude)submission.Message!),
        };
    }
}
