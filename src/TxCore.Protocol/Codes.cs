namespace TxCore.Protocol;

/// <summary>The two legally separate channels; a shard, its database and its sources belong to exactly one.</summary>
public enum Channel : byte
{
    /// <summary>Points of sale.</summary>
    Retail = 1,

    /// <summary>Online.</summary>
    Online = 2,
}

/// <summary>What a source may submit.</summary>
public enum SourceRole : byte
{
    /// <summary>Definitions, status and broadcasts only.</summary>
    Read = 1,

    /// <summary>Transactions too.</summary>
    Submit = 2,

    /// <summary>Controls too.</summary>
    Admin = 3,
}

/// <summary>
/// Bet types by the operator's codes (<c>domain.md</c> section 1.3); the code is the name of the pool on a race. Online pools
/// (<c>E_</c> prefix) are the same numbers plus <see cref="BetTypes.OnlineOffset"/>.
/// </summary>
public enum BetType : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>SIMPLE_GAGNANT: win.</summary>
    Win = 1,

    /// <summary>SIMPLE_PLACE: place.</summary>
    Place = 2,

    /// <summary>COUPLE_GAGNANT: quinella.</summary>
    Quinella = 3,

    /// <summary>COUPLE_PLACE: quinella place.</summary>
    QuinellaPlace = 4,

    /// <summary>COUPLE_ORDRE: exacta.</summary>
    Exacta = 5,

    /// <summary>TRIO: first three in any order.</summary>
    Trio = 6,

    /// <summary>TRIO_ORDRE: trifecta.</summary>
    Trifecta = 7,

    /// <summary>DEUX_SUR_QUATRE: two of the first four.</summary>
    TwoOfFour = 8,

    /// <summary>MINI_MULTI.</summary>
    MiniMulti = 9,

    /// <summary>MULTI.</summary>
    Multi = 10,

    /// <summary>TIERCE.</summary>
    Tierce = 11,

    /// <summary>QUARTE_PLUS.</summary>
    QuartePlus = 12,

    /// <summary>QUINTE_PLUS.</summary>
    QuintePlus = 13,

    /// <summary>PICK5.</summary>
    Pick5 = 14,

    /// <summary>SUPER_QUATRE: superfecta.</summary>
    SuperFour = 15,

    /// <summary>TIC_TROIS.</summary>
    TicTrois = 16,

    /// <summary>REPORT_PLUS: parlay.</summary>
    Report = 17,
}

/// <summary>Channel arithmetic of <see cref="BetType"/>.</summary>
public static class BetTypes
{
    /// <summary>Added to a retail pool's number to name the online pool of the same bet type.</summary>
    public const ushort OnlineOffset = 1000;

    /// <summary>The pool number of a bet type in a channel.</summary>
    public static ushort PoolOf(BetType type, Channel channel) => (ushort)((ushort)type + (channel == Channel.Online ? OnlineOffset : 0));

    /// <summary>The channel a pool number belongs to.</summary>
    public static Channel ChannelOf(ushort pool) => pool >= OnlineOffset ? Channel.Online : Channel.Retail;

    /// <summary>The bet type of a pool number of either channel.</summary>
    public static BetType TypeOf(ushort pool) => (BetType)(pool >= OnlineOffset ? pool - OnlineOffset : pool);
}

/// <summary>Formulas of a line (<c>domain.md</c> section 1.4).</summary>
public enum Formula : byte
{
    /// <summary>UNITAIRE: one combination.</summary>
    Unit = 1,

    /// <summary>COMBINAISON: all combinations of the runners named.</summary>
    Combined = 2,

    /// <summary>CHAMP_REDUIT: bases with the associates named.</summary>
    ReducedField = 3,

    /// <summary>CHAMP_TOTAL: bases with all other runners.</summary>
    TotalField = 4,
}

/// <summary>The three stake forms; a line has exactly one.</summary>
public enum StakeForm : byte
{
    /// <summary>Multiple of the base stake per combination.</summary>
    Multiple = 1,

    /// <summary>Percentage of the base stake per combination.</summary>
    Flexi = 2,

    /// <summary>Amount in cents per combination.</summary>
    Value = 3,
}

/// <summary>How the stake was paid.</summary>
public enum PaymentMeans : byte
{
    /// <summary>Cash.</summary>
    Cash = 0,

    /// <summary>Card.</summary>
    Card = 1,

    /// <summary>Player account.</summary>
    Account = 2,

    /// <summary>Voucher.</summary>
    Voucher = 3,
}

/// <summary>The present state of what a transaction made, told with every outcome; a repeat tells today's, not the first answer's.</summary>
public enum PresentState : byte
{
    /// <summary>Nothing was made (a refusal, a control).</summary>
    None = 0,

    /// <summary>The ticket stands.</summary>
    Live = 1,

    /// <summary>The ticket was cancelled: it must not be printed.</summary>
    Cancelled = 2,

    /// <summary>The transaction was reversed: it must not be printed.</summary>
    Reversed = 3,

    /// <summary>The ticket was paid.</summary>
    Paid = 4,

    /// <summary>The hold lives.</summary>
    Held = 5,

    /// <summary>The hold was confirmed.</summary>
    Confirmed = 6,

    /// <summary>The hold was released.</summary>
    Released = 7,

    /// <summary>The hold expired.</summary>
    Expired = 8,

    /// <summary>A supervisor has yet to decide whether the ticket is reversed.</summary>
    Disputed = 9,

    /// <summary>The seats of the order were given back.</summary>
    Returned = 10,

    /// <summary>The person waits.</summary>
    Waiting = 11,

    /// <summary>The person who waited was offered seats.</summary>
    Offered = 12,
}

/// <summary>Life of a race (<c>domain.md</c> section 1.2).</summary>
public enum RaceStatus : byte
{
    /// <summary>Not defined.</summary>
    None = 0,

    /// <summary>Defined, not on sale.</summary>
    Draft = 1,

    /// <summary>On sale.</summary>
    Open = 2,

    /// <summary>On sale later: wagers wait.</summary>
    Suspended = 3,

    /// <summary>Betting has stopped.</summary>
    Stopped = 4,

    /// <summary>The order of finish is provisional.</summary>
    Provisional = 5,

    /// <summary>The order of finish is official.</summary>
    Official = 6,

    /// <summary>The dividends are published: winners are paid.</summary>
    Payable = 7,

    /// <summary>The time for payment is over.</summary>
    Closed = 8,

    /// <summary>Cancelled: every wager is refunded.</summary>
    Cancelled = 9,

    /// <summary>Postponed to another day: every wager is refunded.</summary>
    Postponed = 10,
}

/// <summary>How far the result of a race has got.</summary>
public enum ResultStage : byte
{
    /// <summary>No result.</summary>
    None = 0,

    /// <summary>It may change.</summary>
    Provisional = 1,

    /// <summary>It stands.</summary>
    Official = 2,
}

/// <summary>Where the dividends of a race come from.</summary>
public enum DividendMethod : byte
{
    /// <summary>Computed here: equal split (<c>domain.md</c> section 1.8).</summary>
    EqualSplit = 1,

    /// <summary>Given by the operator's official list.</summary>
    Official = 2,
}

/// <summary>What a dividend rewards (<c>domain.md</c> section 1.6).</summary>
public enum PayRank : byte
{
    /// <summary>The runners named, in any order; the only rank where order does not matter.</summary>
    AnyOrder = 1,

    /// <summary>The runners named, in exactly that order.</summary>
    Order = 2,

    /// <summary>The runners named, in any order but the exact one.</summary>
    Disorder = 3,

    /// <summary>Bonus of Quinte+: the first four, and a runner worse than fifth.</summary>
    BonusFour = 4,

    /// <summary>Bonus: the first three, and runners worse than fourth.</summary>
    BonusThree = 5,
}

/// <summary>What a list of barred players says of one.</summary>
public enum PlayerBar : byte
{
    /// <summary>Not barred any more.</summary>
    None = 0,

    /// <summary>On the ban list.</summary>
    Banned = 1,

    /// <summary>Excluded at the player's own wish, for a time.</summary>
    SelfExcluded = 2,
}

/// <summary>Answer to a status query.</summary>
public enum TransactionStatus : byte
{
    /// <summary>Decided; the outcome follows.</summary>
    Decided = 1,

    /// <summary>It cannot be told yet; ask again.</summary>
    Pending = 2,

    /// <summary>Not decided: the sequence has not arrived.</summary>
    Unknown = 3,
}
