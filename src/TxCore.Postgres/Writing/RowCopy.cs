using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Sends rows by raw binary COPY: the bytes that were hashed go out as they are.</summary>
internal static class RowCopy
{
    private static readonly string CopyRows = Sql(RowFormat.Columns);
    private static readonly string CopyPlainRows = Sql([.. RowFormat.Columns[..RowFormat.KeyColumnCount], "checksum", "plain"]);

    // Signature (11), flags (4), length of the header's extension (4).
    internal static readonly byte[] Header = [.. "PGCOPY\n\u00ff\r\n\0"u8[..7], 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    internal static readonly byte[] Trailer = [0xFF, 0xFF];

    /// <summary>Sends tuples in <see cref="RowFormat"/>.</summary>
    public static Task SendAsync(NpgsqlConnection connection, ReadOnlyMemory<byte> tuples) => SendAsync(connection, CopyRows, tuples);

    /// <summary>Sends tuples of <see cref="PlainTuple"/>.</summary>
    public static Task SendPlainAsync(NpgsqlConnection connection, ReadOnlyMemory<byte> tuples) => SendAsync(connection, CopyPlainRows, tuples);

    private static async Task SendAsync(NpgsqlConnection connection, string sql, ReadOnlyMemory<byte> tuples)
    {
        var copy = await connection.BeginRawBinaryCopyAsync(sql);
        await copy.WriteAsync(Header);
        await copy.WriteAsync(tuples);
        await copy.WriteAsync(Trailer);

        // Ends the COPY and throws what PostgreSQL has against a row. A failed write above broke the connection, and it goes with that.
        await copy.DisposeAsync();
    }

    private static string Sql(string[] columns) => $"COPY txcore.transaction ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)";
}
