using System.Text;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>
/// What the sellers of a channel send: tickets while races are open and a moment too long, winners' payments, and what else happens at a
/// counter: cancellations, reversals, vouchers, second attempts, mistakes. Used by the generator's thread alone.
/// </summary>
internal sealed class ChannelTraffic(
    Channel channel, IReadOnlyList<Seller> sellers, DayCard card, DayBook book, DayClock clock, DayJournal journal, Dispatcher dispatcher,
    StatusProbe status, Tally tally, DayPlayers players, Random random)
{
    private const double PayShare = 0.45;
    private const double PaidAgainShare = 0.02;
    private const double CancelShare = 0.02;
    private const double ReversalShare = 0.004;
    private const double UnansweredReversalShare = 0.004;
    private const double StatusShare = 0.005;
    private const double VoucherShare = 0.01;
    private const double OddPaymentShare = 0.006;
    private const ushort CustomerChangedMind = 4000;
    private const ushort TimedOut = 4021;
    private const ulong NoSuchTicket = 1UL << 40;

    private readonly WagerMaker _wagers = new(channel, card, players, random);

    /// <summary>Sends one planned transaction; when the measured time is over, only what is left to pay.</summary>
    public void Send(in PlannedSend planned)
    {
        var seller = Pick();
        if (random.NextDouble() < StatusShare && seller.LastSold is { } asked)
        {
            // Beside the planned transaction, not instead of it: a question consumes no sequence.
            status.Ask(seller.Client, new SoldTicket(asked.Number, asked.Sequence, asked.AmountCents, asked.AnsweredAt));
        }

        var now = clock.Now;
        var race = card.Pick(now, random);
        bool pays = !planned.IsMeasured || race is null || random.NextDouble() < PayShare;
        if (pays && book.TryTakePayable(out var presentation))
        {
            Pay(seller, presentation, in planned);
        }
        else if (planned.IsMeasured && !SendCounterTransaction(seller, in planned))
        {
            SendWager(seller, race, now, in planned);
        }
    }

    private Seller Pick() => sellers[random.Next(sellers.Count)];

    /// <summary>Now and then something else than a ticket; false when it is to be one.</summary>
    private bool SendCounterTransaction(Seller seller, in PlannedSend planned)
    {
        double drawn = random.NextDouble();
        if ((drawn -= CancelShare) < 0)
        {
            return Cancel(seller, in planned);
        }

        if ((drawn -= ReversalShare) < 0)
        {
            return Reverse(seller, in planned);
        }

        if ((drawn -= OddPaymentShare) < 0)
        {
            return PayOddly(seller, in planned);
        }

        return channel == Channel.Retail && drawn < 2 * VoucherShare && Voucher(seller, issues: drawn < VoucherShare, in planned);
    }

    private void SendWager(Seller seller, CardRace? race, TimeSpan now, in PlannedSend planned)
    {
        if (race is null || _wagers.Make(race, now) is not { } fact)
        {
            // Nothing is on sale any more, and nothing waits to be paid: somebody tries a ticket that was paid before.
            if (book.PickPaid(random) is { } paid)
            {
                Pay(seller, new Presentation(paid, IdentityChecked: true, IsAgain: true), in planned);
            }

            return;
        }

        long totalCents = fact.Lines.Sum(line => line.AmountCents);
        byte[] authorisation = fact.HasAuthorisation ? Encoding.ASCII.GetBytes("race-day-authorisation") : [];
        var wager = new Wager(default, 0, seller.Client.DefinitionsVersion, Clerk: 1, fact.Means, fact.Player, authorisation, totalCents, fact.Lines);
        JournalLine[] lines = [.. fact.Lines.Select(line => JournalLine.Wager(line.Race.Value, line.Pool, line.AmountCents))];
        int index = Send(seller, wager, fact, new Expectation(ResultCode.Accepted, totalCents), lines, in planned, new WagerSale(book, seller, fact));
        if (index >= 0 && random.NextDouble() < UnansweredReversalShare)
        {
            // The terminal gave up before the answer came.
            _ = UndoAsync(seller, journal.Journal[index].Sequence, totalCents, TimedOut);
        }
    }

    private void Pay(Seller seller, Presentation presentation, in PlannedSend planned)
    {
        var ticket = presentation.Ticket;
        bool comesAgain = !presentation.IsAgain && random.NextDouble() < PaidAgainShare;
        Send(
            seller, new Pay(default, 0, Clerk: 1, ticket.Number, ticket.ControlCode, presentation.IdentityChecked),
            new PayFact(ticket.Number, CodeIsRight: true, presentation.IdentityChecked), new Expectation(ResultCode.Accepted, 0, ticket.Number), [],
            in planned, new Payment(book, presentation, comesAgain));
    }

    /// <summary>A ticket whose race is not over, one with a wrong control code, a number that is no ticket.</summary>
    private bool PayOddly(Seller seller, in PlannedSend planned)
    {
        if (Pick().LastSold is not { } ticket)
        {
            return false;
        }

        int oddity = random.Next(3);
        ulong number = oddity == 2 ? NoSuchTicket : ticket.Number;
        byte[] code = oddity == 1 ? "00000000"u8.ToArray() : ticket.ControlCode;
        Send(
            seller, new Pay(default, 0, Clerk: 1, number, code, IdentityChecked: false), new PayFact(number, oddity != 1, IdentityChecked: false),
            new Expectation(ResultCode.NotPayableYet, 0, number), [], in planned, NothingFollows.Instance);
        return true;
    }

    /// <summary>The ticket sold last is cancelled; some first in another outlet, some once more afterwards.</summary>
    private bool Cancel(Seller seller, in PlannedSend planned)
    {
        if (seller.TakeLastSold() is not { } ticket)
        {
            return false;
        }

        double drawn = random.NextDouble();
        var at = drawn < 0.1 ? Pick() : seller;
        SendCancel(at, ticket, in planned);
        if (drawn > 0.95)
        {
            seller.Sold(ticket);
        }

        return true;
    }

    private void SendCancel(Seller seller, DayTicket ticket, in PlannedSend planned) => Send(
        seller, new Cancel(default, 0, Clerk: 1, ticket.Number, CustomerChangedMind), new CancelFact(ticket.Number, seller.Outlet),
        new Expectation(ResultCode.Accepted, ticket.AmountCents, ticket.Number), [], in planned, NothingFollows.Instance);

    /// <summary>An answered ticket that was not printed is reversed: a transaction of the client's own, beside the planned ones.</summary>
    private bool Reverse(Seller seller, in PlannedSend planned)
    {
        if (seller.TakeLastSold() is { } ticket)
        {
            _ = UndoAsync(seller, ticket.Sequence, ticket.AmountCents, CustomerChangedMind);
        }

        _ = planned;
        return false;
    }

    private bool Voucher(Seller seller, bool issues, in PlannedSend planned)
    {
        if (issues)
        {
            long cents = 100 * random.Next(5, 500);
            Send(
                seller, new VoucherIssue(default, 0, Clerk: 1, cents), new VoucherFact(cents), new Expectation(ResultCode.Accepted, cents), [],
                in planned, new VoucherSale(book));
            return true;
        }

        if (!book.TryTakeVoucher(out var voucher))
        {
            return false;
        }

        bool codeIsRight = random.NextDouble() > 0.02;
        Send(
            seller, new VoucherRedeem(default, 0, Clerk: 1, voucher!.Number, codeIsRight ? voucher.ControlCode : "00000000"u8.ToArray()),
            new RedeemFact(voucher.Number, codeIsRight), new Expectation(ResultCode.Accepted, voucher.AmountCents, voucher.Number), [], in planned,
            NothingFollows.Instance);
        if (!codeIsRight || random.NextDouble() < 0.05)
        {
            book.Issued(voucher);
        }

        return true;
    }

    private int Send<T>(
        Seller seller, T transaction, DayFact fact, in Expectation expected, ReadOnlySpan<JournalLine> lines, in PlannedSend planned,
        IDecisionListener listener)
        where T : IMessage<T>
    {
        int index = dispatcher.Send(seller.Client, transaction, in expected, lines, in planned, listener);
        if (index >= 0)
        {
            journal.Note(index, fact);
        }

        return index;
    }

    /// <summary>Undoes by the client's own means, which may take a sequence of its own.</summary>
    private async Task UndoAsync(Seller seller, ulong sequence, long amountCents, ushort reason)
    {
        using var open = book.Undertake();
        try
        {
            var result = await seller.Client.ReverseAsync(sequence, amountCents, reason).ConfigureAwait(false);
            if (result.Sequence == sequence)
            {
                return;
            }

            journal.Add(seller.Client.Source, result.Outcome, new ReversalFact(sequence, amountCents));
            if (result.Code == ResultCode.ReversalToSupervisor)
            {
                book.Dispute(result.Outcome.Reference);
            }
        }
        catch (TxCoreClientException fault)
        {
            tally.CountFault($"reversal: {fault.Reason}");
        }
    }
}
