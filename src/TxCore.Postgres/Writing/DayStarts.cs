using System.Buffers.Binary;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>The business days that begin within a batch, and where; nearly always none.</summary>
internal readonly record struct DayStarts(DateOnly[] Days, long[] FirstNumbers)
{
    // Where the two stand in a tuple: field count (2), shard (4 + 2), then day (4 + 4) and number (4 + 8), each behind its length.
    private const int DayOffset = 2 + (4 + 2) + 4;
    private const int NumberOffset = DayOffset + 4 + 4;

    private static readonly DayStarts None = new([], []);

    /// <summary>The days in the batch that are later than <paramref name="lastDay"/> (<c>YYYYMMDD</c>).</summary>
    public static DayStarts Of(RowWriter rows, int lastDay)
    {
        if (rows.RowCount == 0 || DayOf(rows, rows.RowCount - 1) <= lastDay)
        {
            return None;
        }

        var days = new List<DateOnly>();
        var firstNumbers = new List<long>();
        for (int row = 0; row < rows.RowCount; row++)
        {
            int day = DayOf(rows, row);
            if (day > lastDay)
            {
                lastDay = day;
                days.Add(Postgres.Days.ToDate(day));
                firstNumbers.Add(BinaryPrimitives.ReadInt64BigEndian(rows.Row(row).Span[NumberOffset..]));
            }
        }

        return new DayStarts([.. days], [.. firstNumbers]);
    }

    /// <summary>The last day after the batch is committed.</summary>
    public int LastDay(int before) => Days.Length == 0 ? before : Postgres.Days.FromDate(Days[^1]);

    private static int DayOf(RowWriter rows, int row) =>
        RowFormat.BusinessDay(BinaryPrimitives.ReadInt32BigEndian(rows.Row(row).Span[DayOffset..]));
}
