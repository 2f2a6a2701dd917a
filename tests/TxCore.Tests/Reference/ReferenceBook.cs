using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>A sale.</summary>
internal sealed class ReferenceSale(SaleDefine definition)
{
    public uint Id { get; } = definition.Sale;

    public SaleStatus Status { get; set; } = SaleStatus.Draft;

    public long ClosesAt { get; } = definition.ClosesAt;

    public uint HoldSeconds { get; } = definition.HoldSeconds;

    public SaleTerms Terms { get; } = definition.Terms;

    public List<ReferenceCell> Cells { get; } = [];

    public ReferenceCell? Cell(uint session, ushort category) => Cells.Find(cell => cell.Session == session && cell.Category == category);

    /// <summary>When a hold made now ends at the latest, whatever its own life.</summary>
    public long LastMoment(long now) => Math.Max(ClosesAt, now + 1);
}

/// <summary>Seats of one category in one session: what is neither blocked nor held nor sold is available.</summary>
internal sealed class ReferenceCell(ReferenceSale sale, CellDefinition definition)
{
    public ReferenceSale Sale { get; } = sale;

    public uint Session { get; } = definition.Session;

    public ushort Category { get; } = definition.Category;

    public long PriceCents { get; } = definition.PriceCents;

    public int QuantityMax { get; } = definition.QuantityMax;

    public int Capacity { get; set; } = (int)definition.Capacity;

    public int Blocked { get; set; } = (int)definition.Blocked;

    public int Held { get; set; }

    public int Sold { get; set; }

    public int Available => Capacity - Blocked - Held - Sold;

    /// <summary>Those who wait, in the order of joining.</summary>
    public List<ReferenceWait> Waits { get; } = [];

    /// <summary>Who is served next: the best rank, then the lowest number; null when nobody waits.</summary>
    public ReferenceWait? Next => Waits.MinBy(static wait => (wait.Rank, wait.Number));
}

/// <summary>A line of a hold or order.</summary>
internal sealed class ReferenceSeats(ReferenceCell cell, int quantity)
{
    public ReferenceCell Cell { get; } = cell;

    public int Quantity { get; } = quantity;

    /// <summary>Seats given back since they were bought.</summary>
    public int Returned { get; set; }

    public int Left => Quantity - Returned;
}

/// <summary>A hold or an offer, and the order that it became.</summary>
internal sealed class ReferenceHold
{
    public required long Number { get; init; }

    /// <summary>Who holds; 0 for an offer.</summary>
    public required uint Source { get; init; }

    public required ReferenceSale Sale { get; init; }

    /// <summary>Person key as hexadecimal digits; empty for nobody named.</summary>
    public required string Person { get; init; }

    public required List<ReferenceSeats> Lines { get; init; }

    public required long ExpiresAt { get; init; }

    /// <summary>Number of the waiting list entry that it is an offer for; 0 for a hold.</summary>
    public long Wait { get; init; }

    /// <summary>The slot it was made in.</summary>
    public ReferenceWave? Wave { get; init; }

    /// <summary>The authorisation recorded for it, as hexadecimal digits; empty for none.</summary>
    public string Authorisation { get; set; } = "";

    public PresentState State { get; set; } = PresentState.Held;

    public long AmountCents => Lines.Sum(static line => line.Quantity * line.Cell.PriceCents);

    /// <summary>Seats of the person that count: held, or bought and not given back.</summary>
    public int SeatsIn(uint session) => State switch
    {
        PresentState.Held => Lines.Where(line => line.Cell.Session == session).Sum(static line => line.Quantity),
        PresentState.Confirmed => Lines.Where(line => line.Cell.Session == session).Sum(static line => line.Left),
        _ => 0,
    };
}

/// <summary>Somebody who waits, or waited.</summary>
internal sealed class ReferenceWait(long number, ReferenceCell cell, string person, int quantity, uint rank)
{
    public long Number { get; } = number;

    public ReferenceCell Cell { get; } = cell;

    public string Person { get; } = person;

    public int Quantity { get; } = quantity;

    public uint Rank { get; } = rank;

    public PresentState State { get; set; } = PresentState.Waiting;
}

/// <summary>What the payment side is asked to do.</summary>
internal sealed record ReferencePayment(long Number, PaymentKind Kind, ulong Hold, long AmountCents, string Authorisation)
{
    /// <summary>As stored behind the command: kind, hold, amount, authorisation.</summary>
    public byte[] Bytes() =>
        [(byte)Kind, .. BitConverter.GetBytes(Hold), .. BitConverter.GetBytes(AmountCents), (byte)(Authorisation.Length / 2), .. Convert.FromHexString(Authorisation)];
}

/// <summary>Everything known of sales, seats and payments.</summary>
internal sealed class ReferenceBook(Dictionary<long, Decision> decisions)
{
    private readonly Dictionary<string, List<ReferenceHold>> _byPerson = [];

    public SortedDictionary<uint, ReferenceSale> Sales { get; } = [];

    /// <summary>Every hold, offer and order there ever was, by number.</summary>
    public Dictionary<long, ReferenceHold> Holds { get; } = [];

    public List<ReferenceHold> Live { get; } = [];

    public Dictionary<long, ReferenceWait> Waits { get; } = [];

    public List<ReferencePayment> Payments { get; } = [];

    /// <summary>Authorisations that were recorded, confirmed with or voided.</summary>
    public HashSet<string> UsedAuthorisations { get; } = [];

    public long AcknowledgedPayments { get; set; }

    /// <summary>Persons who ever held or waited.</summary>
    public SortedSet<string> Persons { get; } = new(StringComparer.Ordinal);

    public ReferenceHold? Hold(ulong number) => number > long.MaxValue ? null : Holds.GetValueOrDefault((long)number);

    /// <summary>What became of what a number made, be it no hold.</summary>
    public PresentState StateOf(ulong number) =>
        number <= long.MaxValue && decisions.GetValueOrDefault((long)number) is { Type: not MessageType.Confirm } decision
            ? ReferenceShard.StateOf(decision)
            : PresentState.None;

    public int Seats(string person) => HoldsOf(person).Sum(static hold => hold.Lines.Select(static line => line.Cell.Session).Distinct().Sum(hold.SeatsIn));

    public int Seats(string person, uint session) => HoldsOf(person).Sum(hold => hold.SeatsIn(session));

    public List<ReferenceHold> HoldsOf(string person) => _byPerson.GetValueOrDefault(person) ?? [];

    public void Add(ReferenceHold hold)
    {
        Holds.Add(hold.Number, hold);
        Live.Add(hold);
        hold.Lines.ForEach(static line => line.Cell.Held += line.Quantity);
        if (hold.Person.Length > 0)
        {
            Persons.Add(hold.Person);
            _byPerson.TryAdd(hold.Person, []);
            _byPerson[hold.Person].Add(hold);
        }
    }

    /// <summary>Ends a live hold; an authorisation recorded for one that is not confirmed is voided under <paramref name="number"/>.</summary>
    public ReferencePayment? End(ReferenceHold hold, PresentState state, long number)
    {
        Live.Remove(hold);
        hold.State = state;
        foreach (var line in hold.Lines)
        {
            line.Cell.Held -= line.Quantity;
            line.Cell.Sold += state == PresentState.Confirmed ? line.Quantity : 0;
        }

        return state != PresentState.Confirmed && hold.Authorisation.Length > 0
            ? Order(number, PaymentKind.Void, (ulong)hold.Number, hold.AmountCents, hold.Authorisation)
            : null;
    }

    public ReferencePayment Order(long number, PaymentKind kind, ulong hold, long amountCents, string authorisation)
    {
        var payment = new ReferencePayment(number, kind, hold, amountCents, authorisation);
        Payments.Add(payment);
        return payment;
    }
}
