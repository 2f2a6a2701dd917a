using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TxCore.Ticketing.Draws;

/// <summary>What a package holds, read into memory: 36 bytes an entry.</summary>
/// <param name="Record">The values of the draw.</param>
/// <param name="Keys">The keys, sorted.</param>
/// <param name="Order">Index in the list by rank - 1.</param>
/// <param name="Struck">The struck entries.</param>
public sealed record DrawContent(DrawRecord Record, PersonKeyList Keys, int[] Order, IReadOnlyList<StruckEntry> Struck);

/// <summary>
/// The audit package of a draw (<c>domain.md</c> section 3.3): one ZIP file with all that is needed to run the draw again, alone.
/// <list type="bullet">
/// <item><c>keys.bin</c>: the person keys, 32 bytes each, ascending; stored as they are, since random bytes do not compress.</item>
/// <item><c>struck.txt</c>: a line for each struck entry, ascending; see <see cref="StruckEntry"/>.</item>
/// <item><c>order.bin</c>: the order as bytes; see <see cref="DrawOrder"/>.</item>
/// <item><c>draw.json</c>: the <see cref="DrawRecord"/> with the lengths and hashes of the other files, behind them.</item>
/// </list>
/// The same draw makes the same bytes: the file times inside are fixed.
/// </summary>
public static class DrawPackage
{
    internal const string RecordName = "draw.json";
    internal const string KeysName = "keys.bin";
    internal const string StruckName = "struck.txt";
    internal const string OrderName = "order.bin";
    internal const int RecordBytesMax = 4 * 1024 * 1024;
    private const int BlockKeys = 16 * 1024;

    // The first moment that a ZIP file can name.
    private static readonly DateTimeOffset FileTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Names of the files beside the record, in the order they are written.</summary>
    internal static IReadOnlyList<string> FileNames { get; } = [KeysName, StruckName, OrderName];

    /// <summary>Writes a package, file by file, with small buffers. The stream need not be seekable and stays open.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="record">The values of the draw; its files are filled in.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="sorted">Their positions, sorted.</param>
    /// <param name="order">Index in the list by rank - 1.</param>
    /// <param name="struck">The struck entries, ascending by index.</param>
    /// <returns>The record as written.</returns>
    /// <exception cref="ArgumentException">The lists are not as long as the record says.</exception>
    public static DrawRecord Write(
        Stream output, DrawRecord record, PersonKeyList keys, int[] sorted, int[] order, IReadOnlyList<StruckEntry> struck)
    {
        if (keys.Count != record.Entries || sorted.Length != record.Entries || order.Length != record.Entries)
        {
            throw new ArgumentException(
                $"The record says {record.Entries} entries; there are {keys.Count} keys, {sorted.Length} positions and {order.Length} ranks.",
                nameof(record));
        }

        using var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        var written = record with
        {
            Files =
            [
                WriteFile(archive, KeysName, CompressionLevel.NoCompression, write => WriteKeys(keys, sorted, write)),
                WriteFile(archive, StruckName, CompressionLevel.Optimal, write => WriteStruck(struck, write)),
                WriteFile(archive, OrderName, CompressionLevel.NoCompression, write => DrawOrder.WriteBlocks(order, write)),
            ],
        };
        using var stream = Create(archive, RecordName, CompressionLevel.Optimal).Open();
        JsonSerializer.Serialize(stream, written, DrawJson.Default.DrawRecord);
        return written;
    }

    /// <summary>
    /// Reads a package into memory without judging it; <see cref="DrawVerification"/> does that. The stream must be seekable and stays open.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not a package, or a file of it is shorter than it must be.</exception>
    public static DrawContent Read(Stream package)
    {
        using var archive = new ZipArchive(package, ZipArchiveMode.Read, leaveOpen: true);
        var record = ReadRecord(archive);
        var keys = new PersonKeyList();
        using (var stream = Open(archive, KeysName))
        {
            ReadBlocks(stream, record.Entries, DrawList.KeyBytes, block =>
            {
                for (int at = 0; at < block.Length; at += DrawList.KeyBytes)
                {
                    keys.Add(PersonKey.Read(block.Span[at..]));
                }
            });
        }

        int[] order = new int[record.Entries];
        int rank = 0;
        using (var stream = Open(archive, OrderName))
        {
            ReadBlocks(stream, record.Entries, DrawOrder.IndexBytes, block =>
            {
                for (int at = 0; at < block.Length; at += DrawOrder.IndexBytes)
                {
                    order[rank++] = BinaryPrimitives.ReadInt32LittleEndian(block.Span[at..]);
                }
            });
        }

        return new DrawContent(record, keys, order, ReadStruck(archive));
    }

    /// <summary>Reads the record of a package.</summary>
    /// <exception cref="InvalidDataException">It is missing, too long, of another format or not as it must be.</exception>
    internal static DrawRecord ReadRecord(ZipArchive archive)
    {
        using var stream = Open(archive, RecordName);
        byte[] json = new byte[RecordBytesMax + 1];
        int length = stream.ReadAtLeast(json, json.Length, throwOnEndOfStream: false);
        if (length > RecordBytesMax)
        {
            throw new InvalidDataException($"{RecordName}: it is longer than {RecordBytesMax} bytes.");
        }

        DrawRecord record;
        try
        {
            CheckFormat(json.AsMemory(0, length));
            record = JsonSerializer.Deserialize(json.AsSpan(0, length), DrawJson.Default.DrawRecord)
                ?? throw new InvalidDataException($"{RecordName}: it is empty.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{RecordName}: it cannot be read at {fault.Path ?? "its start"}: {fault.Message}", fault);
        }

        if (record.Waves.Any(static wave => wave is null) || record.Files.Any(static file => file is null))
        {
            throw new InvalidDataException($"{RecordName}: a list in it has a hole.");
        }

        return record.Entries is >= 0 and <= DrawRecord.EntriesMax
            ? record
            : throw new InvalidDataException($"{RecordName}: it says {record.Entries} entries, the most are {DrawRecord.EntriesMax}.");
    }

    /// <summary>Opens a file of a package.</summary>
    /// <exception cref="InvalidDataException">It is not there.</exception>
    internal static Stream Open(ZipArchive archive, string name) =>
        archive.GetEntry(name)?.Open() ?? throw new InvalidDataException($"{name}: the package does not hold it.");

    /// <summary>Reads items of one length, block by block, each over the one before.</summary>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    internal static void ReadBlocks(Stream stream, int count, int itemBytes, Action<ReadOnlyMemory<byte>> read)
    {
        byte[] block = new byte[BlockKeys * itemBytes];
        for (int start = 0; start < count; start += BlockKeys)
        {
            var part = block.AsMemory(0, Math.Min(BlockKeys, count - start) * itemBytes);
            stream.ReadExactly(part.Span);
            read(part);
        }
    }

    // A later format may look quite different: it must be named as such before it is read as this one.
    private static void CheckFormat(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("format", out var format)
            || !format.TryGetInt32(out int number))
        {
            throw new InvalidDataException($"{RecordName}: it names no format.");
        }

        if (number != DrawRecord.CurrentFormat)
        {
            throw new InvalidDataException($"{RecordName}: it has format {number}, this program reads {DrawRecord.CurrentFormat}.");
        }
    }

    private static List<StruckEntry> ReadStruck(ZipArchive archive)
    {
        var struck = new List<StruckEntry>();
        using var reader = new StreamReader(Open(archive, StruckName), Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            struck.Add(StruckEntry.TryParse(line, out var entry)
                ? entry
                : throw new InvalidDataException($"{StruckName}: line {struck.Count + 1} is not an index and a reason."));
        }

        return struck;
    }

    private static DrawFile WriteFile(ZipArchive archive, string name, CompressionLevel level, Action<Action<ReadOnlySpan<byte>>> writeAll)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = Create(archive, name, level).Open();
        long length = 0;
        writeAll(block =>
        {
            hash.AppendData(block);
            stream.Write(block);
            length += block.Length;
        });
        return new DrawFile(name, length, hash.GetHashAndReset());
    }

    private static ZipArchiveEntry Create(ZipArchive archive, string name, CompressionLevel level)
    {
        var entry = archive.CreateEntry(name, level);
        entry.LastWriteTime = FileTime;
        return entry;
    }

    private static void WriteKeys(PersonKeyList keys, int[] sorted, Action<ReadOnlySpan<byte>> write)
    {
        byte[] block = new byte[BlockKeys * DrawList.KeyBytes];
        for (int start = 0; start < sorted.Length; start += BlockKeys)
        {
            int count = Math.Min(BlockKeys, sorted.Length - start);
            for (int i = 0; i < count; i++)
            {
                keys[sorted[start + i]].Write(block.AsSpan(i * DrawList.KeyBytes));
            }

            write(block.AsSpan(0, count * DrawList.KeyBytes));
        }
    }

    private static void WriteStruck(IReadOnlyList<StruckEntry> struck, Action<ReadOnlySpan<byte>> write)
    {
        foreach (var entry in struck)
        {
            write(Encoding.ASCII.GetBytes($"{entry}\n"));
        }
    }
}
