using TxCore.Storage;

namespace TxCore.Testing.Shards;

/// <summary>Reads the rows of a batch as a database would: each tuple whole, checksums right, numbers and lines without a hole.</summary>
internal static class MemoryRows
{
    internal static List<FetchedRow> Read(RowWriter rows, short shard, long firstNumber)
    {
        var entries = new List<FetchedRow>();
        long number = firstNumber - 1;
        int line = 0;
        for (int i = 0; i < rows.RowCount; i++)
        {
            var tuple = rows.Row(i).Span;
            if (!StoredRow.TryRead(tuple, out var row) || row.Shard != shard)
            {
                throw new InvalidDataException($"Row {i} after number {number} cannot be read.");
            }

            if (row.Checksum != RowWriter.Checksum(tuple[..^RowFormat.ChecksumFieldBytes]))
            {
                throw new InvalidDataException($"The checksum of number {row.Entry.Number} does not fit.");
            }

            line = row.Entry.Number == number ? line + 1 : 1;
            if (row.Line != line || row.Entry.Number != (line == 1 ? number + 1 : number))
            {
                throw new InvalidDataException($"Number {row.Entry.Number}, line {row.Line} follows number {number}.");
            }

            number = row.Entry.Number;
            if (line == 1)
            {
                entries.Add(new FetchedRow(row.Entry, row.Command.ToArray()));
            }
        }

        return entries;
    }
}
