using System.Text;
using Npgsql;

namespace TxCore.Postgres;

/// <summary>
/// Looks for rows that a walk along the sequence does not meet: in another day's partition, or beyond the head. Asked day by day, so that the
/// index on the number answers without reading the rows that are in their place.
/// </summary>
internal static class StrayRows
{
    /// <summary>Looks into all days but the first so many, which are sealed.</summary>
    public static async Task CheckAsync(NpgsqlConnection connection, DayMap days, int sealedDays, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql(days, sealedDays), connection) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (await row.ReadAsync(cancellationToken))
        {
            string what = $"the row lies outside the sequence, in day {row.GetFieldValue<DateOnly>(2):yyyy-MM-dd}";
            throw new VerifyFaultException(new VerifyFault(0, row.GetInt64(0), row.GetInt16(1), what));
        }
    }

    private static string Sql(DayMap days, int sealedDays)
    {
        var sql = new StringBuilder();
        for (int i = sealedDays; i < days.Days.Count; i++)
        {
            var day = days.Days[i];
            string end = i + 1 < days.Days.Count ? $"{days.Days[i + 1].FirstNumber - 1}" : "(SELECT s.last_number FROM txcore.shard s)";
            Add($"t.business_day = {Days.Literal(day.BusinessDay)} AND (t.number < {day.FirstNumber} OR t.number > {end})");
        }

        // The last day ends at the head of this statement's own snapshot, as the server may go on writing; a day after it has just begun.
        var last = days.Days.Count == 0 ? default : days.Days[^1];
        if (last.BusinessDay == 0)
        {
            Add("true");
        }
        else
        {
            string known = string.Join(", ", days.Days.Select(static day => Days.Literal(day.BusinessDay)));
            Add($"t.business_day < {Days.Literal(last.BusinessDay)} AND t.business_day NOT IN ({known})");
            Add($"t.business_day > {Days.Literal(last.BusinessDay)} AND (t.number < {last.FirstNumber} OR t.number > (SELECT s.last_number FROM txcore.shard s))");
        }

        return $"{sql} ORDER BY 1, 2 LIMIT 1";

        void Add(string condition) => sql.Append(sql.Length == 0 ? "" : " UNION ALL ")
            .Append($"SELECT t.number, t.line, t.business_day FROM txcore.transaction t WHERE {condition}");
    }
}
