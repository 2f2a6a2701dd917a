using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// What an archive of a day says of itself. It is a zip file: <c>manifest.json</c> (this) and <c>manifest.sig</c>, its signature; <c>batches.csv</c>,
/// the records of its batches; <c>day.copy</c>, the day's rows, and <c>rest.copy</c>, the rows of later days in its last batch, both in
/// PostgreSQL's binary COPY format with the columns of <c>txcore.transaction</c>.
/// </summary>
/// <param name="Format">Version of this layout.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="BusinessDay">The day as <c>YYYYMMDD</c>.</param>
/// <param name="FirstNumber">First number of the day.</param>
/// <param name="LastNumber">Last number of the day.</param>
/// <param name="FirstBatch">First batch that is hashed here: the one after the last with a row of the day before.</param>
/// <param name="LastBatch">Last batch with a row of the day.</param>
/// <param name="StartNumber">The number before the first batch's first.</param>
/// <param name="LeadRows">Rows of the day before that: they are hashed with the archive of the day before, whose <c>rest.copy</c> they are.</param>
/// <param name="LeadHash">SHA-256 of their tuples, hexadecimal.</param>
/// <param name="RestRows">Rows of <c>rest.copy</c>.</param>
/// <param name="RestHash">SHA-256 of their tuples, hexadecimal.</param>
/// <param name="Rows">Rows of <c>day.copy</c>.</param>
/// <param name="Columns">Columns of the rows, in order.</param>
/// <param name="PreviousHash">Hash of the batch before the first.</param>
/// <param name="Hash">Hash of the last batch: the head of the chain as it is signed here.</param>
/// <param name="WrittenAt">Microseconds since 1970-01-01 UTC.</param>
/// <param name="Key">Id of the key that signs.</param>
internal sealed record ArchiveManifest(
    int Format, short Shard, Channel Channel, int BusinessDay, long FirstNumber, long LastNumber, long FirstBatch, long LastBatch, long StartNumber,
    long LeadRows, string LeadHash, long RestRows, string RestHash, long Rows, string Columns, string PreviousHash, string Hash, long WrittenAt, string Key)
{
    public const int CurrentFormat = 1;
    public const string ManifestEntry = "manifest.json";
    public const string SignatureEntry = "manifest.sig";
    public const string BatchesEntry = "batches.csv";
    public const string DayEntry = "day.copy";
    public const string RestEntry = "rest.copy";

    /// <summary>Where the chain of the archive begins.</summary>
    [JsonIgnore]
    public ChainHead Start => new(StartNumber, FirstBatch - 1, Convert.FromHexString(PreviousHash), 0);

    public static async Task WriteBatchesAsync(ZipArchive zip, IEnumerable<BatchRecord> records, CancellationToken cancellationToken)
    {
        await using var entry = zip.CreateEntry(BatchesEntry, CompressionLevel.Fastest).Open();
        await using var writer = new StreamWriter(entry, Encoding.ASCII);
        foreach (var record in records)
        {
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{record.Batch},{record.FirstNumber},{record.LastNumber},{record.RowCount},{record.RowFormat},{Convert.ToHexStringLower(record.PreviousHash)},{Convert.ToHexStringLower(record.Hash)}\n");
            await writer.WriteAsync(line.AsMemory(), cancellationToken);
        }
    }

    /// <exception cref="InvalidDataException">A line is not a batch record.</exception>
    public static async IAsyncEnumerable<BatchRecord> ReadBatchesAsync(
        ZipArchive zip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Entry(zip, BatchesEntry).Open(), Encoding.ASCII);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return ParseBatch(line.Split(',')) ?? throw new InvalidDataException($"{BatchesEntry} has a line that is no batch record: {line}");
        }
    }

    /// <summary>Writes the manifest and its signature behind everything else.</summary>
    public async Task WriteAsync(ZipArchive zip, SigningKey key, CancellationToken cancellationToken)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(this, ArchiveJson.Default.ArchiveManifest);
        await using (var entry = zip.CreateEntry(ManifestEntry).Open())
        {
            await entry.WriteAsync(bytes, cancellationToken);
        }

        await using var signature = zip.CreateEntry(SignatureEntry).Open();
        await signature.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(key.Sign(bytes))), cancellationToken);
    }

    /// <summary>Reads the manifest; <paramref name="key"/> is the one it must be signed with.</summary>
    /// <exception cref="InvalidDataException">It is missing, cannot be read, or is not signed by the key.</exception>
    public static async Task<ArchiveManifest> ReadAsync(ZipArchive zip, SigningKey key, CancellationToken cancellationToken)
    {
        byte[] bytes = await ReadEntryAsync(zip, ManifestEntry, cancellationToken);
        byte[] signature = await ReadEntryAsync(zip, SignatureEntry, cancellationToken);
        try
        {
            if (!key.Verify(bytes, Convert.FromBase64String(Encoding.ASCII.GetString(signature))))
            {
                throw new InvalidDataException($"The manifest is not signed by key {key.Id}.");
            }

            var manifest = JsonSerializer.Deserialize(bytes, ArchiveJson.Default.ArchiveManifest);
            return manifest is { Format: CurrentFormat } ? manifest : throw new InvalidDataException($"The archive has format {manifest?.Format}, not {CurrentFormat}.");
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            throw new InvalidDataException($"The manifest cannot be read: {fault.Message}", fault);
        }
    }

    public static ZipArchiveEntry Entry(ZipArchive zip, string name) =>
        zip.GetEntry(name) ?? throw new InvalidDataException($"The archive has no {name}.");

    private static async Task<byte[]> ReadEntryAsync(ZipArchive zip, string name, CancellationToken cancellationToken)
    {
        await using var entry = Entry(zip, name).Open();
        using var bytes = new MemoryStream();
        await entry.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private static BatchRecord? ParseBatch(string[] fields)
    {
        var culture = CultureInfo.InvariantCulture;
        return fields.Length == 7 && long.TryParse(fields[0], culture, out long batch) && long.TryParse(fields[1], culture, out long first)
            && long.TryParse(fields[2], culture, out long last) && int.TryParse(fields[3], culture, out int rows)
            && short.TryParse(fields[4], culture, out short format) && TryHash(fields[5], out byte[] previous) && TryHash(fields[6], out byte[] hash)
            ? new BatchRecord(batch, first, last, rows, format, previous, hash)
            : null;
    }

    private static bool TryHash(string text, out byte[] hash)
    {
        hash = new byte[ChainHash.Bytes];
        return text.Length == ChainHash.Bytes * 2
            && Convert.FromHexString(text, hash, out _, out int written) == System.Buffers.OperationStatus.Done && written == ChainHash.Bytes;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ArchiveManifest))]
internal sealed partial class ArchiveJson : JsonSerializerContext;
