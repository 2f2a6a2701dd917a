using System.Text.Json;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>The database is older than what was signed: it was restored from a copy, or its tail was cut.</summary>
public sealed class RestoredTooOldException(string message) : Exception(message);

/// <summary>Compares a database with the last line of its anchor file before anything is sold on it.</summary>
public static class AnchorGuard
{
    private const int LinesLookedAt = 16;

    /// <summary>Passes when there is no anchor file yet, or when the newest batch that it names is stored with that hash.</summary>
    /// <exception cref="RestoredTooOldException">The batch is missing or has another hash.</exception>
    public static async Task RequireNotBehindAsync(
        string connectionString, ShardIdentity identity, string anchorFile, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(anchorFile) || await NewestAsync(anchorFile, cancellationToken) is not { } line)
        {
            return;
        }

        await using var source = ReaderSource.Create(connectionString, identity);
        await using var command = source.CreateCommand("SELECT hash FROM txcore.batch WHERE shard = $1 AND batch = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = identity.Shard });
        command.Parameters.Add(new NpgsqlParameter { Value = line.Batch });
        if (line.Batch == 0 || (await command.ExecuteScalarAsync(cancellationToken) is byte[] hash && hash.AsSpan().SequenceEqual(line.Head.Hash)))
        {
            return;
        }

        throw new RestoredTooOldException(
            $"The database lacks batch {line.Batch} (number {line.Number}) that {anchorFile} holds: it was restored from a copy that is too old, "
            + "or its tail was cut. Restore a newer copy; run 'txcore verify --anchor' to see what differs.");
    }

    /// <summary>The line with the highest batch: a server that was replaced may have signed an older one behind it.</summary>
    private static async Task<AnchorLine?> NewestAsync(string anchorFile, CancellationToken cancellationToken)
    {
        var lines = await AnchorFile.ReadLinesAsync(anchorFile, cancellationToken);
        return lines.TakeLast(LinesLookedAt)
            .Select(text => JsonSerializer.Deserialize(text, AnchorJson.Default.AnchorLine)
                ?? throw new RestoredTooOldException($"A line at the end of {anchorFile} cannot be read."))
            .MaxBy(static line => line.Batch);
    }
}
