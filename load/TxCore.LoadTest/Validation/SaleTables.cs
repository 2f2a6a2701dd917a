using Npgsql;
using NpgsqlTypes;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// Puts beside the rows what the tool knows and they do not say: when seats came on sale, what each cell has in the end, the limits, and the slots
/// of those who bought.
/// </summary>
internal sealed class SaleTables(NpgsqlConnection connection)
{
    private const string Create = """
        CREATE TEMP TABLE supply (number int8, sale int4, session int8, category int4, change int8);
        CREATE TEMP TABLE cell_end (sale int4, session int8, category int4, capacity int8);
        CREATE TEMP TABLE session_limit (session int8, seats_max int4);
        CREATE TEMP TABLE person_limit (seats_max int4);
        CREATE TEMP TABLE drawn_sale (sale int4);
        CREATE TEMP TABLE slot (person bytea, sale int4, starts_at timestamptz, ends_at timestamptz);
        """;

    public async Task FillAsync(SentBook book, OwnSaleRules rules, PersonKeys keys, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Create + SeatSql.Gather, cancellationToken);
        await CopyAsync("supply", Supply(book), cancellationToken);
        await CopyAsync("cell_end", rules.Sales.Values.SelectMany(sale => sale.Cells.Select(cell => new object[]
        {
            (int)sale.Id, (long)cell.Key.Session, (int)cell.Key.Category, cell.Value.Capacity,
        })), cancellationToken);
        await CopyAsync(
            "session_limit",
            rules.Sales.Values.SelectMany(sale => sale.Cells).GroupBy(cell => cell.Key.Session)
                .Select(cells => new object[] { (long)cells.Key, cells.Max(cell => cell.Value.PersonMax) }),
            cancellationToken);
        int personMax = rules.Sales.Values.Max(sale => sale.Terms.PersonMax == 0 ? int.MaxValue : sale.Terms.PersonMax);
        await CopyAsync("person_limit", [[personMax]], cancellationToken);
        await CopyAsync("drawn_sale", rules.Sales.Values.Where(sale => sale.Terms.Draw != 0).Select(sale => new object[] { (int)sale.Id }), cancellationToken);
        await CopyAsync("slot", Slots(rules, keys), cancellationToken);
        await ExecuteAsync("ANALYZE supply, cell_end, slot", cancellationToken);
    }

    /// <summary>Seats that came on sale or were taken off it, by the controls that were accepted.</summary>
    private static IEnumerable<object[]> Supply(SentBook book)
    {
        var blocked = new Dictionary<(uint, uint, ushort), long>();
        var controls = book.Logs.Values.SelectMany(log => Enumerable.Range(1, (int)log.Count).Select(i => log[(ulong)i]).Where(item => item.Kind.IsControl()))
            .Where(item => item is { Progress: Progress.Answered, Code: ResultCode.Accepted }).OrderBy(item => item.Number);
        foreach (var item in controls)
        {
            switch (book.ControlOf(in item))
            {
                case CellsDefine cells:
                    foreach (var cell in cells.Cells)
                    {
                        blocked[(cells.Sale, cell.Session, cell.Category)] = cell.Blocked;
                        yield return Row(item.Number, cells.Sale, cell.Session, cell.Category, (long)cell.Capacity - cell.Blocked);
                    }

                    break;
                case SeatsBlock block:
                    yield return Row(
                        item.Number, block.Sale, block.Session, block.Category, blocked[(block.Sale, block.Session, block.Category)] - block.Blocked);
                    blocked[(block.Sale, block.Session, block.Category)] = block.Blocked;
                    break;
                case SeatsMove move:
                    yield return Row(item.Number, move.Sale, move.Session, move.Category, -(long)move.Quantity);
                    yield return Row(item.Number, move.ToSale, move.Session, move.Category, move.Quantity);
                    break;
            }
        }
    }

    private static object[] Row(uint number, uint sale, uint session, ushort category, long change) =>
        [(long)number, (int)sale, (long)session, (int)category, change];

    private static IEnumerable<object[]> Slots(OwnSaleRules rules, PersonKeys keys) =>
        from person in rules.Holds.Values.Where(hold => hold.Sale.Terms.Draw != 0 && hold.Person >= 0).Select(hold => hold.Person).Distinct()
        let wave = rules.Lottery.WaveOf(rules.Lottery.Draw!.RankOf(person))
        where wave is not null
        select new object[] { keys.Of(person), (int)wave.Sale, Time(wave.StartsAt), Time(wave.EndsAt) };

    private static DateTime Time(long unixMicroseconds) => DateTime.UnixEpoch.AddTicks(unixMicroseconds * TimeSpan.TicksPerMicrosecond);

    private async Task CopyAsync(string table, IEnumerable<object[]> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (object[] row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            foreach (object value in row)
            {
                await copy.WriteAsync(value, TypeOf(value), cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static NpgsqlDbType TypeOf(object value) => value switch
    {
        int => NpgsqlDbType.Integer,
        long => NpgsqlDbType.Bigint,
        byte[] => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.TimestampTz,
    };

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
