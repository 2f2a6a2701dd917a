using System.Diagnostics;
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
/// The anchor file: signed heads outside PostgreSQL, each line holding the hash of the one before. A line that a crash cut short has no end
/// and does not count; the next append removes it. Each append takes the file for itself and looks at its end anew: a server that was
/// frozen and replaced may wake up and sign what it last committed, behind the lines of the one that replaced it.
/// </summary>
internal sealed class AnchorFile(string path)
{
    // Longer than two lines: the last whole one is in it, with the end of the one before.
    private const int TailBytes = 4096;
    private static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>The lines that are whole.</summary>
    public static async Task<string[]> ReadLinesAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = await OpenAsync(path, FileMode.Open, FileAccess.Read, FileShare.Read, cancellationToken);
        using var reader = new StreamReader(file, Encoding.UTF8);
        string text = await reader.ReadToEndAsync(cancellationToken);
        return text.Split('\n')[..^1];
    }

    /// <summary>What the next line says of this one.</summary>
    public static string HashOf(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

    /// <summary>Appends a head; returns once it is on disk.</summary>
    public async Task AppendAsync(AnchorLine line, CancellationToken cancellationToken)
    {
        await using var file = await OpenAsync(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, cancellationToken);
        string previous = await GoToEndAsync(file, cancellationToken);
        string text = JsonSerializer.Serialize(line with { Previous = previous }, AnchorJson.Default.AnchorLine);
        await file.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Cuts off what a crash left behind the last whole line, and returns what the next line says of that.</summary>
    private static async Task<string> GoToEndAsync(FileStream file, CancellationToken cancellationToken)
    {
        long tailAt = Math.Max(0, file.Length - TailBytes);
        byte[] tail = new byte[file.Length - tailAt];
        file.Seek(tailAt, SeekOrigin.Begin);
        await file.ReadExactlyAsync(tail, cancellationToken);
        int end = Array.LastIndexOf(tail, (byte)'\n') + 1;
        file.SetLength(tailAt + end);
        file.Seek(0, SeekOrigin.End);
        if (end == 0)
        {
            return "";
        }

        int start = tail.AsSpan(0, end - 1).LastIndexOf((byte)'\n') + 1;
        return HashOf(Encoding.UTF8.GetString(tail[start..(end - 1)]));
    }

    /// <summary>Opens the file; one who has it, to append or to verify, gives it back within moments.</summary>
    private static async Task<FileStream> OpenAsync(
        string path, FileMode mode, FileAccess access, FileShare share, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, mode, access, share);
            }
            catch (IOException fault) when (fault is not FileNotFoundException and not DirectoryNotFoundException
                && Stopwatch.GetElapsedTime(started) < OpenTime)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
