using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Queries whose rows a <see cref="RowStream"/> reads: the columns of the row format, then the plain form.</summary>
internal static class RowSelect
{
    /// <summary>Fields of the tuple in front of the plain form.</summary>
    public const int TupleFields = RowFormat.ColumnCount;

    /// <summary>
    /// Planner settings of a session that reads rows. A day that was never analysed must not be read whole to find one row, and a sorted
    /// chunk must fit in memory; rows are short-lived here, so compiling and parallel workers would cost more than they save.
    /// </summary>
    public const string SessionOptions = "-c enable_seqscan=off -c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=64MB";

    private static readonly string Columns = string.Join(", ", RowFormat.Columns);

    /// <summary>Line 1 of the entries of a day from one number to another, in order.</summary>
    public static string Entries(int businessDay, long first, long last) =>
        Copy($"business_day = {Days.Literal(businessDay)} AND number BETWEEN {first} AND {last} AND line = 1 ORDER BY number");

    /// <summary>All rows of a day from one number to another, in order.</summary>
    public static string Rows(int businessDay, long first, long last) =>
        Copy($"business_day = {Days.Literal(businessDay)} AND number BETWEEN {first} AND {last} ORDER BY number, line");

    /// <summary>Line 1 of an entry of one of some days by source and sequence.</summary>
    public static string BySequence(IEnumerable<int> businessDays, uint source, long sequence) =>
        Copy($"business_day IN ({string.Join(", ", businessDays.Select(Days.Literal))}) " +
             $"AND source = {source} AND sequence = {sequence} AND line = 1");

    private static string Copy(string condition) =>
        $"COPY (SELECT {Columns}, plain FROM txcore.transaction WHERE {condition}) TO STDOUT (FORMAT BINARY)";
}
