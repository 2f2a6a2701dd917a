using Npgsql;
using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Postgres;

/// <summary>
/// Reads what belongs to a race, for its settlement and for totals. Rows have no index on the race, which the writer would pay for at every
/// sale: each question is one scan of the days that may hold an answer, shared among parallel workers.
/// </summary>
internal sealed class RaceReader(NpgsqlDataSource source, short shard)
{
    // A session of the reader is set for look-ups (RowSelect.SessionOptions); a scan wants the opposite.
    private const string ScanSettings =
        "SET LOCAL enable_seqscan = on; SET LOCAL max_parallel_workers_per_gather = 4; SET LOCAL statement_timeout = 0";

    /// <summary>Visits line 1 of every accepted entry about the races of a meeting.</summary>
    public Task ReadMeetingAsync(uint day, byte meeting, int fromDay, RowVisitor visitor, CancellationToken cancellationToken)
    {
        return ScanAsync(fromDay, RowSelect.Meeting(day, meeting, fromDay), Visit, cancellationToken);

        void Visit(in StoredRow row)
        {
            if (RaceOf(in row) is var race && race.Day == day && race.Meeting == meeting)
            {
                visitor(in row);
            }
        }
    }

    /// <summary>Visits line 1 of every accepted wager with a line on a race or a report in its meeting.</summary>
    public Task ReadWagersAsync(RaceId race, int fromDay, RowVisitor visitor, CancellationToken cancellationToken)
    {
        return ScanAsync(fromDay, RowSelect.Wagers(race, fromDay), Visit, cancellationToken);

        void Visit(in StoredRow row)
        {
            if (Concerns(row.Command[sizeof(long)..], race))
            {
                visitor(in row);
            }
        }
    }

    /// <summary>The tickets that were taken back.</summary>
    public async Task<HashSet<long>> ReadUndoneAsync(int fromDay, CancellationToken cancellationToken)
    {
        var undone = new HashSet<long>();
        await ScanAsync(fromDay, RowSelect.Undone(fromDay), Visit, cancellationToken);
        return undone;

        void Visit(in StoredRow row)
        {
            if (row.Entry.Kind != MessageType.SupervisorResolve || row.Entry.AmountCents != 0)
            {
                undone.Add(row.Entry.Reference);
            }
        }
    }

    private async Task ScanAsync(int fromDay, string sql, RowVisitor visitor, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        (await DayMap.ReadAsync(connection, shard, cancellationToken)).RequireAttached(fromDay);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var settings = new NpgsqlCommand(ScanSettings, connection, transaction))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        long last = 0;
        using var stream = new RowStream();
        await stream.ReadAsync(connection, sql, Visit, cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        void Visit(in CopiedRow copied)
        {
            var row = copied.Read(last);
            last = row.Entry.Number;
            visitor(in row);
        }
    }

    private static RaceId RaceOf(in StoredRow row)
    {
        var reader = new WireReader(row.Command[sizeof(long)..]);
        if (row.Entry.Kind is MessageType.RaceStopDue or MessageType.RaceCloseDue)
        {
            return RaceId.FromValue(reader.Int64());
        }

        reader.Bytes(Wire.ControlHeaderBytes);
        return new RaceId(reader.UInt32(), reader.Byte(), reader.Byte());
    }

    private static bool Concerns(ReadOnlySpan<byte> body, RaceId race)
    {
        var wager = new WagerBody(body);
        while (wager.TryNext(out var line))
        {
            if (line.Race == race || (line.LegCount > 0 && line.Race.Day == race.Day && line.Race.Meeting == race.Meeting))
            {
                return true;
            }
        }

        return false;
    }
}
