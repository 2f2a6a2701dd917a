using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using TxCore.LoadTest.Engine;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Puts what the tool knows beside what the database holds: temporary tables of the session, filled by COPY. The stored side is copied
/// once, as <c>stored</c>: the day's own table may never have been analysed, and a plan made from guesses takes minutes. <c>entry</c> has
/// one row for each (number, name, decision) of it; two rows of one number are themselves a difference.
/// </summary>
internal sealed class ComparisonTables(NpgsqlConnection connection)
{
    private const string Create = """
        SET work_mem = '128MB';
        SET jit = off;
        SET enable_nestloop = off;
        CREATE TEMP TABLE sent (
            source int8, sequence int8, kind int2, answered boolean, reference int8, number int8, code int2, amount_cents int8,
            sequenced_at timestamptz, expires_at timestamptz, answered_reference int8, lines int4);
        CREATE TEMP TABLE sent_line (
            source int8, sequence int8, line int2, race int8, pool int2, session int8, category int4, quantity int4, amount_cents int8);
        CREATE TEMP TABLE cell (session int8, category int4, price_cents int8, capacity int8, booked int8);
        """;

    /// <summary>
    /// What is stored after number <c>{0}</c>. <c>since</c> has where each source stood there: runs against a database that was used
    /// before begin with what others left.
    /// </summary>
    private const string Store = """
        CREATE TEMP TABLE stored AS
        SELECT number, line, source, sequence, previous, kind, code, sequenced_at, outlet, reference, amount_cents, total_cents, expires_at,
               race, pool, session, category, quantity, command IS NOT NULL AS has_command, encode(substring(command FROM 21 FOR 32), 'hex') AS person
          FROM txcore.transaction
         WHERE number > {0};
        CREATE TEMP TABLE since AS
        SELECT source, max(sequence) AS sequence, max(number) AS number FROM txcore.transaction WHERE number <= {0} GROUP BY source;
        CREATE TEMP TABLE base AS SELECT {0}::int8 AS number;
        """;

    private const string Gather = """
        ANALYZE stored;
        CREATE TEMP TABLE entry AS
        SELECT number, source, sequence, previous, kind, code, sequenced_at, outlet, reference, expires_at,
               coalesce(sum(amount_cents), 0)::int8 AS amount_cents, sum(total_cents)::int8 AS total_cents,
               count(*) AS rows, max(line) AS lines, count(DISTINCT line) AS distinct_lines,
               count(*) FILTER (WHERE has_command) AS commands, min(person) AS person
          FROM stored
         GROUP BY number, source, sequence, previous, kind, code, sequenced_at, outlet, reference, expires_at;
        ANALYZE sent, sent_line, cell, entry, since;
        """;

    private static readonly DateTime Epoch = DateTime.UnixEpoch;

    /// <summary>Fills the tables.</summary>
    /// <param name="journal">What was sent.</param>
    /// <param name="cells">The cells on sale.</param>
    /// <param name="after">The highest number before the run; 0 for a database of the run's own.</param>
    /// <param name="isRunning">
    /// The run goes on: what is answered but not in the copy may be there by now, and is left to the next check.
    /// </param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task FillAsync(
        Journal journal, IReadOnlyList<CellDefinition> cells, long after, bool isRunning, CancellationToken cancellationToken)
    {
        // What is stored first: whatever is there was in the journal before it was sent, and so is found in it afterwards.
        await ExecuteAsync(Create, cancellationToken);
        await ExecuteAsync(string.Format(CultureInfo.InvariantCulture, Store, after), cancellationToken);
        ulong upTo = isRunning ? (ulong)await StoredCheck.CountAsync(connection, "SELECT coalesce(max(number), 0) FROM stored", cancellationToken) : ulong.MaxValue;
        int count = journal.Count;
        await CopySentAsync(journal, count, upTo, cancellationToken);
        await CopyLinesAsync(journal, count, cancellationToken);
        await CopyCellsAsync(new SeatBook(cells, journal, count, upTo), cancellationToken);
        await ExecuteAsync(Gather, cancellationToken);
    }

    private async Task CopySentAsync(Journal journal, int count, ulong upTo, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY sent FROM STDIN (FORMAT binary)", cancellationToken);
        for (int i = 0; i < count; i++)
        {
            var entry = journal[i];
            if (entry.Progress == Progress.Dropped)
            {
                continue;
            }

            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync((long)entry.Source, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((long)entry.Sequence, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((short)entry.Kind, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(entry.Progress == Progress.Answered && entry.Number <= upTo, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync((long)entry.Reference, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((long)entry.Number, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((short)entry.Code, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(entry.AmountCents, NpgsqlDbType.Bigint, cancellationToken);
            await WriteTimeAsync(copy, entry.SequencedAt, cancellationToken);
            await WriteTimeAsync(copy, entry.ExpiresAt, cancellationToken);
            await copy.WriteAsync((long)entry.AnsweredReference, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((int)entry.LineCount, NpgsqlDbType.Integer, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task CopyLinesAsync(Journal journal, int count, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY sent_line FROM STDIN (FORMAT binary)", cancellationToken);
        for (int i = 0; i < count; i++)
        {
            var entry = journal[i];
            for (int number = 0; number < entry.LineCount; number++)
            {
                var line = journal.LinesOf(in entry)[number];
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync((long)entry.Source, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync((long)entry.Sequence, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync((short)(number + 1), NpgsqlDbType.Smallint, cancellationToken);
                await copy.WriteAsync(line.Race, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync((short)line.Pool, NpgsqlDbType.Smallint, cancellationToken);
                await copy.WriteAsync((long)line.Session, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync((int)line.Category, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync(line.Quantity, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync(line.AmountCents, NpgsqlDbType.Bigint, cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task CopyCellsAsync(SeatBook seats, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY cell FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (CellDefinition cell in seats.Cells)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync((long)cell.Session, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((int)cell.Category, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(cell.PriceCents, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync((long)cell.Capacity - cell.Blocked, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(seats.Booked(cell), NpgsqlDbType.Bigint, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteTimeAsync(NpgsqlBinaryImporter copy, long unixMicroseconds, CancellationToken cancellationToken) =>
        unixMicroseconds == 0
            ? copy.WriteNullAsync(cancellationToken)
            : copy.WriteAsync(Epoch.AddTicks(unixMicroseconds * TimeSpan.TicksPerMicrosecond), NpgsqlDbType.TimestampTz, cancellationToken);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
