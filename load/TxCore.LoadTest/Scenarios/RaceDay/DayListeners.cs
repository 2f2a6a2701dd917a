using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>Nothing follows from the answer.</summary>
internal sealed class NothingFollows : IDecisionListener
{
    public static readonly NothingFollows Instance = new();

    public void Decided(int index, Outcome outcome)
    {
    }
}

/// <summary>A wager on its way: what was printed goes into the book.</summary>
internal sealed class WagerSale(DayBook book, Seller seller, WagerFact wager) : IDecisionListener
{
    public void Decided(int index, Outcome outcome)
    {
        if (outcome.Code == ResultCode.Accepted && outcome.ControlCode.Length > 0)
        {
            seller.Sold(book.Sold(outcome, wager));
        }
    }
}

/// <summary>A voucher on its way.</summary>
internal sealed class VoucherSale(DayBook book) : IDecisionListener
{
    public void Decided(int index, Outcome outcome)
    {
        if (outcome.Code == ResultCode.Accepted && outcome.ControlCode.Length > 0)
        {
            book.Issued(new DayTicket(outcome, 0));
        }
    }
}

/// <summary>A ticket at the counter. Above the cash limit it comes again with identity; some are presented a second time.</summary>
internal sealed class Payment(DayBook book, Presentation presentation, bool comesAgain) : IDecisionListener
{
    public void Decided(int index, Outcome outcome)
    {
        switch (outcome.Code)
        {
            case ResultCode.Accepted:
                book.Paid(presentation.Ticket);
                if (comesAgain)
                {
                    book.Present(presentation.Ticket, presentation.IdentityChecked, isAgain: true);
                }

                break;
            case ResultCode.IdentityRequired:
                book.Present(presentation.Ticket, identityChecked: true);
                break;
            case ResultCode.TicketDisputed:
                // A supervisor is about to decide; the customer waits.
                book.Present(presentation.Ticket, presentation.IdentityChecked, isAgain: true);
                break;
        }
    }
}
