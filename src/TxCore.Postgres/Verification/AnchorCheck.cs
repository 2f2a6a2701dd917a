using System.Text.Json;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Compares an anchor file with the database: every line's signature, each line's hash of the one before, and that the batch it names is
/// stored with that number and hash. A chain that was recomputed, or lost its tail, differs from a line signed before.
/// </summary>
internal static class AnchorCheck
{
    /// <summary>Checks all lines; returns how many.</summary>
    public static async Task<long> RunAsync(
        NpgsqlConnection connection, ShardIdentity identity, string anchorFile, string? keyFile, CancellationToken cancellationToken)
    {
        if (keyFile is null)
        {
            throw new StoreRefusedException("An anchor file can only be checked with the key it was signed with: name the key file too.");
        }

        using var key = await SigningKey.LoadAsync(keyFile, cancellationToken);
        string[] lines = await AnchorFile.ReadLinesAsync(anchorFile, cancellationToken);
        string previous = "";
        for (int i = 0; i < lines.Length; i++)
        {
            var line = Parse(lines[i]) ?? throw Fault(0, $"line {i + 1} of the anchor file cannot be read");
            if (line.Previous != previous)
            {
                throw Fault(line.Batch, $"line {i + 1} of the anchor file does not follow the line before");
            }

            if (line.Shard != identity.Shard || line.Channel != identity.Channel || !IsSigned(line, identity, key))
            {
                throw Fault(line.Batch, $"line {i + 1} of the anchor file is not signed by key {key.Id} for this shard");
            }

            await CompareAsync(connection, line, i + 1, cancellationToken);
            previous = AnchorFile.HashOf(lines[i]);
        }

        return lines.Length;
    }

    private static async Task CompareAsync(NpgsqlConnection connection, AnchorLine line, int lineNumber, CancellationToken cancellationToken)
    {
        if (line.Batch == 0)
        {
            return;
        }

        var stored = await BatchTable.ReadPageAsync(connection, line.Shard, line.Batch - 1, line.Batch, 1, cancellationToken);
        if (stored.Count == 0)
        {
            throw Fault(line.Batch, $"the batch was signed (line {lineNumber} of the anchor file) and is not stored any more: the tail was cut");
        }

        if (stored[0].LastNumber != line.Number || !stored[0].Hash.AsSpan().SequenceEqual(line.Head.Hash))
        {
            throw Fault(line.Batch, $"the batch is not the one that was signed (line {lineNumber} of the anchor file): the chain was recomputed");
        }
    }

    private static AnchorLine? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AnchorJson.Default.AnchorLine);
        }
        catch (JsonException)
        {
            // The caller names the line.
            return null;
        }
    }

    private static bool IsSigned(AnchorLine line, ShardIdentity identity, SigningKey key)
    {
        try
        {
            return key.Verify(identity, line.Head, line.SignedAt, Convert.FromBase64String(line.Signature));
        }
        catch (FormatException)
        {
            // A hash or signature that is not even text of its kind is no signature.
            return false;
        }
    }

    private static VerifyFaultException Fault(long batch, string what) => new(new VerifyFault(batch, 0, 0, what));
}
