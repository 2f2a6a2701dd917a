using TxCore.Protocol;

namespace TxCore.LoadTest.Validation;

/// <summary>A payment order that follows from a decision.</summary>
internal readonly record struct OwnPayment(long Number, PaymentKind Kind, long Hold, long AmountCents, int Authorisation);

/// <summary>The payment orders by the tool's own rules: whatever was authorised is captured or voided, once.</summary>
internal sealed class OwnPayments
{
    private readonly HashSet<int> _used = [];
    private readonly List<OwnPayment> _orders = [];

    /// <summary>The orders in the order of their numbers.</summary>
    public IReadOnlyList<OwnPayment> Orders => _orders;

    public bool IsUsed(int authorisation) => _used.Contains(authorisation);

    /// <summary>An authorisation is kept with a hold; one that was there before is given back.</summary>
    public void Record(OwnHold hold, int authorisation, uint number, uint holdNumber)
    {
        Void(hold, number, holdNumber);
        hold.Authorisation = authorisation;
        _used.Add(authorisation);
    }

    public void Capture(OwnHold hold, int authorisation, uint number, uint holdNumber)
    {
        _used.Add(authorisation);
        hold.Authorisation = 0;
        _orders.Add(new OwnPayment(number, PaymentKind.Capture, holdNumber, hold.AmountCents, authorisation));
    }

    /// <summary>A hold ended unpaid: what was kept with it is given back.</summary>
    public void Void(OwnHold hold, uint number, uint holdNumber)
    {
        if (hold.Authorisation != 0)
        {
            _orders.Add(new OwnPayment(number, PaymentKind.Void, holdNumber, hold.AmountCents, hold.Authorisation));
            hold.Authorisation = 0;
        }
    }

    /// <summary>A refused payment takes no money: an authorisation nobody used yet is given back.</summary>
    public void Refuse(int authorisation, uint number, uint holdNumber, long amountCents)
    {
        if (authorisation != 0 && _used.Add(authorisation))
        {
            _orders.Add(new OwnPayment(number, PaymentKind.Void, holdNumber, amountCents, authorisation));
        }
    }

    public void Refund(uint number, uint holdNumber, long amountCents) =>
        _orders.Add(new OwnPayment(number, PaymentKind.Refund, holdNumber, amountCents, 0));
}
