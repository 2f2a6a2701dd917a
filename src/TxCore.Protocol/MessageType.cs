namespace TxCore.Protocol;

/// <summary>
/// Message types, banded by what they are. Values are frozen: they are on the wire and in stored rows. Free numbers of a band are
/// reserved for later messages of the same kind.
/// </summary>
public enum MessageType : ushort
{
    /// <summary>No message.</summary>
    None = 0,

    // 0x0001..0x00FF session
    /// <summary>Client to server: opens the logon of a source (SCRAM client-first).</summary>
    LogonRequest = 0x0001,

    /// <summary>Server to client: SCRAM server-first.</summary>
    LogonChallenge = 0x0002,

    /// <summary>Client to server: SCRAM client-final.</summary>
    LogonProof = 0x0003,

    /// <summary>Server to client: logged on, or why not.</summary>
    LogonReply = 0x0004,

    /// <summary>Both ways: alive; carries the present definitions version.</summary>
    Heartbeat = 0x0005,

    /// <summary>Server to client: what was wrong with the connection, which closes after it.</summary>
    Error = 0x0006,

    /// <summary>Client to server: closes the session in order.</summary>
    Logoff = 0x0007,

    // 0x0100..0x017F transactions of terminals and frontends
    /// <summary>A wager: one ticket of one or more lines.</summary>
    Wager = 0x0101,

    /// <summary>Cancels an accepted ticket by number.</summary>
    Cancel = 0x0102,

    /// <summary>Undoes a transaction by its sequence, arrived or not.</summary>
    Reversal = 0x0103,

    /// <summary>Pays a ticket by number and control code.</summary>
    Pay = 0x0104,

    /// <summary>Sells a voucher: money in, a sealed paper out.</summary>
    VoucherIssue = 0x0105,

    /// <summary>Takes a voucher back for its amount, once.</summary>
    VoucherRedeem = 0x0106,

    /// <summary>Holds seats for a limited time.</summary>
    Hold = 0x0110,

    /// <summary>Turns a live hold into an order.</summary>
    Confirm = 0x0111,

    /// <summary>Gives a live hold back.</summary>
    Release = 0x0112,

    /// <summary>Records the payment authorisation of a live hold.</summary>
    Authorise = 0x0113,

    /// <summary>Gives bought seats back at face value.</summary>
    TicketReturn = 0x0114,

    /// <summary>Puts a person on the waiting list of a cell.</summary>
    WaitJoin = 0x0115,

    /// <summary>Takes a person off a waiting list.</summary>
    WaitLeave = 0x0116,

    /// <summary>Registers a person in a draw.</summary>
    DrawRegister = 0x0120,

    /// <summary>Withdraws a person from a draw.</summary>
    DrawWithdraw = 0x0121,

    // 0x0180..0x01FF queries
    /// <summary>Asks what became of a sequence; decides nothing.</summary>
    StatusQuery = 0x0180,

    /// <summary>Asks where a person stands in a draw and in the sales; decides nothing.</summary>
    PersonRequest = 0x0181,

    // 0x0200..0x02FF definitions
    /// <summary>Asks for a page of what is on sale.</summary>
    DefinitionsRequest = 0x0201,

    /// <summary>One page of what is on sale.</summary>
    DefinitionsPage = 0x0202,

    /// <summary>Asks for the totals of a race's pools and their dividends, probable or published.</summary>
    PoolTotalsRequest = 0x0203,

    /// <summary>Totals and dividends of a race's pools.</summary>
    PoolTotals = 0x0204,

    /// <summary>Asks for the state of a sale's cells.</summary>
    SaleStateRequest = 0x0205,

    /// <summary>Seats available, held, sold and blocked of a sale's cells.</summary>
    SaleState = 0x0206,

    /// <summary>Asks how far a draw has got.</summary>
    DrawStateRequest = 0x0207,

    /// <summary>How far a draw has got: entries, list, commitment, order, waves.</summary>
    DrawState = 0x0208,

    /// <summary>Asks for the payment orders behind a number.</summary>
    PaymentsRequest = 0x0209,

    /// <summary>Payment orders: what to capture, void and refund, in order.</summary>
    PaymentsPage = 0x020A,

    // 0x0300..0x03FF control by an administrator
    /// <summary>Defines a race with its pools and runners.</summary>
    RaceDefine = 0x0301,

    /// <summary>Opens a defined or suspended race.</summary>
    RaceOpen = 0x0302,

    /// <summary>Suspends an open race.</summary>
    RaceSuspend = 0x0303,

    /// <summary>Stops a race: nothing sequenced after it is taken or cancelled.</summary>
    RaceStop = 0x0304,

    /// <summary>Opens a stopped race again under a new epoch (false start); needs a second actor.</summary>
    RaceReopen = 0x0305,

    /// <summary>Declares a runner a non-runner.</summary>
    RaceScratch = 0x0306,

    /// <summary>Cancels a race: every wager on it is refunded.</summary>
    RaceCancel = 0x0307,

    /// <summary>Postpones a race: on the same day wagers stand, to another day they are refunded.</summary>
    RacePostpone = 0x0308,

    /// <summary>Tells the order in which the runners finished, provisional or official.</summary>
    RaceResult = 0x0309,

    /// <summary>Publishes the dividends of a race with an official result; payment begins. Needs a second actor.</summary>
    RacePublish = 0x030A,

    /// <summary>Puts money carried over from an earlier pool without a winner into a pool.</summary>
    PoolCarryIn = 0x030B,

    /// <summary>Defines a sale.</summary>
    SaleDefine = 0x0311,

    /// <summary>Adds inventory cells to a sale that is not open yet.</summary>
    CellsDefine = 0x0312,

    /// <summary>Opens a sale.</summary>
    SaleOpen = 0x0313,

    /// <summary>Closes a sale.</summary>
    SaleClose = 0x0314,

    /// <summary>Sets how many seats of a cell are not for sale.</summary>
    SeatsBlock = 0x0315,

    /// <summary>Moves available seats of a cell to another sale.</summary>
    SeatsMove = 0x0316,

    /// <summary>Accepts a forward step of the clock after which intake was stopped.</summary>
    TimeConfirm = 0x0321,

    /// <summary>Decides a reversal that came after a stop; granting it needs a second actor.</summary>
    SupervisorResolve = 0x0322,

    /// <summary>Changes the list of barred players, by keyed hash.</summary>
    PlayersBar = 0x0323,

    /// <summary>Sets the stake limits of a player, by keyed hash.</summary>
    PlayerLimit = 0x0324,

    /// <summary>Tells that payment orders up to a number were carried out.</summary>
    PaymentsAcknowledge = 0x0325,

    /// <summary>Defines a draw.</summary>
    DrawDefine = 0x0330,

    /// <summary>Opens the registration of a draw.</summary>
    DrawOpen = 0x0331,

    /// <summary>Closes the registration of a draw.</summary>
    DrawClose = 0x0332,

    /// <summary>Freezes the list of a draw, commits to the secret, names the beacon; needs a second actor.</summary>
    DrawFreeze = 0x0333,

    /// <summary>Runs a frozen draw with the secret and the beacon's randomness; needs a second actor.</summary>
    DrawRun = 0x0334,

    /// <summary>Publishes the order of a draw; needs a second actor.</summary>
    DrawPublish = 0x0335,

    /// <summary>Gives the next ranks of a draw their slot.</summary>
    DrawWave = 0x0336,

    /// <summary>Excludes persons from a draw.</summary>
    DrawExclude = 0x0337,

    /// <summary>Ends a draw whose slots are over: its entries leave memory.</summary>
    DrawEnd = 0x0338,

    // 0x0400..0x04FF server to client
    /// <summary>The decision on a transaction.</summary>
    Outcome = 0x0401,

    /// <summary>A transaction that was not decided (busy, gap, conflict, fenced) and what to do.</summary>
    NotDecided = 0x0402,

    /// <summary>The answer to a status query.</summary>
    StatusReply = 0x0404,

    /// <summary>Where a person stands.</summary>
    PersonState = 0x0405,

    /// <summary>Broadcast: a race, sale or draw changed state; numbered by definitions version.</summary>
    StateChange = 0x0410,

    // 0x0500..0x05FF entries the shard makes itself; stored, never on the wire
    /// <summary>The writer started: rules version, limits and key epoch it decides under.</summary>
    Started = 0x0501,

    /// <summary>A business day began.</summary>
    DayOpened = 0x0502,

    /// <summary>A hold expired.</summary>
    HoldExpired = 0x0503,

    /// <summary>A race reached its latest stop time and stopped by itself.</summary>
    RaceStopDue = 0x0504,

    /// <summary>A sale reached its closing time and closed by itself.</summary>
    SaleCloseDue = 0x0505,

    /// <summary>The tickets of a published race expired; the race is closed.</summary>
    RaceCloseDue = 0x0506,

    /// <summary>Seats that came free were offered to the first of a waiting list: a hold of its own, under this number.</summary>
    WaitOffered = 0x0507,

    /// <summary>A person left a waiting list without an offer: excluded, at the limit of seats, or the sale closed.</summary>
    WaitLapsed = 0x0508,

    /// <summary>The registration of a draw reached its closing time and closed by itself.</summary>
    DrawCloseDue = 0x0509,
}

/// <summary>Tells the bands of <see cref="MessageType"/> apart.</summary>
public static class MessageTypes
{
    /// <summary>True for what a terminal or frontend submits under a sequence.</summary>
    public static bool IsTransaction(this MessageType type) => (ushort)type is >= 0x0100 and < 0x0180;

    /// <summary>True for what an administrator submits under a sequence.</summary>
    public static bool IsControl(this MessageType type) => (ushort)type is >= 0x0300 and < 0x0400;

    /// <summary>True for what carries a source, a sequence and a deadline and is decided.</summary>
    public static bool IsSequenced(this MessageType type) => type.IsTransaction() || type.IsControl();
}
