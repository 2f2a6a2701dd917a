namespace TxCore.Protocol;

/// <summary>The field of a body that a refusal points at.</summary>
public enum BodyField : byte
{
    /// <summary>No single field.</summary>
    None = 0,

    /// <summary>The race.</summary>
    Race = 1,

    /// <summary>The pool.</summary>
    Pool = 2,

    /// <summary>The formula.</summary>
    Formula = 3,

    /// <summary>The bases.</summary>
    Bases = 4,

    /// <summary>The associates.</summary>
    Associates = 5,

    /// <summary>The complement.</summary>
    Complement = 6,

    /// <summary>The risk.</summary>
    Risk = 7,

    /// <summary>The all-orders flag.</summary>
    AllOrders = 8,

    /// <summary>The spot flag.</summary>
    Spot = 9,

    /// <summary>The stake form or its value.</summary>
    Stake = 10,

    /// <summary>The announced amount.</summary>
    Amount = 11,

    /// <summary>The legs of a report.</summary>
    Legs = 12,

    /// <summary>The number of a ticket or hold.</summary>
    Number = 13,

    /// <summary>The sequence referred to.</summary>
    Sequence = 14,

    /// <summary>The control code.</summary>
    ControlCode = 15,

    /// <summary>The sale.</summary>
    Sale = 16,

    /// <summary>The session or category of a cell.</summary>
    Cell = 17,

    /// <summary>The quantity.</summary>
    Quantity = 18,

    /// <summary>The payment authorisation.</summary>
    Authorisation = 19,

    /// <summary>The draw.</summary>
    Draw = 20,

    /// <summary>A time.</summary>
    Time = 21,

    /// <summary>The runner.</summary>
    Runner = 22,

    /// <summary>The number of runners.</summary>
    RunnerCount = 23,

    /// <summary>The actor or second actor.</summary>
    Actor = 24,

    /// <summary>The person key.</summary>
    Person = 25,

    /// <summary>The number of lines.</summary>
    Lines = 26,

    /// <summary>The whole body.</summary>
    Body = 27,

    /// <summary>The order of finish.</summary>
    Finish = 28,

    /// <summary>The dividends.</summary>
    Dividends = 29,

    /// <summary>The version of a list.</summary>
    ListVersion = 30,

    /// <summary>How the stake is paid.</summary>
    PaymentMeans = 31,

    /// <summary>The pack of a line.</summary>
    Pack = 32,

    /// <summary>The consent flags.</summary>
    Consent = 33,

    /// <summary>The wave.</summary>
    Wave = 34,

    /// <summary>The list of a draw: its size or root.</summary>
    List = 35,

    /// <summary>The secret or its commitment.</summary>
    Secret = 36,

    /// <summary>The beacon.</summary>
    Beacon = 37,
}
