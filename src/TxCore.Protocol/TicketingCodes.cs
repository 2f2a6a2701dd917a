namespace TxCore.Protocol;

/// <summary>Life of a sale.</summary>
public enum SaleStatus : byte
{
    /// <summary>Not defined.</summary>
    None = 0,

    /// <summary>Defined, not open.</summary>
    Draft = 1,

    /// <summary>Open.</summary>
    Open = 2,

    /// <summary>Closed.</summary>
    Closed = 3,
}

/// <summary>Life of a draw (<c>domain.md</c> section 3.3).</summary>
public enum DrawStatus : byte
{
    /// <summary>Not defined.</summary>
    None = 0,

    /// <summary>Defined, not open.</summary>
    Draft = 1,

    /// <summary>Persons register and withdraw.</summary>
    Open = 2,

    /// <summary>Registration is over: the list does not change any more.</summary>
    Closed = 3,

    /// <summary>The list, the commitment and the beacon are public; the randomness does not exist yet.</summary>
    Frozen = 4,

    /// <summary>Every entry has its rank.</summary>
    Drawn = 5,

    /// <summary>The order is public; waves get their slots.</summary>
    Published = 6,

    /// <summary>All is over: its entries left memory.</summary>
    Ended = 7,
}

/// <summary>How a person stands in a draw.</summary>
public enum EntryStatus : byte
{
    /// <summary>Not entered.</summary>
    None = 0,

    /// <summary>Entered.</summary>
    Registered = 1,

    /// <summary>Withdrawn: a struck line of the list.</summary>
    Withdrawn = 2,

    /// <summary>Excluded: a struck line of the list.</summary>
    Excluded = 3,
}

/// <summary>What a payment order asks for.</summary>
public enum PaymentKind : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Take the authorised money: the order stands.</summary>
    Capture = 1,

    /// <summary>Let go of the authorisation: its hold ended otherwise, or was not confirmed.</summary>
    Void = 2,

    /// <summary>Give money back: seats were returned.</summary>
    Refund = 3,
}
