using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Reads the entries that can carry a payment order, page by page. The numbers are asked for in chunks, which the BRIN index finds: a page
/// behind a recent number costs no more on a big day than on a small one.
/// </summary>
internal sealed class PaymentReader(RowVisitor visitor, long afterNumber, int max)
{
    private const int ChunkNumbers = 10_000;

    private long _last = afterNumber;
    private int _visited;

    /// <summary>Visits up to a number, or until there were enough; the number up to which everything was visited.</summary>
    public async Task<long> ReadAsync(NpgsqlConnection connection, DayMap days, long upToNumber, CancellationToken cancellationToken)
    {
        // What is not committed yet may still come: it is never told as visited.
        long end = Math.Max(_last, Math.Min(upToNumber, days.Head.Number));
        using var stream = new RowStream();
        foreach (var range in days.Ranges(_last, ChunkNumbers, end))
        {
            if (_visited == max)
            {
                return _last;
            }

            string sql = RowSelect.Payments(range.BusinessDay, range.First, range.Last, max - _visited);
            await stream.ReadAsync(connection, sql, Visit, cancellationToken);
        }

        return _visited == max ? _last : end;
    }

    private void Visit(in CopiedRow copied)
    {
        var row = copied.Read(_last);
        _last = row.Entry.Number;
        _visited++;
        visitor(in row);
    }
}
