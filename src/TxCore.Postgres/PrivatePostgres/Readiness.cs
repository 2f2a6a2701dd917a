using System.Diagnostics;
using Npgsql;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>Waits for a starting server by connecting to it, the only proof that it takes connections.</summary>
internal static class Readiness
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>True once a connection was made; false when the postmaster ended or the time is up.</summary>
    internal static async Task<bool> WaitAsync(
        Postmaster postmaster, string connectionString, TimeSpan timeout, CancellationToken cancellationToken)
    {
        string probe = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 5 }.ConnectionString;
        long started = Stopwatch.GetTimestamp();
        while (!postmaster.HasExited && Stopwatch.GetElapsedTime(started) < timeout)
        {
            if (await ConnectsAsync(probe, cancellationToken))
            {
                return true;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        return false;
    }

    private static async Task<bool> ConnectsAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            // Not listening yet, or still recovering.
            return false;
        }
    }
}
