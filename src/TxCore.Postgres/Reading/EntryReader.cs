using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Reads entries in number order for recovery. The numbers are asked for in chunks: each is found by the BRIN index and sorted in memory,
/// where one query over a day would sort the whole day.
/// </summary>
internal sealed class EntryReader(RowVisitor visitor, long afterNumber)
{
    private const int ChunkNumbers = 50_000;

    /// <summary>The last number visited.</summary>
    public long Last { get; private set; } = afterNumber;

    /// <summary>Visits all entries up to the head of the map.</summary>
    public async Task ReadAsync(NpgsqlConnection connection, DayMap days, CancellationToken cancellationToken)
    {
        using var stream = new RowStream();
        foreach (var range in days.Ranges(Last, ChunkNumbers))
        {
            await stream.ReadAsync(connection, RowSelect.Entries(range.BusinessDay, range.First, range.Last), Visit, cancellationToken);
            if (Last != range.Last)
            {
                throw Missing();
            }
        }
    }

    private void Visit(in CopiedRow copied)
    {
        var row = copied.Read(Last);
        if (row.Entry.Number != Last + 1)
        {
            throw Missing();
        }

        Last = row.Entry.Number;
        visitor(row);
    }

    private InvalidDataException Missing() => new($"Number {Last + 1} is missing: run verify.");
}
