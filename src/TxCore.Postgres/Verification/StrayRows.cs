using System.Text;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Looks for rows that a walk along the sequence does not meet: in another day's partition, or beyond the head.</summary>
internal static class StrayRows
{
    public static async Task CheckAsync(NpgsqlConnection connection, DayMap days, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql(days), connection) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (await row.ReadAsync(cancellationToken))
        {
            string what = $"the row lies outside the sequence, in day {row.GetFieldValue<DateOnly>(2):yyyy-MM-dd}";
            throw new VerifyFaultException(new VerifyFault(0, row.GetInt64(0), row.GetInt16(1), what));
        }
    }

    private static string Sql(DayMap days)
    {
        // The last day ends at the head of this statement's own snapshot, as the server may go on writing; a day after it has just begun.
        var belongs = new StringBuilder("CASE ");
        NumberRange last = default;
        foreach (var range in days.Ranges(0, int.MaxValue))
        {
            if (last.BusinessDay != 0)
            {
                belongs.Append($"WHEN t.business_day = {Days.Literal(last.BusinessDay)} THEN t.number BETWEEN {last.First} AND {last.Last} ");
            }

            last = last.BusinessDay == range.BusinessDay ? range with { First = last.First } : range;
        }

        string lastDay = last.BusinessDay == 0 ? "false" : $"t.business_day >= {Days.Literal(last.BusinessDay)}";
        belongs.Append($"WHEN {lastDay} THEN t.number >= {last.First} AND t.number <= s.last_number ELSE false END");
        return $"""
            SELECT t.number, t.line, t.business_day FROM txcore.transaction t CROSS JOIN txcore.shard s
             WHERE NOT ({belongs}) ORDER BY t.number, t.line LIMIT 1
            """;
    }
}
