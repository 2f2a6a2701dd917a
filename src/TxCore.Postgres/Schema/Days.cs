namespace TxCore.Postgres;

/// <summary>Business days as numbers <c>YYYYMMDD</c>, as entries hold them, and as dates, as PostgreSQL does.</summary>
internal static class Days
{
    public static DateOnly ToDate(int businessDay) => new(businessDay / 10_000, businessDay / 100 % 100, businessDay % 100);

    public static int FromDate(DateOnly date) => (date.Year * 10_000) + (date.Month * 100) + date.Day;

    /// <summary>The day as an SQL literal.</summary>
    public static string Literal(int businessDay) => $"DATE '{ToDate(businessDay):yyyy-MM-dd}'";
}
