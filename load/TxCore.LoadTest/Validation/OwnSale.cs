using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>A cell as the tool counts it.</summary>
internal sealed class OwnCell(CellDefinition definition)
{
    public CellDefinition Definition => definition;

    public long Capacity { get; set; } = definition.Capacity;

    public long Blocked { get; set; } = definition.Blocked;

    public long Held { get; set; }

    public long Sold { get; set; }

    public long Available => Capacity - Blocked - Held - Sold;

    public int PersonMax => definition.QuantityMax;

    /// <summary>Who waits, in the order in which seats are offered.</summary>
    public SortedSet<(uint Rank, uint Number)> Waiting { get; } = [];
}

/// <summary>A sale as the tool counts it.</summary>
internal sealed class OwnSale(SaleDefine definition)
{
    public uint Id => definition.Sale;

    public SaleStatus Status { get; set; } = SaleStatus.Draft;

    public SaleTerms Terms => definition.Terms;

    public long HoldMicroseconds => definition.HoldSeconds * 1_000_000L;

    public long OfferMicroseconds => definition.Terms.OfferSeconds * 1_000_000L;

    public long ClosesAt => definition.ClosesAt;

    public Dictionary<(uint Session, ushort Category), OwnCell> Cells { get; } = [];

    public OwnCell? Find(HoldLine line) => Cells.GetValueOrDefault((line.Session, line.Category));
}

/// <summary>Seats of a person over all sales, held and bought.</summary>
internal sealed class OwnPerson
{
    public int Seats { get; private set; }

    public Dictionary<uint, int> InSession { get; } = [];

    /// <summary>Where the person waits.</summary>
    public HashSet<OwnCell> Waits { get; } = [];

    public void Take(uint session, int seats)
    {
        Seats += seats;
        InSession[session] = InSession.GetValueOrDefault(session) + seats;
    }
}

/// <summary>A hold or offer, whatever became of it.</summary>
internal sealed class OwnHold(int person, OwnSale sale, HoldLine[] lines, long amountCents, long expiresAt)
{
    public int Person => person;

    public OwnSale Sale => sale;

    public HoldLine[] Lines => lines;

    /// <summary>Seats of each line that were not returned.</summary>
    public int[] Left { get; } = [.. lines.Select(line => (int)line.Quantity)];

    public long AmountCents => amountCents;

    public long ExpiresAt => expiresAt;

    /// <summary>The authorisation recorded before the confirmation; 0 for none.</summary>
    public int Authorisation { get; set; }

    public PresentState State { get; set; } = PresentState.Held;
}

/// <summary>A place on a waiting list.</summary>
internal sealed record OwnWait(int Person, OwnSale Sale, OwnCell Cell, int Quantity, uint Rank);

/// <summary>A decision by the tool's own rules.</summary>
internal readonly record struct OwnDecision(ResultCode Code, long AmountCents = 0, long ExpiresAt = 0)
{
    public static readonly OwnDecision Accepted = new(ResultCode.Accepted);

    public static implicit operator OwnDecision(ResultCode code) => new(code);
}
