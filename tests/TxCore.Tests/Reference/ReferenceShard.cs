using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>A frame to be decided. <paramref name="Message"/> is what it holds; null when its body cannot be read.</summary>
internal sealed record Submission(MessageType Type, TransactionHeader Header, object? Message, byte[] Frame);

/// <summary>What the reference answers: a decision, new or repeated, or why nothing was decided.</summary>
internal sealed record ReferenceAnswer(Decision? Decision, bool IsRepeat, ResultCode NotDecided);

/// <summary>
/// The rules of betting as <c>domain.md</c> and the protocol document tell them, written plainly: lists are searched, sums are summed, bets
/// are enumerated. Slow, and meant to be read beside the documents; the property tests compare the real decider with it.
/// </summary>
internal sealed class ReferenceShard
{
    private const short Shard = 1;

    private readonly ReferenceControls _controls;
    private readonly ReferenceWagers _wagers;
    private readonly byte[] _receiptKey;
    private long _heldTime;

    public ReferenceShard(ReferenceRules rules, byte[] receiptKey, long now)
    {
        Rules = rules;
        _receiptKey = receiptKey;
        Players = new ReferencePlayers(rules);
        _controls = new ReferenceControls(Races, CarryOvers, rules);
        _wagers = new ReferenceWagers(Races);
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

    /// <summary>Lets time pass; returns what fell due, as kind and subject.</summary>
    public List<(MessageType Kind, long Subject)> Advance(long now)
    {
        var due = new List<(MessageType, long)>();
        IsHeld = now - Time > Rules.TimeStepMaxSeconds * 1_000_000L;
        if (IsHeld)
        {
            _heldTime = now;
            return due;
        }

        Time = Math.Max(Time, now);
        foreach (var race in Races.Values.Where(race => race.Status is RaceStatus.Open or RaceStatus.Suspended && race.LatestStopAt <= Time))
        {
            race.Status = RaceStatus.Stopped;
            due.Add((MessageType.RaceStopDue, race.Id.Value));
        }

        foreach (var race in Races.Values.Where(race => race.ExpiresAt != 0 && race.ExpiresAt <= Time).ToList())
        {
            Races.Remove(race.Id);
            due.Add((MessageType.RaceCloseDue, race.Id.Value));
        }

        DefinitionsVersion += due.Count;
        if (DayOf(Time, Rules) != BusinessDay)
        {
            BusinessDay = DayOf(Time, Rules);
            due.Add((MessageType.DayOpened, BusinessDay));
        }

        LastNumber += due.Count;
        return due;
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
        decision.AmountCents = decision.Ruling.IsAccepted ? decision.AmountCents : 0;
        decision.At = Time;
        before.Add(decision);
        ByNumber.Add(decision.Number, decision);
        return new ReferenceAnswer(decision, false, default);
    }

    /// <summary>What became of a decision up to now.</summary>
    public static PresentState StateOf(Decision decision) => decision.Ticket?.State ?? PresentState.None;

    /// <summary>Takes the host's picks over into a ticket; tells what is wrong with them, or null.</summary>
    public string? TakePicks(Ticket ticket, Pick[] picks)
    {
        var wager = ticket.Wager!;
        foreach (var pick in picks)
        {
            ticket.Picks.Add(pick.Line, pick.Runners);
        }

        for (int number = 1; number <= wager.Lines.Length; number++)
        {
            var line = wager.Lines[number - 1];
            byte[] picked = ticket.Picks.GetValueOrDefault(number) ?? [];
            int missing = line.Spot ? UnitBets.Runners(BetTypes.TypeOf(line.Pool), line.Risk) - line.Bases.Length : 0;
            byte[] all = [.. line.Bases, .. picked, .. line.Complement == 0 ? Array.Empty<byte>() : [line.Complement]];
            bool areEligible = Array.TrueForAll(picked, runner => Races[line.Race].RunnersLeft().Contains(runner));
            if (picked.Length != missing || (line.Spot && (all.Distinct().Count() != all.Length || !areEligible)))
            {
                return $"line {number} of {line}: {picked.Length} picks {string.Join(',', picked)} where {missing} were missing";
            }
        }

        return null;
    }

    /// <summary>The control code to print on a ticket (protocol document, section 12).</summary>
    public string ControlCodeOf(Decision decision)
    {
        byte[] sealedText = new byte[18 + 2 + 8 + 4 + 8 + 8];
        Encoding.ASCII.GetBytes("txcore/receipt/v1\0", sealedText);
        BinaryPrimitives.WriteInt16BigEndian(sealedText.AsSpan(18), Shard);
        BinaryPrimitives.WriteInt64BigEndian(sealedText.AsSpan(20), decision.Number);
        BinaryPrimitives.WriteUInt32BigEndian(sealedText.AsSpan(28), decision.Source);
        BinaryPrimitives.WriteInt64BigEndian(sealedText.AsSpan(32), decision.AmountCents);
        BinaryPrimitives.WriteInt64BigEndian(sealedText.AsSpan(40), decision.At);
        byte[] mac = HMACSHA256.HashData(_receiptKey, sealedText);
        ulong bits = BinaryPrimitives.ReadUInt64BigEndian(mac) >> 24;
        return string.Concat(Enumerable.Range(0, 8).Select(i => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(int)(bits >> (35 - (i * 5)) & 31)]));
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

        if (submission.Message is TimeConfirm confirm)
        {
            return ConfirmTime(confirm);
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
            Wager wager => TakeWager(wager, decision),
            Cancel cancel => Cancel(cancel, decision),
            Reversal reversal => Reverse(reversal, decision),
            Pay pay => Pay(pay, decision),
            VoucherIssue issue => Issue(issue, decision),
            VoucherRedeem redeem => Redeem(redeem, decision),
            SupervisorResolve resolve => Resolve(resolve, decision),
            _ => Control(submission, decision),
        };
    }

    private Ruling TakeWager(Wager wager, Decision decision)
    {
        var ruling = Players.CheckPlayer(wager, Time);
        for (int i = 0; i < wager.Lines.Length && ruling.IsAccepted; i++)
        {
            ruling = _wagers.CheckLine(wager.Lines[i]);
            ruling = ruling.IsAccepted ? ruling : ruling with { Line = i + 1 };
        }

        if (ruling.IsAccepted)
        {
            long price = wager.Lines.Sum(static line => line.AmountCents);
            ruling = price == wager.AmountCents ? Players.CheckAmount(wager, BusinessDay, Time) : new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
        }

        if (!ruling.IsAccepted)
        {
            return ruling;
        }

        decision.AmountCents = wager.AmountCents;
        decision.Ticket = new Ticket(decision, wager);
        foreach (var race in RacesOf(wager).Distinct())
        {
            race!.Tickets.Add(decision.Ticket);
        }

        if (wager.Player.Length > 0)
        {
            Players.Account(wager.Player).Tickets.Add(decision.Ticket);
        }

        return ruling;
    }

    /// <summary>The races of lines and legs; null for one that is not known any more.</summary>
    private IEnumerable<ReferenceRace?> RacesOf(Wager wager) => wager.Lines
        .SelectMany(static line => line.Legs.Select(leg => line.Race with { Race = leg.Race }).Prepend(line.Race))
        .Select(id => Races.GetValueOrDefault(id));

    private bool HasStopped(Wager wager) => RacesOf(wager).Any(static race => race is null || race.Status >= RaceStatus.Stopped);

    private static Ruling CheckStanding(PresentState state, BodyField field) => state switch
    {
        PresentState.Live => Ruling.Accepted,
        PresentState.Disputed => new Ruling(ResultCode.TicketDisputed, field),
        PresentState.Paid => new Ruling(ResultCode.AlreadyPaid, field),
        _ => new Ruling(ResultCode.AlreadyCancelled, field),
    };

    private Ruling Cancel(Cancel cancel, Decision decision)
    {
        decision.Reference = cancel.Number;
        if (cancel.Number > long.MaxValue || cancel.Number == 0 || (long)cancel.Number >= decision.Number)
        {
            return new Ruling(ResultCode.TicketUnknown, BodyField.Number);
        }

        // The entries of the shard itself are not among the decisions: they are none that can be cancelled.
        if (ByNumber.GetValueOrDefault((long)cancel.Number)?.Ticket is not { Wager: { } wager } ticket)
        {
            return new Ruling(ResultCode.CancelNotAllowed, BodyField.Number);
        }

        if (ticket.Decision.Outlet != decision.Outlet)
        {
            return new Ruling(ResultCode.CancelOtherOutlet, BodyField.Number);
        }

        var standing = CheckStanding(ticket.State, BodyField.Number);
        if (!standing.IsAccepted)
        {
            return standing;
        }

        if (HasStopped(wager))
        {
            return new Ruling(ResultCode.CancelAfterStop, BodyField.Race);
        }

        bool hasWin = wager.Lines.Any(static line => BetTypes.TypeOf(line.Pool) == BetType.Win);
        if (Time - ticket.Decision.At > (hasWin ? Rules.CancelWindowWinSeconds : Rules.CancelWindowSeconds) * 1_000_000L)
        {
            return new Ruling(ResultCode.CancelTooLate, BodyField.Time);
        }

        ticket.State = PresentState.Cancelled;
        decision.AmountCents = ticket.AmountCents;
        return Ruling.Accepted;
    }

    private Ruling Reverse(Reversal reversal, Decision decision)
    {
        if (reversal.OriginalSequence == 0 || reversal.OriginalSequence > (ulong)decision.Sequence)
        {
            return new Ruling(ResultCode.MalformedBody, BodyField.Sequence);
        }

        var original = Of(decision.Source)[(int)reversal.OriginalSequence - 1];
        decision.Reference = (ulong)original.Number;
        if (!original.Ruling.IsAccepted)
        {
            return original.Ruling.Code == ResultCode.ReversedBeforeArrival
                ? new Ruling(ResultCode.AlreadyCancelled, BodyField.Sequence)
                : new Ruling(ResultCode.NothingToReverse, BodyField.Sequence);
        }

        if (original.Ticket is not { } ticket)
        {
            return new Ruling(ResultCode.CancelNotAllowed, BodyField.Sequence);
        }

        if (ticket.State == PresentState.Disputed)
        {
            return new Ruling(ResultCode.ReversalToSupervisor, BodyField.Number);
        }

        var standing = CheckStanding(ticket.State, BodyField.Number);
        if (!standing.IsAccepted)
        {
            return standing;
        }

        if (reversal.AmountCents != original.AmountCents)
        {
            return new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
        }

        if (ticket.Wager is { } wager && HasStopped(wager))
        {
            ticket.State = PresentState.Disputed;
            return new Ruling(ResultCode.ReversalToSupervisor, BodyField.Race);
        }

        ticket.State = PresentState.Reversed;
        decision.AmountCents = original.AmountCents;
        return Ruling.Accepted;
    }

    private Ruling CheckReceipt(ulong number, byte[] controlCode, Decision decision, bool isVoucher, out Ticket ticket)
    {
        decision.Reference = number;
        ticket = null!;
        if (number > long.MaxValue || ByNumber.GetValueOrDefault((long)number)?.Ticket is not { } found || found.Wager is null != isVoucher)
        {
            return new Ruling(ResultCode.TicketUnknown, BodyField.Number);
        }

        ticket = found;
        if (Encoding.ASCII.GetString(controlCode) != ControlCodeOf(ticket.Decision))
        {
            return new Ruling(ResultCode.BadControlCode, BodyField.ControlCode);
        }

        return CheckStanding(ticket.State, BodyField.Number);
    }

    private Ruling Issue(VoucherIssue issue, Decision decision)
    {
        if (issue.AmountCents < 1)
        {
            return new Ruling(ResultCode.StakeBelowMinimum, BodyField.Amount);
        }

        if (issue.AmountCents > Rules.CashPayMaxCents)
        {
            return new Ruling(ResultCode.CashLimit, BodyField.Amount);
        }

        decision.AmountCents = issue.AmountCents;
        decision.Ticket = new Ticket(decision, null);
        return Ruling.Accepted;
    }

    private Ruling Redeem(VoucherRedeem redeem, Decision decision)
    {
        var ruling = CheckReceipt(redeem.Number, redeem.ControlCode, decision, isVoucher: true, out var voucher);
        if (ruling.IsAccepted)
        {
            voucher.State = PresentState.Paid;
            decision.AmountCents = voucher.AmountCents;
        }

        return ruling;
    }

    private Ruling Pay(Pay pay, Decision decision)
    {
        var ruling = CheckReceipt(pay.Number, pay.ControlCode, decision, isVoucher: false, out var ticket);
        if (!ruling.IsAccepted)
        {
            return ruling;
        }

        if (RacesOf(ticket.Wager!).Any(static race => race is null))
        {
            return new Ruling(ResultCode.TicketExpired, BodyField.Number);
        }

        if (ticket.Wager!.Lines.Any(line => !IsTold(line)))
        {
            return new Ruling(ResultCode.NotPayableYet, BodyField.Number);
        }

        var money = ValueOf(ticket);
        long cents = money.Sum(static part => part.Cents);
        if (cents == 0)
        {
            return new Ruling(ResultCode.TicketLost, BodyField.Number);
        }

        if (cents > Rules.CashPayMaxCents && !pay.IdentityChecked)
        {
            return new Ruling(ResultCode.IdentityRequired, BodyField.Amount);
        }

        money.ForEach(static part => part.Race.PaidCents += part.Cents);
        ticket.State = PresentState.Paid;
        decision.AmountCents = cents;
        return Ruling.Accepted;
    }

    /// <summary>Lines on a race cancelled or postponed are refunded at once; what a report carries out of one is told by its publication.</summary>
    private bool IsTold(WagerLine line) => line.Legs.Length == 0
        ? Races[line.Race] is { IsPublished: true } or { IsVoid: true }
        : line.Legs.All(leg => Races[line.Race with { Race = leg.Race }].IsPublished);

    private List<(ReferenceRace Race, long Cents)> ValueOf(Ticket ticket)
    {
        var money = new List<(ReferenceRace, long)>();
        for (int number = 1; number <= ticket.Wager!.Lines.Length; number++)
        {
            var line = ticket.Wager.Lines[number - 1];
            if (line.Legs.Length == 0)
            {
                var (gain, refund) = ReferenceSettlement.Value(Races[line.Race], ticket, number);
                money.Add((Races[line.Race], gain + refund));
            }
            else
            {
                money.AddRange(new ReferenceReports(Races).Follow(line, out _).Select(static leg => (leg.Race, leg.Gain + leg.Refund - leg.CarriedCents)));
            }
        }

        return money;
    }

    private Ruling Resolve(SupervisorResolve resolve, Decision decision)
    {
        decision.Reference = resolve.Number;
        if (resolve.Control.Actor == 0)
        {
            return new Ruling(ResultCode.ActorMissing, BodyField.Actor);
        }

        if (resolve.Number > long.MaxValue || ByNumber.GetValueOrDefault((long)resolve.Number)?.Ticket is not { State: PresentState.Disputed } ticket)
        {
            return new Ruling(ResultCode.NothingToResolve, BodyField.Number);
        }

        if (!resolve.IsGranted)
        {
            ticket.State = PresentState.Live;
            return Ruling.Accepted;
        }

        if (!ReferenceControls.HasSecond(resolve.Control))
        {
            return new Ruling(ResultCode.SecondActorNeeded, BodyField.Actor);
        }

        if (RacesOf(ticket.Wager!).Any(static race => race is null || race.Status > RaceStatus.Official))
        {
            return new Ruling(ResultCode.RaceState, BodyField.Race);
        }

        ticket.State = PresentState.Reversed;
        decision.AmountCents = ticket.AmountCents;
        return Ruling.Accepted;
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
            default:
                ruling = _controls.Control(submission.Type, (RaceControl)submission.Message!, decision.Number, Time);
                break;
        }

        DefinitionsVersion += ruling.IsAccepted ? 1 : 0;
        return ruling;
    }
}
