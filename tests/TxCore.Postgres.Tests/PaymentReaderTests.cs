using System.Diagnostics;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>Entries that can carry a payment order are read page by page: in order, none twice, none left out.</summary>
public sealed class PaymentReaderTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_of_any_size_tell_the_same_entries_once_and_in_order()
    {
        var (database, sale) = await HandMadeSale.CreateAsync(postgres);
        await using var reader = database.Reader();
        var all = new List<long>();
        Assert.Equal(
            sale.LastNumber,
            await reader.ReadPaymentsAsync(0, sale.LastNumber, 1000, (in row) => all.Add(row.Entry.Number), Cancellation));
        Assert.Equal(all.Order(), all);
        Assert.All(new[] { "C1", "E2", "V4", "R4", "T1", "C6" }, name => Assert.Contains(sale.Numbers[name], all));
        for (int max = 1; max < all.Count + 2; max++)
        {
            var paged = new List<long>();
            long after = 0;
            for (long next = -1; after != next;)
            {
                next = after;
                after = await reader.ReadPaymentsAsync(next, sale.LastNumber, max, (in row) => paged.Add(row.Entry.Number), Cancellation);
            }

            Assert.Equal(all, paged);
            Assert.Equal(sale.LastNumber, after);
        }
    }

    [Fact]
    public async Task Nothing_above_the_number_asked_for_or_not_committed_is_told()
    {
        var (database, sale) = await HandMadeSale.CreateAsync(postgres);
        await using var reader = database.Reader();
        var read = new List<long>();
        long upTo = sale.Numbers["E2"];

        Assert.Equal(upTo, await reader.ReadPaymentsAsync(sale.Numbers["C1"], upTo, 10, Visit, Cancellation));
        Assert.Equal(sale.Numbers["E2"], read[^1]);
        Assert.DoesNotContain(sale.Numbers["C1"], read);
        Assert.Equal(sale.LastNumber, await reader.ReadPaymentsAsync(sale.LastNumber - 1, long.MaxValue, 10, Visit, Cancellation));
        Assert.Equal(sale.LastNumber + 5, await reader.ReadPaymentsAsync(sale.LastNumber + 5, sale.LastNumber + 9, 10, Visit, Cancellation));
        Assert.Equal(7, await reader.ReadPaymentsAsync(7, 3, 10, Visit, Cancellation));

        void Visit(in StoredRow row) => read.Add(row.Entry.Number);
    }

    [Fact]
    public async Task A_page_behind_a_recent_number_does_not_read_a_big_day()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        for (int batch = 0; batch < 12; batch++)
        {
            await store.CommitAsync(entries.Next(25_000));
        }

        await store.CommitAsync(entries.Next(new Entry { Kind = MessageType.Confirm, Reference = 5 }, [1], new RowDetail()));
        await using (var maintenance = new PostgresMaintenance(database.Writer, ShardDatabase.Identity, TimeProvider.System, _ => { }))
        {
            await maintenance.TurnAsync(SyntheticEntries.FirstDay, Cancellation);
        }

        await using var reader = database.Reader();
        int count = 0;
        await reader.ReadPaymentsAsync(entries.LastNumber - 100, entries.LastNumber, 10, Visit, Cancellation);
        long started = Stopwatch.GetTimestamp();
        await reader.ReadPaymentsAsync(entries.LastNumber - 2000, entries.LastNumber, 10, Visit, Cancellation);
        TestContext.Current.SendDiagnosticMessage(
            "a page behind a recent number of 300,000: {0:F1} ms", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Assert.Equal(2, count);
        Assert.Contains(
            "Bitmap Index Scan", await PlanAsync($"EXPLAIN SELECT * FROM txcore.transaction WHERE business_day = DATE '2025-11-05' AND number BETWEEN {entries.LastNumber - 2000} AND {entries.LastNumber} AND line = 1 AND kind IN (273, 274) ORDER BY number LIMIT 10"), StringComparison.Ordinal);

        void Visit(in StoredRow row) => count++;

        async Task<string> PlanAsync(string sql)
        {
            await using var connection = new Npgsql.NpgsqlConnection(database.Superuser + ";Options=-c enable_seqscan=off");
            await connection.OpenAsync(Cancellation);
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await using var row = await command.ExecuteReaderAsync(Cancellation);
            var lines = new List<string>();
            while (await row.ReadAsync(Cancellation))
            {
                lines.Add(row.GetString(0));
            }

            return string.Join('\n', lines);
        }
    }
}
