using System.Runtime.CompilerServices;
using Npgsql;
using TxCore.Protocol;

namespace TxCore.LoadTest.Validation;

/// <summary>A line of a stored hold, offer, wait or return.</summary>
internal readonly record struct StoredLine(uint Session, ushort Category, int Quantity);

/// <summary>An entry of the sequence as its rows have it. One object, filled anew for each.</summary>
internal sealed class StoredEntry
{
    public uint Number { get; set; }

    public uint Source { get; set; }

    public ulong Sequence { get; set; }

    public uint Previous { get; set; }

    public MessageType Kind { get; set; }

    public ResultCode Code { get; set; }

    public long At { get; set; }

    public uint Reference { get; set; }

    public long ExpiresAt { get; set; }

    public long AmountCents { get; set; }

    /// <summary>Rows, whose lines are 1 to n.</summary>
    public int Rows { get; set; }

    public bool LinesAreWhole { get; set; }

    public List<StoredLine> Lines { get; } = [];
}

/// <summary>Reads all rows in the order of numbers: one pass over millions of them, without a table beside them.</summary>
internal static class StoredEntries
{
    private const string Sql = """
        SELECT number, line, source, sequence, previous, kind, code, sequenced_at, reference, expires_at, amount_cents, session, category, quantity
          FROM txcore.transaction ORDER BY number, line
        """;

    /// <summary>Gives every entry; the same object each time.</summary>
    public static async IAsyncEnumerable<StoredEntry> ReadAsync(NpgsqlConnection connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using (var settings = new NpgsqlCommand("SET work_mem = '256MB'; SET jit = off", connection))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entry = new StoredEntry();
        bool isFirst = true;
        while (await reader.ReadAsync(cancellationToken))
        {
            uint number = (uint)reader.GetInt64(0);
            int line = reader.GetInt16(1);
            if (isFirst || number != entry.Number || line == 1)
            {
                if (!isFirst)
                {
                    yield return entry;
                }

                isFirst = false;
                Begin(entry, number, reader);
            }

            entry.Rows++;
            entry.LinesAreWhole &= line == entry.Rows;
            entry.AmountCents += reader.IsDBNull(10) ? 0 : reader.GetInt64(10);
            if (!reader.IsDBNull(11))
            {
                entry.Lines.Add(new StoredLine((uint)reader.GetInt64(11), (ushort)reader.GetInt32(12), reader.IsDBNull(13) ? 0 : reader.GetInt32(13)));
            }
        }

        if (!isFirst)
        {
            yield return entry;
        }
    }

    private static void Begin(StoredEntry entry, uint number, NpgsqlDataReader reader)
    {
        entry.Number = number;
        entry.Source = (uint)reader.GetInt64(2);
        entry.Sequence = (ulong)reader.GetInt64(3);
        entry.Previous = (uint)reader.GetInt64(4);
        entry.Kind = (MessageType)reader.GetInt16(5);
        entry.Code = (ResultCode)reader.GetInt16(6);
        entry.At = Microseconds(reader.GetDateTime(7));
        entry.Reference = reader.IsDBNull(8) ? 0 : (uint)reader.GetInt64(8);
        entry.ExpiresAt = reader.IsDBNull(9) ? 0 : Microseconds(reader.GetDateTime(9));
        entry.AmountCents = 0;
        entry.Rows = 0;
        entry.LinesAreWhole = true;
        entry.Lines.Clear();
    }

    private static long Microseconds(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
