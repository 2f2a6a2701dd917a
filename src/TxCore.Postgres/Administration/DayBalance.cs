using TxCore.Protocol;

namespace TxCore.Postgres;

/// <summary>The figures of a pool at the end of a day, in cents.</summary>
/// <param name="Race">The race, as <c>YYYYMMDDMMRR</c>.</param>
/// <param name="Pool">The pool.</param>
/// <param name="BetType">Its name.</param>
/// <param name="TakenCents">Stakes accepted, from the columns of the lines.</param>
/// <param name="UndoneCents">Of those, the stakes of tickets cancelled or reversed since.</param>
/// <param name="LogTakenCents">Stakes accepted, from the commands.</param>
/// <param name="LogUndoneCents">Stakes taken back, from what stands behind the commands that did.</param>
/// <param name="Settlement">What was published; null before.</param>
/// <param name="CarriedOnCents">What its settlement lets reports carry on to later races.</param>
/// <param name="CarriedHereCents">What settlements of earlier races let reports carry here.</param>
/// <param name="PutInCents">What controls put in from earlier pools that nobody won.</param>
/// <param name="PaidCents">Gains and refunds paid.</param>
public sealed record PoolFigures(
    long Race, int Pool, string BetType, long TakenCents, long UndoneCents, long LogTakenCents, long LogUndoneCents, SettledFigures? Settlement,
    long CarriedOnCents, long CarriedHereCents, long PutInCents, long PaidCents)
{
    /// <summary>The total, from the columns.</summary>
    public long TotalCents => TakenCents - UndoneCents;

    /// <summary>The total, from the commands alone.</summary>
    public long LogTotalCents => LogTakenCents - LogUndoneCents;
}

/// <summary>The published amounts of a pool, or of all pools of a race, in cents.</summary>
/// <param name="GrossCents">Stakes that stood, by the running total of the shard.</param>
/// <param name="ReportInCents">Carried in by reports.</param>
/// <param name="CarryInCents">Carried in from earlier pools that nobody won.</param>
/// <param name="RefundCents">Refunds.</param>
/// <param name="TakeoutCents">The operator's share.</param>
/// <param name="WinnersCents">Gains.</param>
/// <param name="BreakageCents">Left by rounding.</param>
/// <param name="TopUpCents">Added by the operator.</param>
/// <param name="CarryOverCents">Carried over.</param>
public sealed record SettledFigures(
    long GrossCents, long ReportInCents, long CarryInCents, long RefundCents, long TakeoutCents, long WinnersCents, long BreakageCents,
    long TopUpCents, long CarryOverCents)
{
    /// <summary>What came in.</summary>
    public long InCents => GrossCents + ReportInCents + CarryInCents;

    /// <summary>Where it went.</summary>
    public long OutCents => RefundCents + TakeoutCents + WinnersCents + BreakageCents - TopUpCents + CarryOverCents;

    /// <summary>The sum of two.</summary>
    public SettledFigures Add(SettledFigures other) => new(
        GrossCents + other.GrossCents, ReportInCents + other.ReportInCents, CarryInCents + other.CarryInCents, RefundCents + other.RefundCents,
        TakeoutCents + other.TakeoutCents, WinnersCents + other.WinnersCents, BreakageCents + other.BreakageCents, TopUpCents + other.TopUpCents,
        CarryOverCents + other.CarryOverCents);
}

/// <summary>A race that owes its tickets something, or did, in cents.</summary>
/// <param name="Race">The race, as <c>YYYYMMDDMMRR</c>.</param>
/// <param name="SettledOn">Business day of its publication, cancellation or postponement, as <c>YYYYMMDD</c>.</param>
/// <param name="State">Payable, Cancelled or Postponed.</param>
/// <param name="OwedBeforeCents">What it owed when the day began.</param>
/// <param name="OwedCents">Gains and refunds, without what reports carried on; at the end of the day.</param>
/// <param name="PaidBeforeCents">Paid on earlier days.</param>
/// <param name="PaidCents">Paid on the day.</param>
/// <param name="ClosedOn">Business day it was closed on; 0 while it is not.</param>
/// <param name="ExpiredCents">What its closing entry says nobody fetched.</param>
public sealed record RaceFigures(
    long Race, int SettledOn, string State, long OwedBeforeCents, long OwedCents, long PaidBeforeCents, long PaidCents, int ClosedOn, long ExpiredCents)
{
    /// <summary>Still owed at the end of the day.</summary>
    public long UnpaidCents => ClosedOn == 0 ? OwedCents - PaidBeforeCents - PaidCents : 0;
}

/// <summary>The figures of a source at the end of a day, in cents.</summary>
/// <param name="Source">The terminal or frontend; 0 is the shard itself.</param>
/// <param name="Entries">Its entries since ever.</param>
/// <param name="FirstSequence">The lowest sequence of them.</param>
/// <param name="LastSequence">The highest.</param>
/// <param name="HasAllSequences">True when the sequences are 1 to the highest, each once.</param>
/// <param name="SoldCents">Tickets sold, by their totals.</param>
/// <param name="SoldLinesCents">The same, by their lines.</param>
/// <param name="UndoneCents">Cancelled and reversed.</param>
/// <param name="GrantedCents">Its tickets that a supervisor reversed.</param>
/// <param name="PaidCents">Tickets paid, by their totals.</param>
/// <param name="GainPaidCents">Gains in them.</param>
/// <param name="RefundPaidCents">Refunds in them.</param>
/// <param name="VoucherIssuedCents">Vouchers sold, less those reversed.</param>
/// <param name="VoucherRedeemedCents">Vouchers redeemed.</param>
public sealed record TerminalFigures(
    long Source, long Entries, long FirstSequence, long LastSequence, bool HasAllSequences, long SoldCents, long SoldLinesCents, long UndoneCents,
    long GrantedCents, long PaidCents, long GainPaidCents, long RefundPaidCents, long VoucherIssuedCents, long VoucherRedeemedCents)
{
    /// <summary>What the terminal owes for the day.</summary>
    public long CashDueCents =>
        SoldCents - UndoneCents - GrantedCents - GainPaidCents - RefundPaidCents - VoucherRedeemedCents + VoucherIssuedCents;
}

/// <summary>What is owed to the holders of tickets, in cents.</summary>
/// <param name="OpeningCents">At the beginning of the day: the races that were settled and not closed, less what they had paid.</param>
/// <param name="NewCents">
/// Of races settled on the day; less what a race that was refunded before let reports carry on when it was published.
/// </param>
/// <param name="PaidCents">Paid on the day, by the totals of the payments.</param>
/// <param name="ExpiredCents">Expired on the day, by the closing entries.</param>
/// <param name="ClosingCents">At the end of the day, race by race.</param>
public sealed record LiabilityFigures(long OpeningCents, long NewCents, long PaidCents, long ExpiredCents, long ClosingCents);

/// <summary>An entry whose amount is not what something else says of it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Message">What it is.</param>
/// <param name="AmountCents">Its amount.</param>
/// <param name="ExpectedCents">What it should be.</param>
/// <param name="ExpectedFrom">Who says so.</param>
public sealed record Misfit(long Number, string Message, long AmountCents, long ExpectedCents, string ExpectedFrom);

/// <summary>Rows of the day that do not belong, or that no figure contains.</summary>
/// <param name="OtherChannel">Rows, moves and settlements with a pool of the other channel.</param>
/// <param name="FirstOtherChannel">The first number of them; 0 for none.</param>
/// <param name="PlainRows">Rows in plain form.</param>
/// <param name="FirstPlainRow">The first number of them; 0 for none.</param>
public sealed record StrayFigures(long OtherChannel, long FirstOtherChannel, long PlainRows, long FirstPlainRow);

/// <summary>An identity that does not hold.</summary>
/// <param name="Identity">Which one; names are those of <see cref="DayIdentities"/>.</param>
/// <param name="Subject">The pool, race, terminal or entry it does not hold for.</param>
/// <param name="What">The two amounts.</param>
public sealed record BrokenIdentity(string Identity, string Subject, string What);

/// <summary>
/// The end-of-day balance of a shard (<c>domain.md</c> section 2.4), computed by PostgreSQL from the stored rows alone, as of the last entry
/// of the day: a day gives the same balance however late it is asked for.
/// </summary>
/// <param name="BusinessDay">The day as <c>YYYYMMDD</c>.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="Pools">Pools of the day's races.</param>
/// <param name="Races">All races settled so far.</param>
/// <param name="Terminals">All sources.</param>
/// <param name="Liability">What is owed.</param>
/// <param name="Strays">What does not belong.</param>
/// <param name="Misfits">Entries of the day whose amounts do not fit.</param>
/// <param name="Broken">The identities that do not hold; empty when the day balances.</param>
public sealed record DayBalance(
    int BusinessDay, short Shard, Channel Channel, IReadOnlyList<PoolFigures> Pools, IReadOnlyList<RaceFigures> Races,
    IReadOnlyList<TerminalFigures> Terminals, LiabilityFigures Liability, StrayFigures Strays, IReadOnlyList<Misfit> Misfits,
    IReadOnlyList<BrokenIdentity> Broken);
