using System.Globalization;
using System.Text;
using Npgsql;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>What a service without a core would do: INSERT into a table with the same main columns and a primary key.</summary>
internal static class PlainInsert
{
    public static async Task CreateTableAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var create = source.CreateCommand(
            """
            CREATE TABLE plain_wager (
                source int8 NOT NULL, sequence int8 NOT NULL, sequenced_at timestamptz NOT NULL, outlet int4 NOT NULL, race int8 NOT NULL,
                pool int2 NOT NULL, amount_cents int8 NOT NULL, command bytea NOT NULL, PRIMARY KEY (source, sequence))
            """);
        await create.ExecuteNonQueryAsync();
    }

    public static async Task RunAsync(string connectionString, int source, int rows, Action<int> count, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(Sql(source, rows), connection);
        for (int i = 0; i < rows; i++)
        {
            command.Parameters.Add(new NpgsqlParameter<long>());
        }

        byte[] body = new byte[100];
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = body });
        await command.PrepareAsync(CancellationToken.None);
        long sequence = 0;
        while (!stop.IsCancellationRequested)
        {
            for (int i = 0; i < rows; i++)
            {
                ((NpgsqlParameter<long>)command.Parameters[i]).TypedValue = ++sequence;
            }

            await command.ExecuteNonQueryAsync(CancellationToken.None);
            count(rows);
        }
    }

    private static string Sql(int source, int rows)
    {
        var sql = new StringBuilder("INSERT INTO plain_wager VALUES ");
        for (int i = 1; i <= rows; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"({source}, ${i}, now(), 7, 202601010101, 1, 400, ${rows + 1})");
            sql.Append(i < rows ? ',' : ' ');
        }

        return sql.ToString();
    }
}
