using Npgsql;
using NpgsqlTypes;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>Puts what the terminals remember beside what is stored, as temporary tables of one connection.</summary>
internal static class HistoryTables
{
    private const string Create = """
        DROP TABLE IF EXISTS pg_temp.sent, pg_temp.told, pg_temp.cell;
        SET jit = off;
        CREATE TEMP TABLE sent (source int8, sequence int8, kind int2, command bytea);
        CREATE TEMP TABLE told (
            source int8, sequence int8, kind int2, code int2, number int8, sequenced_at int8, business_day int4, amount_cents int8,
            expires_at int8, reference int8);
        CREATE TEMP TABLE cell (session int8, category int4, capacity int4, blocked int4);
        """;

    // A copy: the day's own table may never have been analysed, and a plan made from guesses takes minutes.
    private const string CopyStored = """
        DROP TABLE IF EXISTS pg_temp.stored;
        CREATE TEMP TABLE stored AS
        SELECT number, source, sequence, min(kind) AS kind, min(code) AS code, min(sequenced_at) AS sequenced_at, min(business_day) AS business_day,
               sum(coalesce(amount_cents, 0))::int8 AS amount_cents, min(expires_at) AS expires_at, coalesce(min(reference), 0) AS reference,
               (array_agg(command ORDER BY line))[1] AS command, bool_or(plain IS NOT NULL) AS is_plain
          FROM txcore.transaction GROUP BY number, source, sequence;
        ANALYZE stored;
        """;

    /// <summary>Makes and fills the tables; those of an earlier look on this connection are dropped.</summary>
    public static async Task FillAsync(
        NpgsqlConnection connection, IEnumerable<Terminal> terminals, IEnumerable<CellDefinition> cells, CancellationToken cancellationToken)
    {
        await using (var create = new NpgsqlCommand(Create, connection))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        var submissions = terminals.SelectMany(static terminal => terminal.Submissions.Select(submission => (terminal.Source, submission))).ToArray();
        await CopyAsync(connection, "sent", submissions.SelectMany(static sent => sent.submission.Sent.Select(
            command => new object[] { (long)sent.Source, (long)sent.submission.Sequence, (short)command.Type, command.Command })), cancellationToken);
        await CopyAsync(connection, "told", submissions.Where(static told => told.submission.Outcome is not null).Select(Told), cancellationToken);
        await CopyAsync(connection, "cell", cells.Select(
            static cell => new object[] { (long)cell.Session, (int)cell.Category, (int)cell.Capacity, (int)cell.Blocked }), cancellationToken);
        await using var analyze = new NpgsqlCommand("ANALYZE sent; ANALYZE told", connection);
        await analyze.ExecuteNonQueryAsync(cancellationToken);
        await CopyStoredAsync(connection, cancellationToken);
    }

    /// <summary>Copies what is stored by now.</summary>
    public static async Task CopyStoredAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var copy = new NpgsqlCommand(CopyStored, connection) { CommandTimeout = 0 };
        await copy.ExecuteNonQueryAsync(cancellationToken);
    }

    private static object[] Told((uint Source, Submission Submission) told)
    {
        var outcome = told.Submission.Outcome!;
        return
        [
            (long)told.Source, (long)outcome.Sequence, (short)outcome.TransactionType, (short)outcome.Code, (long)outcome.Number,
            outcome.SequencedAt, (int)outcome.BusinessDay, outcome.AmountCents, outcome.ExpiresAt, (long)outcome.Reference,
        ];
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string table, IEnumerable<object[]> rows, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} FROM STDIN (FORMAT BINARY)", cancellation);
        foreach (object[] row in rows)
        {
            await copy.StartRowAsync(cancellation);
            foreach (object value in row)
            {
                await copy.WriteAsync(value, TypeOf(value), cancellation);
            }
        }

        await copy.CompleteAsync(cancellation);
    }

    private static NpgsqlDbType TypeOf(object value) => value switch
    {
        long => NpgsqlDbType.Bigint,
        int => NpgsqlDbType.Integer,
        short => NpgsqlDbType.Smallint,
        _ => NpgsqlDbType.Bytea,
    };
}
