using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>One line of an anchor file, as JSON.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="Batch">Highest batch.</param>
/// <param name="Number">Highest number.</param>
/// <param name="Hash">Hash of that batch, hexadecimal.</param>
/// <param name="SignedAt">Microseconds since 1970-01-01 UTC.</param>
/// <param name="Key">Id of the key.</param>
/// <param name="Signature">Signature, base64.</param>
/// <param name="Previous">SHA-256 of the line before without its end, hexadecimal; empty in the first.</param>
internal sealed record AnchorLine(
    short Shard, Channel Channel, long Batch, long Number, string Hash, long SignedAt, string Key, string Signature, string Previous)
{
    public ChainHead Head => new(Number, Batch, Convert.FromHexString(Hash), 0);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AnchorLine))]
internal sealed partial class AnchorJson : JsonSerializerContext;

/// <summary>
/// The anchor file: signed heads outside PostgreSQL, each line holding the hash of the one before. One process appends. A line that a crash
/// cut short has no end and does not count; the next append removes it.
/// </summary>
internal sealed class AnchorFile(string path) : IDisposable
{
    private FileStream? _file;
    private string _previous = "";

    /// <summary>The lines that are whole.</summary>
    public static async Task<string[]> ReadLinesAsync(string path, CancellationToken cancellationToken)
    {
        string text = await File.ReadAllTextAsync(path, cancellationToken);
        return text.Split('\n')[..^1];
    }

    /// <summary>What the next line says of this one.</summary>
    public static string HashOf(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

    /// <summary>Appends a head; returns once it is on disk.</summary>
    public async Task AppendAsync(AnchorLine line, CancellationToken cancellationToken)
    {
        var file = _file ??= await OpenAsync(cancellationToken);
        string text = JsonSerializer.Serialize(line with { Previous = _previous }, AnchorJson.Default.AnchorLine);
        await file.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), cancellationToken);
        file.Flush(flushToDisk: true);
        _previous = HashOf(text);
    }

    public void Dispose() => _file?.Dispose();

    private async Task<FileStream> OpenAsync(CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        string[] lines = await ReadLinesAsync(path, cancellationToken);
        file.SetLength(lines.Sum(line => Encoding.UTF8.GetByteCount(line) + 1L));
        file.Seek(0, SeekOrigin.End);
        _previous = lines.Length == 0 ? "" : HashOf(lines[^1]);
        return file;
    }
}
