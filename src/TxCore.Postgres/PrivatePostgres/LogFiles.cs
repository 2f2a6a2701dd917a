using Npgsql;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// Makes files of the write-ahead log in advance, as a server has them that runs for a while and renames old ones. A fresh server fills a new
/// file of 16 MB with zeros each time one is full, and the commit that meets it waits: 11 to 15 ms on an idle disk.
/// </summary>
internal static class LogFiles
{
    /// <summary>Size of one file.</summary>
    private const int FileMegabytes = 16;

    /// <summary>The least size of the log for which a checkpoint keeps so many files to be written again.</summary>
    internal static string MinimumSize(int files) => $"{Math.Max(5, files + 1) * FileMegabytes}MB";

    /// <summary>Goes through so many files, then lets a checkpoint give them back.</summary>
    internal static async Task PrepareAsync(string superuserConnectionString, int files, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(superuserConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var next = new NpgsqlCommand("SELECT pg_logical_emit_message(false, 'txcore', ''), pg_switch_wal()", connection);
        for (int file = 0; file < files; file++)
        {
            await next.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var checkpoint = new NpgsqlCommand("CHECKPOINT", connection);
        await checkpoint.ExecuteNonQueryAsync(cancellationToken);
    }
}
