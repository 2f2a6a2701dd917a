using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>What happens to wagers and vouchers at the desk: taken, cancelled, reversed, paid (<c>domain.md</c> sections 1.10 and 2).</summary>
internal sealed class ReferenceDesk(ReferenceShard shard, ReferenceTickets tickets, byte[] receiptKey)
{
    private const short Shard = 1;

    private readonly ReferenceWagers _wagers = new(shard.Races);

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
            bool areEligible = Array.TrueForAll(picked, runner => shard.Races[line.Race].RunnersLeft().Contains(runner));
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
        byte[] mac = HMACSHA256.HashData(receiptKey, sealedText);
        ulong bits = BinaryPrimitives.ReadUInt64BigEndian(mac) >> 24;
        return string.Concat(Enumerable.Range(0, 8).Select(i => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(int)(bits >> (35 - (i * 5)) & 31)]));
    }

    public Ruling TakeWager(Wager wager, Decision decision)
    {
        var ruling = shard.Players.CheckPlayer(wager, shard.Time);
        for (int i = 0; i < wager.Lines.Length && ruling.IsAccepted; i++)
        {
            ruling = _wagers.CheckLine(wager.Lines[i]);
            ruling = ruling.IsAccepted ? ruling : ruling with { Line = i + 1 };
        }

        if (ruling.IsAccepted)
        {
            long price = wager.Lines.Sum(static line => line.AmountCents);
            ruling = price == wager.AmountCents ? shard.Players.CheckAmount(wager, shard.BusinessDay, shard.Time) : new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
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
            shard.Players.Account(wager.Player).Tickets.Add(decision.Ticket);
        }

        return ruling;
    }

    /// <summary>The races of lines and legs; null for one that is not known any more.</summary>
    private IEnumerable<ReferenceRace?> RacesOf(Wager wager) => wager.Lines
        .SelectMany(static line => line.Legs.Select(leg => line.Race with { Race = leg.Race }).Prepend(line.Race))
        .Select(id => shard.Races.GetValueOrDefault(id));

    private bool HasStopped(Wager wager) => RacesOf(wager).Any(static race => race is null || race.Status >= RaceStatus.Stopped);

    private static Ruling CheckStanding(PresentState state, BodyField field) => state switch
    {
        PresentState.Live => Ruling.Accepted,
        PresentState.Disputed => new Ruling(ResultCode.TicketDisputed, field),
        PresentState.Paid => new Ruling(ResultCode.AlreadyPaid, field),
        _ => new Ruling(ResultCode.AlreadyCancelled, field),
    };

    public Ruling Cancel(Cancel cancel, Decision decision)
    {
        decision.Reference = cancel.Number;
        if (cancel.Number > long.MaxValue || cancel.Number == 0 || (long)cancel.Number >= decision.Number)
        {
            return new Ruling(ResultCode.TicketUnknown, BodyField.Number);
        }

        // The entries of the shard itself are not among the decisions: they are none that can be cancelled.
        if (shard.ByNumber.GetValueOrDefault((long)cancel.Number)?.Ticket is not { Wager: { } wager } ticket)
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
        if (shard.Time - ticket.Decision.At > (hasWin ? shard.Rules.CancelWindowWinSeconds : shard.Rules.CancelWindowSeconds) * 1_000_000L)
        {
            return new Ruling(ResultCode.CancelTooLate, BodyField.Time);
        }

        ticket.State = PresentState.Cancelled;
        decision.AmountCents = ticket.AmountCents;
        return Ruling.Accepted;
    }

    public Ruling Reverse(Reversal reversal, Decision decision)
    {
        if (reversal.OriginalSequence == 0 || reversal.OriginalSequence > (ulong)decision.Sequence)
        {
            return new Ruling(ResultCode.MalformedBody, BodyField.Sequence);
        }

        var original = shard.Decisions[decision.Source][(int)reversal.OriginalSequence - 1];
        decision.Reference = (ulong)original.Number;
        if (!original.Ruling.IsAccepted)
        {
            return original.Ruling.Code == ResultCode.ReversedBeforeArrival
                ? new Ruling(ResultCode.AlreadyCancelled, BodyField.Sequence)
                : new Ruling(ResultCode.NothingToReverse, BodyField.Sequence);
        }

        if (original.Type == MessageType.Hold)
        {
            return tickets.Reverse(original, reversal.AmountCents, decision);
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
        if (number > long.MaxValue || shard.ByNumber.GetValueOrDefault((long)number)?.Ticket is not { } found || found.Wager is null != isVoucher)
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

    public Ruling Issue(VoucherIssue issue, Decision decision)
    {
        if (issue.AmountCents < 1)
        {
            return new Ruling(ResultCode.StakeBelowMinimum, BodyField.Amount);
        }

        if (issue.AmountCents > shard.Rules.CashPayMaxCents)
        {
            return new Ruling(ResultCode.CashLimit, BodyField.Amount);
        }

        decision.AmountCents = issue.AmountCents;
        decision.Ticket = new Ticket(decision, null);
        return Ruling.Accepted;
    }

    public Ruling Redeem(VoucherRedeem redeem, Decision decision)
    {
        var ruling = CheckReceipt(redeem.Number, redeem.ControlCode, decision, isVoucher: true, out var voucher);
        if (ruling.IsAccepted)
        {
            voucher.State = PresentState.Paid;
            decision.AmountCents = voucher.AmountCents;
        }

        return ruling;
    }

    public Ruling Pay(Pay pay, Decision decision)
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

        if (cents > shard.Rules.CashPayMaxCents && !pay.IdentityChecked)
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
        ? shard.Races[line.Race] is { IsPublished: true } or { IsVoid: true }
        : line.Legs.All(leg => shard.Races[line.Race with { Race = leg.Race }].IsPublished);

    private List<(ReferenceRace Race, long Cents)> ValueOf(Ticket ticket)
    {
        var money = new List<(ReferenceRace, long)>();
        for (int number = 1; number <= ticket.Wager!.Lines.Length; number++)
        {
            var line = ticket.Wager.Lines[number - 1];
            if (line.Legs.Length == 0)
            {
                var (gain, refund) = ReferenceSettlement.Value(shard.Races[line.Race], ticket, number);
                money.Add((shard.Races[line.Race], gain + refund));
            }
            else
            {
                money.AddRange(new ReferenceReports(shard.Races).Follow(line, out _).Select(static leg => (leg.Race, leg.Gain + leg.Refund - leg.CarriedCents)));
            }
        }

        return money;
    }

    public Ruling Resolve(SupervisorResolve resolve, Decision decision)
    {
        decision.Reference = resolve.Number;
        if (resolve.Control.Actor == 0)
        {
            return new Ruling(ResultCode.ActorMissing, BodyField.Actor);
        }

        if (resolve.Number > long.MaxValue || shard.ByNumber.GetValueOrDefault((long)resolve.Number)?.Ticket is not { State: PresentState.Disputed } ticket)
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
}
