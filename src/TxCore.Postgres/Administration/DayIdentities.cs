using System.Globalization;
using TxCore.Protocol;

namespace TxCore.Postgres;

/// <summary>The identities of the end of a day (<c>domain.md</c> section 2.4): which there are, and which do not hold.</summary>
public static class DayIdentities
{
    /// <summary>Accepted - cancelled - reversed is the same by the columns and by the commands.</summary>
    public const string PoolTotal = "pool total";

    /// <summary>The total of a published pool is the running total that its settlement was made with.</summary>
    public const string PoolPublished = "published total";

    /// <summary>Reports and earlier pools brought in what the settlement says came in.</summary>
    public const string PoolCarried = "carried in";

    /// <summary>What came into a published pool is what went out, to the cent.</summary>
    public const string PoolBalanced = "pool";

    /// <summary>Gross is takeout, paid, unpaid, expired, carried on, breakage and carried over, less the top-up.</summary>
    public const string Race = "race";

    /// <summary>No race pays more than it owes, and none before it owes anything.</summary>
    public const string Paid = "paid";

    /// <summary>What expired with a race is what it had not paid.</summary>
    public const string Expired = "expired";

    /// <summary>Sequences of a terminal are 1..n without a hole.</summary>
    public const string Sequence = "sequence";

    /// <summary>What a terminal sold and paid is the same by tickets and by their lines and money moves.</summary>
    public const string Cash = "cash";

    /// <summary>Opening + new - paid - expired = closing.</summary>
    public const string Liability = "liability";

    /// <summary>No row names a pool of the other channel.</summary>
    public const string Channel = "channel";

    /// <summary>The amount of an entry is that of its lines, its money moves and the ticket it is about.</summary>
    public const string Entry = "entry";

    /// <summary>Every row has its columns, or the figures would be without it.</summary>
    public const string Plain = "plain rows";

    /// <summary>The identities that do not hold.</summary>
    internal static List<BrokenIdentity> Check(
        IReadOnlyList<PoolFigures> pools, IReadOnlyList<RaceFigures> races, IReadOnlyList<TerminalFigures> terminals, LiabilityFigures liability,
        StrayFigures strays, IReadOnlyList<Misfit> misfits)
    {
        var broken = new List<BrokenIdentity>();
        foreach (var pool in pools)
        {
            CheckPool(broken, pool);
        }

        foreach (var ofRace in pools.GroupBy(pool => pool.Race))
        {
            CheckRace(broken, ofRace.Key, [.. ofRace], races.FirstOrDefault(race => race.Race == ofRace.Key));
        }

        foreach (var race in races)
        {
            CheckOwed(broken, race);
        }

        foreach (var terminal in terminals)
        {
            CheckTerminal(broken, terminal);
        }

        long expected = liability.OpeningCents + liability.NewCents - liability.PaidCents - liability.ExpiredCents;
        Equal(broken, Liability, "day", "opening + new - paid - expired", expected, "closing", liability.ClosingCents);
        CheckStrays(broken, strays, misfits);
        return broken;
    }

    /// <summary>A race as it is written everywhere else.</summary>
    public static string Name(long race) => RaceId.FromValue(race).ToString();

    /// <summary>Cents as euros.</summary>
    public static string Euros(long cents) => (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private static void CheckPool(List<BrokenIdentity> broken, PoolFigures pool)
    {
        string name = $"{Name(pool.Race)} {pool.BetType} ({pool.Pool})";
        Equal(broken, PoolTotal, name, "columns", pool.TotalCents, "commands", pool.LogTotalCents);
        if (pool.Settlement is not { } settled)
        {
            return;
        }

        Equal(broken, PoolPublished, name, "columns", pool.TotalCents, "published", settled.GrossCents);
        Equal(broken, PoolCarried, name, "reports carried here", pool.CarriedHereCents, "published", settled.ReportInCents);
        Equal(broken, PoolCarried, name, "put in", pool.PutInCents, "published", settled.CarryInCents);
        Equal(broken, PoolBalanced, name, "in", settled.InCents, "out", settled.OutCents);
        long payableCents = settled.WinnersCents + settled.RefundCents - pool.CarriedOnCents;
        if (pool.PaidCents > payableCents)
        {
            broken.Add(new BrokenIdentity(Paid, name, $"paid {Euros(pool.PaidCents)}, to be paid {Euros(payableCents)}"));
        }
    }

    private static void CheckRace(List<BrokenIdentity> broken, long race, PoolFigures[] pools, RaceFigures? owed)
    {
        long paidCents = pools.Sum(pool => pool.PaidCents);
        if (owed is null)
        {
            Equal(broken, Paid, Name(race), "paid", paidCents, "owed before it is settled", 0);
            return;
        }

        if (pools.Select(pool => pool.Settlement).OfType<SettledFigures>().ToArray() is { Length: > 0 } settled)
        {
            var sum = settled.Aggregate(static (one, other) => one.Add(other));
            long outCents = sum.TakeoutCents + paidCents + owed.UnpaidCents + owed.ExpiredCents + pools.Sum(pool => pool.CarriedOnCents)
                + sum.BreakageCents - sum.TopUpCents + sum.CarryOverCents;
            Equal(broken, Race, Name(race), "gross and carried in", sum.InCents, "takeout, paid, unpaid, carried on and breakage", outCents);
        }
    }

    private static void CheckOwed(List<BrokenIdentity> broken, RaceFigures race)
    {
        if (race.UnpaidCents < 0)
        {
            broken.Add(new BrokenIdentity(
                Paid, Name(race.Race), $"paid {Euros(race.PaidBeforeCents + race.PaidCents)}, owed {Euros(race.OwedCents)}"));
        }

        if (race.ClosedOn != 0)
        {
            Equal(
                broken, Expired, Name(race.Race), "owed - paid", race.OwedCents - race.PaidBeforeCents - race.PaidCents, "expired", race.ExpiredCents);
        }
    }

    private static void CheckTerminal(List<BrokenIdentity> broken, TerminalFigures terminal)
    {
        string name = $"terminal {terminal.Source}";
        if (!terminal.HasAllSequences)
        {
            broken.Add(new BrokenIdentity(
                Sequence, name, $"{terminal.Entries} entries with sequences {terminal.FirstSequence} to {terminal.LastSequence}"));
        }

        Equal(broken, Cash, name, "tickets sold", terminal.SoldCents, "lines sold", terminal.SoldLinesCents);
        Equal(broken, Cash, name, "tickets paid", terminal.PaidCents, "gains and refunds", terminal.GainPaidCents + terminal.RefundPaidCents);
    }

    private static void CheckStrays(List<BrokenIdentity> broken, StrayFigures strays, IReadOnlyList<Misfit> misfits)
    {
        if (strays.OtherChannel > 0)
        {
            broken.Add(new BrokenIdentity(
                Channel, $"number {strays.FirstOtherChannel}", $"{strays.OtherChannel} times a pool of the other channel"));
        }

        if (strays.PlainRows > 0)
        {
            broken.Add(new BrokenIdentity(Plain, $"number {strays.FirstPlainRow}", $"{strays.PlainRows} rows in plain form are in no figure"));
        }

        foreach (var misfit in misfits)
        {
            broken.Add(new BrokenIdentity(
                Entry, $"number {misfit.Number}",
                $"{misfit.Message} of {Euros(misfit.AmountCents)}, {misfit.ExpectedFrom} {Euros(misfit.ExpectedCents)}"));
        }
    }

    private static void Equal(
        List<BrokenIdentity> broken, string identity, string subject, string oneName, long oneCents, string otherName, long otherCents)
    {
        if (oneCents != otherCents)
        {
            broken.Add(new BrokenIdentity(identity, subject, $"{oneName} {Euros(oneCents)}, {otherName} {Euros(otherCents)}"));
        }
    }
}
