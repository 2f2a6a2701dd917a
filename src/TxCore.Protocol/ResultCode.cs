namespace TxCore.Protocol;

/// <summary>
/// Result codes, banded: 100 protocol and sequence, 200 wagers and tickets, 300 sales and draws, 400 control. Values are frozen:
/// they are on the wire and in stored rows. PROTOCOL.md says for each whether it is final, whether it consumes the sequence and
/// what the client does next; <see cref="ResultCodes.Describe"/> says the same to programs. Source: <c>domain.md</c> section 5.
/// </summary>
public enum ResultCode : ushort
{
    /// <summary>Taken.</summary>
    Accepted = 0,

    /// <summary>The frame was well formed, its body was not.</summary>
    MalformedBody = 100,

    /// <summary>A sequence before this one has not been decided.</summary>
    SequenceGap = 102,

    /// <summary>The sequence was decided with other content.</summary>
    SequenceConflict = 103,

    /// <summary>The server can take nothing now.</summary>
    Busy = 105,

    /// <summary>A transaction came before the logon.</summary>
    NotLoggedOn = 106,

    /// <summary>A newer connection of the source took over.</summary>
    Fenced = 107,

    /// <summary>The deadline had passed in sequence time.</summary>
    DeadlinePassed = 108,

    /// <summary>The role of the source does not allow the message.</summary>
    RoleNotAllowed = 109,

    /// <summary>The transaction names another source than the session.</summary>
    SourceMismatch = 110,

    /// <summary>The status asked for cannot be told yet.</summary>
    Pending = 111,

    /// <summary>The frame is longer than the limit.</summary>
    FrameTooLarge = 120,

    /// <summary>The frame is shorter than its header or its message header.</summary>
    FrameTooShort = 121,

    /// <summary>The message type is not known here.</summary>
    UnknownMessage = 122,

    /// <summary>The protocol version is not spoken here.</summary>
    WrongVersion = 123,

    /// <summary>The credential was refused, or the source is unknown or disabled.</summary>
    LogonRefused = 124,

    /// <summary>The logon took too long.</summary>
    LogonTimeout = 125,

    /// <summary>Nothing was heard for too long.</summary>
    IdleTimeout = 126,

    /// <summary>The source holds a number that this database lacks: it was restored from too old a copy.</summary>
    RestoredTooOld = 127,

    /// <summary>The client did not read its answers fast enough.</summary>
    SlowReader = 128,

    /// <summary>The server is shutting down.</summary>
    ShuttingDown = 129,

    /// <summary>The source belongs to another shard or channel.</summary>
    WrongShard = 130,

    /// <summary>The message is not allowed in this state of the session.</summary>
    UnexpectedMessage = 131,

    /// <summary>The most connections are open.</summary>
    TooManyConnections = 132,

    /// <summary>The race is not known.</summary>
    UnknownRace = 200,

    /// <summary>The race is not open yet, or suspended.</summary>
    RaceNotOpen = 201,

    /// <summary>The race was stopped.</summary>
    RaceClosed = 202,

    /// <summary>The pool is not offered on the race.</summary>
    PoolNotOffered = 203,

    /// <summary>The pool belongs to the other channel.</summary>
    WrongChannel = 204,

    /// <summary>The runner is not in the race.</summary>
    RunnerUnknown = 210,

    /// <summary>The runner was scratched.</summary>
    RunnerScratched = 211,

    /// <summary>A runner is named twice.</summary>
    RunnerDuplicated = 212,

    /// <summary>Too few or too many runners for the bet.</summary>
    WrongCount = 213,

    /// <summary>The pool does not take this formula.</summary>
    FormulaNotAllowed = 214,

    /// <summary>The pool takes no complement.</summary>
    ComplementNotAllowed = 215,

    /// <summary>The pool does not take this risk.</summary>
    RiskNotAllowed = 216,

    /// <summary>The pool does not take all orders.</summary>
    AllOrdersNotAllowed = 217,

    /// <summary>Bases of an order bet in a field formula lack their places.</summary>
    BasePositionMissing = 218,

    /// <summary>The host picks no runners for this pool.</summary>
    SpotNotAllowed = 219,

    /// <summary>The stake is below the minimum.</summary>
    StakeBelowMinimum = 220,

    /// <summary>The stake is above the maximum.</summary>
    StakeAboveMaximum = 221,

    /// <summary>The stake is not a multiple of the base stake.</summary>
    StakeNotMultiple = 222,

    /// <summary>The pool does not take this flexi percentage.</summary>
    FlexiNotAllowed = 223,

    /// <summary>The announced amount is not the price.</summary>
    AmountMismatch = 224,

    /// <summary>The stake is above what may be paid in cash.</summary>
    CashLimit = 225,

    /// <summary>The cancellation window is over.</summary>
    CancelTooLate = 230,

    /// <summary>The ticket was sold in another outlet.</summary>
    CancelOtherOutlet = 231,

    /// <summary>A race of the ticket was stopped.</summary>
    CancelAfterStop = 232,

    /// <summary>What the number names cannot be cancelled.</summary>
    CancelNotAllowed = 233,

    /// <summary>The ticket was cancelled or reversed already.</summary>
    AlreadyCancelled = 234,

    /// <summary>The transaction was reversed before it arrived.</summary>
    ReversedBeforeArrival = 235,

    /// <summary>A race of the ticket was stopped: the reversal waits for a supervisor.</summary>
    ReversalToSupervisor = 236,

    /// <summary>The reversed sequence was refused: there is nothing to undo.</summary>
    NothingToReverse = 237,

    /// <summary>The player is barred from playing.</summary>
    PlayerBanned = 240,

    /// <summary>The stake would exceed a limit of the player.</summary>
    PlayerLimitReached = 241,

    /// <summary>The player has excluded himself for a time.</summary>
    PlayerSelfExcluded = 242,

    /// <summary>A wager on account names no player.</summary>
    PlayerMissing = 243,

    /// <summary>The ticket number is not known.</summary>
    TicketUnknown = 250,

    /// <summary>The control code is not the ticket's.</summary>
    BadControlCode = 251,

    /// <summary>The ticket cannot be paid yet.</summary>
    NotPayableYet = 252,

    /// <summary>The ticket was paid already.</summary>
    AlreadyPaid = 253,

    /// <summary>The time in which the ticket could be paid is over.</summary>
    TicketExpired = 254,

    /// <summary>The amount is above what is paid in cash without identity.</summary>
    IdentityRequired = 255,

    /// <summary>A supervisor has yet to decide about the ticket.</summary>
    TicketDisputed = 256,

    /// <summary>The ticket won nothing.</summary>
    TicketLost = 257,

    /// <summary>The legs of a report are not in order, or carry what may not be carried.</summary>
    LegsInvalid = 258,

    /// <summary>The draw is not open.</summary>
    DrawNotOpen = 300,

    /// <summary>The person is entered in the draw already.</summary>
    AlreadyRegistered = 301,

    /// <summary>The person has no slot in the sale now: no rank in a wave, before its start or after its end.</summary>
    SlotNotOpen = 302,

    /// <summary>No seat is left in the cell.</summary>
    SoldOut = 303,

    /// <summary>More seats than one hold may take of the cell.</summary>
    QuantityAboveMaximum = 304,

    /// <summary>The person would have more seats than the session or the sale allows, over all sales.</summary>
    PersonCapReached = 305,

    /// <summary>A pack is not of the sessions and quantities it has to have.</summary>
    PackInvalid = 306,

    /// <summary>The hold has expired.</summary>
    HoldExpired = 307,

    /// <summary>The draw is not known.</summary>
    UnknownDraw = 309,

    /// <summary>The sale is not known.</summary>
    UnknownSale = 310,

    /// <summary>The sale is not open.</summary>
    SaleNotOpen = 311,

    /// <summary>The sale was closed.</summary>
    SaleClosed = 312,

    /// <summary>The inventory cell is not known.</summary>
    UnknownCell = 313,

    /// <summary>The hold is not known.</summary>
    HoldUnknown = 314,

    /// <summary>The hold was confirmed or released already.</summary>
    HoldNotLive = 315,

    /// <summary>The payment authorisation is missing.</summary>
    AuthorisationMissing = 316,

    /// <summary>A quantity of zero, or a cell named twice.</summary>
    QuantityInvalid = 317,

    /// <summary>The payment authorisation was used before, for another hold or to be voided.</summary>
    AuthorisationUsed = 318,

    /// <summary>The sale needs a person key.</summary>
    PersonMissing = 319,

    /// <summary>The person has no entry in the draw.</summary>
    NotRegistered = 320,

    /// <summary>The person is excluded from the draw.</summary>
    PersonExcluded = 321,

    /// <summary>A consent that the draw requires is missing.</summary>
    ConsentMissing = 322,

    /// <summary>The waiting list is full, or the sale has none.</summary>
    WaitingListFull = 323,

    /// <summary>The person waits for the cell already.</summary>
    AlreadyWaiting = 324,

    /// <summary>The number names nobody who waits.</summary>
    WaitUnknown = 325,

    /// <summary>The number names no order with so many seats left on the line.</summary>
    ReturnNotAllowed = 326,

    /// <summary>The draw has as many entries as it may have.</summary>
    DrawFull = 327,

    /// <summary>Another payment authorisation is recorded for the hold.</summary>
    AuthorisationDiffers = 328,

    /// <summary>The race exists already.</summary>
    RaceExists = 400,

    /// <summary>The race's state does not allow the control.</summary>
    RaceState = 401,

    /// <summary>The sale exists already.</summary>
    SaleExists = 402,

    /// <summary>The sale's state does not allow the control.</summary>
    SaleState = 403,

    /// <summary>A field of the definition is out of its limits.</summary>
    DefinitionInvalid = 404,

    /// <summary>The control needs a second, different actor.</summary>
    SecondActorNeeded = 405,

    /// <summary>The cell exists already in the sale.</summary>
    CellExists = 406,

    /// <summary>The actor is missing.</summary>
    ActorMissing = 407,

    /// <summary>The clock is not held: there is nothing to confirm.</summary>
    TimeNotHeld = 408,

    /// <summary>The pool totals in memory and those counted from the rows differ: nothing is published.</summary>
    TotalsDiffer = 409,

    /// <summary>The race changed while its dividends were counted.</summary>
    SettlementOutdated = 410,

    /// <summary>An earlier race, from which a report carries gains into this one, is not published.</summary>
    EarlierRaceUnpublished = 411,

    /// <summary>The number names no ticket that waits for a supervisor.</summary>
    NothingToResolve = 412,

    /// <summary>The list's version is not the next one.</summary>
    ListVersion = 413,

    /// <summary>Less money is carried over than is asked for.</summary>
    CarryOverTooSmall = 414,

    /// <summary>The result names a runner that did not run, or its places do not count up.</summary>
    ResultInvalid = 415,

    /// <summary>The dividends do not fit the race, its result or its pools.</summary>
    DividendsInvalid = 416,

    /// <summary>The draw exists already.</summary>
    DrawExists = 417,

    /// <summary>The draw's state does not allow the control.</summary>
    DrawStateInvalid = 418,

    /// <summary>The list's size or root is not the host's.</summary>
    DrawListDiffers = 419,

    /// <summary>The secret does not open the commitment.</summary>
    SecretInvalid = 420,

    /// <summary>The beacon's randomness is not the hash of its signature, or the signature is missing.</summary>
    BeaconInvalid = 421,

    /// <summary>The wave is not the next, goes beyond the last rank, or its slot is not in the future.</summary>
    WaveInvalid = 422,

    /// <summary>The cell has fewer seats available than the control takes.</summary>
    InventoryTooSmall = 423,

    /// <summary>The number lies before the last acknowledged or behind the last decided.</summary>
    AcknowledgeInvalid = 424,
}
