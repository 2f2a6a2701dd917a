using System.Net;
using Npgsql;
using TxCore.Client;

namespace TxCore.Server.Tests.Fleet;

/// <summary>
/// Compares the terminals' memory with the database, in SQL of its own: what was acknowledged is stored once as it was acknowledged, what is
/// stored was sent, nothing has a hole, and the seats add up. Then the chain.
/// </summary>
internal static class HistoryCheck
{
    /// <summary>Each query returns what breaks its rule.</summary>
    private static readonly (string Rule, string Sql)[] Rules =
    [
        ("every acknowledged transaction is stored as it was acknowledged", """
            SELECT t.source || ':' || t.sequence || ' was acknowledged with number ' || t.number
              FROM told t LEFT JOIN stored s USING (source, sequence)
             WHERE (s.number, s.kind, s.code, to_char(s.business_day, 'YYYYMMDD')::int, round(extract(epoch FROM s.sequenced_at) * 1000000)::int8)
                   IS DISTINCT FROM (t.number, t.kind, t.code, t.business_day, t.sequenced_at)
                OR (NOT s.is_plain AND (s.amount_cents, s.reference, coalesce(round(extract(epoch FROM s.expires_at) * 1000000), 0)::int8)
                    IS DISTINCT FROM (t.amount_cents, t.reference, t.expires_at))
            """),
        ("every (source, sequence) is stored once", """
            SELECT source || ':' || sequence FROM txcore.transaction WHERE line = 1 GROUP BY source, sequence HAVING count(*) > 1
            """),
        ("everything stored was sent, byte for byte", """
            SELECT s.source || ':' || s.sequence FROM stored s
             WHERE s.source IN (SELECT source FROM sent) AND NOT s.is_plain
               AND NOT EXISTS (
                   SELECT FROM sent x
                    WHERE x.source = s.source AND x.sequence = s.sequence AND x.kind = s.kind
                      -- Behind an accepted cancellation or reversal stands what it took back: a count, 24 bytes a line, a player, a day.
                      AND (x.command = s.command
                           OR (s.kind IN (258, 259) AND s.code = 0 AND length(s.command) > length(x.command)
                               AND substr(s.command, 1, length(x.command)) = x.command
                               AND length(s.command) = length(x.command) + 1 + 24 * get_byte(s.command, length(x.command)) + 1 + 4)
                           -- Behind a confirmation stands what is to be done with the money, 1 to take it, 2 to let go of it: hold, amount, authorisation.
                           OR (s.kind = 273 AND s.command = x.command
                               || CASE s.code WHEN 0 THEN '\x01'::bytea ELSE '\x02'::bytea END || substr(x.command, 17))))
            """),
        ("everything stored was acknowledged in the end", """
            SELECT s.source || ':' || s.sequence FROM stored s WHERE s.source IN (SELECT source FROM sent)
               AND NOT EXISTS (SELECT FROM told t WHERE t.source = s.source AND t.sequence = s.sequence)
            """),
        ("numbers have no hole", """
            SELECT 'before ' || number FROM (SELECT number, lag(number, 1, 0::int8) OVER (ORDER BY number) AS before FROM stored) n
             WHERE number <> before + 1
            """),
        ("sequences have no hole and each entry names the one before", """
            SELECT source || ':' || sequence FROM (
                SELECT t.source, t.sequence, t.previous, lag(t.sequence, 1, 0::int8) OVER w AS before, lag(t.number, 1, 0::int8) OVER w AS number_before
                  FROM txcore.transaction t WHERE t.line = 1 WINDOW w AS (PARTITION BY t.source ORDER BY t.number)) s
             WHERE sequence <> before + 1 OR previous <> number_before
            """),
        ("sequence time never goes back", """
            SELECT number::text FROM (SELECT number, sequenced_at, lag(sequenced_at) OVER (ORDER BY number) AS before FROM stored) s WHERE sequenced_at < before
            """),
        ("a ticket is cancelled or reversed once", """
            SELECT reference::text FROM stored WHERE kind IN (258, 259) AND code = 0 GROUP BY reference HAVING count(*) > 1
            """),
        ("a hold ends once: confirmed, released, reversed or expired", """
            SELECT reference::text FROM stored WHERE kind IN (259, 273, 274, 1283) AND code = 0 GROUP BY reference HAVING count(*) > 1
            """),
        ("at no number more seats are taken than there are", $"""
            {Moves}
            SELECT session || '/' || category || ' at ' || number FROM (
                SELECT *, sum(seats) OVER (PARTITION BY session, category ORDER BY number) AS taken FROM move) m JOIN cell USING (session, category)
             WHERE taken > capacity - blocked OR taken < 0
            """),
    ];

    private const string Moves = """
        WITH hold AS (SELECT number, session, category, quantity FROM txcore.transaction WHERE kind = 272 AND code = 0),
             given_back AS (SELECT number, reference FROM stored WHERE kind IN (259, 274, 1283) AND code = 0),
             move AS (SELECT number, session, category, quantity AS seats FROM hold
                      UNION ALL
                      SELECT g.number, h.session, h.category, -h.quantity FROM given_back g JOIN hold h ON h.number = g.reference)
        """;

    /// <summary>Checks everything against a server that serves and fleets that have settled.</summary>
    public static async Task AssertAsync(Deployment deployment, IPEndPoint server, params TerminalFleet[] fleets)
    {
        await using var connection = new NpgsqlConnection(deployment.Superuser);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await HistoryTables.FillAsync(connection, fleets.SelectMany(static fleet => fleet.Terminals));
        foreach (var (rule, sql) in Rules)
        {
            var broken = await ListAsync(connection, $"{sql} LIMIT 5");
            Assert.True(broken.Count == 0, $"Broken: {rule}. {string.Join("; ", broken)}");
        }

        await AssertSeatsAsync(deployment, connection, server);
        var report = await deployment.VerifyAsync();
        Assert.True(report.Fault is null, $"{report.Fault}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{report.Entries} entries in {report.Batches} batches, {fleets.Sum(static fleet => fleet.Outcomes)} outcomes");
    }

    /// <summary>The free seats that the server tells are those that the rows leave, once all holds have ended.</summary>
    private static async Task AssertSeatsAsync(Deployment deployment, NpgsqlConnection connection, IPEndPoint server)
    {
        const string sql = $"""
            {Moves}
            SELECT session || '/' || category || '=' || capacity - blocked - coalesce((SELECT sum(seats) FROM move m
                   WHERE m.session = c.session AND m.category = c.category), 0) FROM cell c ORDER BY session, category
            """;
        await using var client = await deployment.ClientAsync(server, new MemoryOutbox(), Deployment.Administrator);
        List<string> stored = [], told = [];
        await Poll.UntilAsync(
            async () =>
            {
                stored = await ListAsync(connection, sql);
                var definitions = await client.DefinitionsAsync(TestContext.Current.CancellationToken);
                told = [.. definitions.Items.Where(static item => item.Cell is not null).Select(static item => item.Cell!)
                    .OrderBy(static cell => (cell.Session, cell.Category)).Select(static cell => $"{cell.Session}/{cell.Category}={cell.Available}")];
                return stored.SequenceEqual(told);
            },
            () => $"Free seats by the rows: {string.Join(' ', stored)}; by the server: {string.Join(' ', told)}");
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var list = new List<string>();
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
        {
            list.Add(row.GetString(0));
        }

        return list;
    }
}
