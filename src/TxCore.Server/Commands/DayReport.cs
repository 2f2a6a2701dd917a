using TxCore.Postgres;

namespace TxCore.Server.Commands;

/// <summary>The balance of a day as text: euros, one line for each pool, race and terminal, totals below.</summary>
internal static class DayReport
{
    public static void Write(DayBalance balance, TextWriter output)
    {
        output.WriteLine($"Balance of {balance.BusinessDay}, shard {balance.Shard} ({balance.Channel}), in euros");
        Pools(balance, output);
        Races(balance, output);
        Terminals(balance, output);
        var liability = balance.Liability;
        output.WriteLine();
        output.WriteLine("Owed to holders of tickets");
        Row(output, "opening", liability.OpeningCents);
        Row(output, "new", liability.NewCents);
        Row(output, "paid", -liability.PaidCents);
        Row(output, "expired", -liability.ExpiredCents);
        Row(output, "closing", liability.ClosingCents);
        output.WriteLine();
        output.WriteLine($"Channel {balance.Channel}: {balance.Strays.OtherChannel} rows of the other; {balance.Strays.PlainRows} rows in plain form");
        output.WriteLine(balance.Broken.Count == 0 ? "The day balances." : $"{balance.Broken.Count} identities do not hold.");
    }

    private static void Pools(DayBalance balance, TextWriter output)
    {
        Head(output, "Pools", "taken", "undone", "total", "by log", "published", "carried in", "takeout", "winners", "refunds", "breakage", "top-up", "carried over");
        foreach (var pool in balance.Pools)
        {
            Row(output, $"{DayIdentities.Name(pool.Race)} {pool.BetType}", Columns(pool));
        }

        Row(output, "all", Sum(balance.Pools.Select(Columns), 12));
    }

    private static void Races(DayBalance balance, TextWriter output)
    {
        Head(output, "Races settled and not closed before", "owed", "paid before", "paid", "expired", "unpaid");
        var open = balance.Races.Where(race => race.ClosedOn == 0 || race.ClosedOn == balance.BusinessDay).ToArray();
        foreach (var race in open)
        {
            Row(output, $"{DayIdentities.Name(race.Race)} {race.State}", Columns(race));
        }

        Row(output, "all", Sum(open.Select(Columns), 5));
    }

    private static void Terminals(DayBalance balance, TextWriter output)
    {
        Head(output, "Terminals", "sold", "undone", "granted", "gains paid", "refunds", "vouchers out", "vouchers in", "cash due");
        foreach (var terminal in balance.Terminals.Where(terminal => Array.Exists(Columns(terminal), static cents => cents != 0)))
        {
            Row(output, $"{terminal.Source}, sequence {terminal.LastSequence}", Columns(terminal));
        }

        Row(output, $"all {balance.Terminals.Count}", Sum(balance.Terminals.Select(Columns), 8));
    }

    private static long[] Columns(PoolFigures pool) => pool.Settlement is { } settled
        ?
        [
            pool.TakenCents, pool.UndoneCents, pool.TotalCents, pool.LogTotalCents, settled.GrossCents, settled.ReportInCents + settled.CarryInCents,
            settled.TakeoutCents, settled.WinnersCents, settled.RefundCents, settled.BreakageCents, settled.TopUpCents, settled.CarryOverCents,
        ]
        : [pool.TakenCents, pool.UndoneCents, pool.TotalCents, pool.LogTotalCents, 0, 0, 0, 0, 0, 0, 0, 0];

    private static long[] Columns(RaceFigures race) => [race.OwedCents, race.PaidBeforeCents, race.PaidCents, race.ExpiredCents, race.UnpaidCents];

    private static long[] Columns(TerminalFigures terminal) =>
    [
        terminal.SoldCents, terminal.UndoneCents, terminal.GrantedCents, terminal.GainPaidCents, terminal.RefundPaidCents,
        terminal.VoucherIssuedCents, terminal.VoucherRedeemedCents, terminal.CashDueCents,
    ];

    private static long[] Sum(IEnumerable<long[]> rows, int columns)
    {
        long[] sum = new long[columns];
        foreach (long[] row in rows)
        {
            for (int i = 0; i < columns; i++)
            {
                sum[i] += row[i];
            }
        }

        return sum;
    }

    private static void Head(TextWriter output, string title, params string[] columns)
    {
        output.WriteLine();
        output.WriteLine($"{title,-36}{string.Concat(columns.Select(static column => $"{column,14}"))}");
    }

    private static void Row(TextWriter output, string name, params long[] cents) =>
        output.WriteLine($"{name,-36}{string.Concat(cents.Select(static one => $"{DayIdentities.Euros(one),14}"))}");
}
