using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TxCore.Ticketing.Draws;

/// <summary>One check of one package; says the first of each kind of thing that does not fit.</summary>
internal sealed class DrawVerifier(ZipArchive archive, DrawRecord record)
{
    // Long enough for any line of struck.txt; what is longer is none.
    private const int LineCharactersMax = 64;
    private const string RecordName = DrawPackage.RecordName;
    private readonly List<string> _findings = [];

    public DrawVerdict Verdict => new(_findings) { Record = record };

    /// <summary>Whether an exception says that what is read is not as it must be, or cannot be read.</summary>
    public static bool IsDamage(Exception fault) =>
        fault is IOException or InvalidDataException or JsonException or NotSupportedException or ArgumentException or OverflowException;

    public void CheckAll(DrawPublication? published)
    {
        CheckNames();
        if (!CheckValues())
        {
            return;
        }

        CheckPublished(published);
        CheckCommitment();
        CheckWaves();
        Read(DrawPackage.KeysName, DrawList.KeyBytes, CheckKeys);
        Read(DrawPackage.StruckName, null, CheckStruck);
        Read(DrawPackage.OrderName, DrawOrder.IndexBytes, CheckOrder);
    }

    private void CheckNames()
    {
        string[] names = [RecordName, .. DrawPackage.FileNames];
        foreach (string name in names)
        {
            int times = archive.Entries.Count(entry => entry.FullName == name);
            if (times > 1)
            {
                Say($"{name}: the package holds it {times} times.");
            }
        }

        if (archive.Entries.FirstOrDefault(entry => !names.Contains(entry.FullName, StringComparer.Ordinal)) is { } foreign)
        {
            Say($"{foreign.FullName}: it does not belong in a package.");
        }

        if (!record.Files.Select(static file => file.Name).Order(StringComparer.Ordinal)
            .SequenceEqual(DrawPackage.FileNames.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            Say($"{RecordName}: its files are not {string.Join(", ", DrawPackage.FileNames)}.");
        }
    }

    /// <summary>Whether the values can be calculated with.</summary>
    private bool CheckValues()
    {
        int before = _findings.Count;
        if (!DrawCommitment.IsName(record.DrawName))
        {
            Say($"{RecordName}: the draw name is not one.");
        }

        CheckLength(record.ListRoot, MerkleRoot.HashBytes, "list root");
        CheckLength(record.Secret, DrawCommitment.SecretBytes, "secret");
        CheckLength(record.Beacon.Randomness, DrawCommitment.BeaconBytes, "randomness of the beacon");
        if (record.EntryNumbers is not { Frozen: >= 1, Published: >= 0 } numbers || numbers.Run <= numbers.Frozen
            || (numbers.Published != 0 && numbers.Published <= numbers.Run))
        {
            Say($"{RecordName}: the entries that froze, ran and published the draw are not in that order.");
        }

        return _findings.Count == before;
    }

    private void CheckPublished(DrawPublication? published)
    {
        if (published is null)
        {
            return;
        }

        CheckSame(record.DrawName, published.DrawName, "draw name");
        CheckSame($"{record.Entries}", $"{published.Entries}", "number of entries");
        CheckSame(Hex(record.ListRoot), Hex(published.ListRoot), "list root");
        CheckSame(Hex(record.Commitment), Hex(published.Commitment), "commitment");
        CheckSame(record.Beacon.Chain, published.BeaconChain, "beacon");
        CheckSame($"{record.Beacon.Round}", $"{published.BeaconRound}", "round of the beacon");
    }

    private void CheckCommitment()
    {
        byte[] commitment = DrawCommitment.Commit(record.DrawName, record.ListRoot, record.Secret);
        if (!commitment.AsSpan().SequenceEqual(record.Commitment))
        {
            Say($"{RecordName}: the commitment is {Hex(record.Commitment)}, name, list root and secret give {Hex(commitment)}.");
        }

        if (record.Beacon.Signature is null && !record.Beacon.Chain.StartsWith(DrawBeacon.Witness, StringComparison.Ordinal))
        {
            Say($"{RecordName}: the beacon {record.Beacon.Chain} signs what it publishes, and no signature is there.");
        }

        if (record.Beacon.Signature is { } signature && !SHA256.HashData(signature).AsSpan().SequenceEqual(record.Beacon.Randomness))
        {
            Say($"{RecordName}: the randomness of the beacon is not the SHA-256 of its signature.");
        }
    }

    private void CheckWaves()
    {
        if (record.Waves.Count > DrawRecord.WavesMax)
        {
            Say($"{RecordName}: it has {record.Waves.Count} waves, the most are {DrawRecord.WavesMax}.");
        }

        int next = 1;
        var seen = new HashSet<int>();
        foreach (var wave in record.Waves)
        {
            string? fault = wave switch
            {
                _ when !seen.Add(wave.Wave) => "is there twice",
                _ when wave.FirstRank != next => $"starts at rank {wave.FirstRank}, the rank after the wave before is {next}",
                _ when wave.LastRank < wave.FirstRank => $"ends at rank {wave.LastRank}, before it starts",
                _ when wave.LastRank > record.Entries => $"ends at rank {wave.LastRank}, the draw has {record.Entries}",
                _ when wave.EndsAt <= wave.StartsAt => "ends before its slot starts",
                _ => null,
            };
            if (fault is not null)
            {
                Say($"{RecordName}: wave {wave.Wave} {fault}.");
                return;
            }

            next = wave.LastRank + 1;
        }
    }

    private void CheckKeys(Stream stream)
    {
        using var root = new MerkleRoot();
        var last = default(PersonKey);
        int index = 0;
        bool isAscending = true;
        ReadItems(DrawPackage.KeysName, stream, DrawList.KeyBytes, block =>
        {
            for (int at = 0; at < block.Length; at += DrawList.KeyBytes, index++)
            {
                var key = PersonKey.Read(block.Span[at..]);
                if (isAscending && index > 0 && key.CompareTo(last) <= 0)
                {
                    isAscending = false;
                    Say($"{DrawPackage.KeysName}: the key at index {index} {(key == last ? "equals" : "is below")} the one before it.");
                }

                last = key;
            }

            root.AddLeaves(block, DrawList.KeyBytes);
        });
        if (index == record.Entries)
        {
            CheckHash(record.ListRoot, root.Complete(), "list root", $"{DrawPackage.KeysName} gives");
        }
    }

    private void CheckStruck(Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        long lines = 0;
        int last = -1;
        bool isGood = true;
        var line = new StringBuilder(LineCharactersMax);
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0; length += read)
        {
            if (length > (long)record.Entries * LineCharactersMax)
            {
                Say($"{DrawPackage.StruckName}: it is longer than {record.Entries} entries.");
                return;
            }

            hash.AppendData(buffer, 0, read);
            foreach (byte character in buffer.AsSpan(0, isGood ? read : 0))
            {
                if (character == '\n')
                {
                    isGood = isGood && IsStruckGood(line.ToString(), ++lines, ref last);
                    line.Clear();
                }
                else if (line.Length < LineCharactersMax)
                {
                    line.Append((char)character);
                }
            }
        }

        if (isGood && line.Length > 0)
        {
            Say($"{DrawPackage.StruckName}: its last line has no end.");
        }

        CheckFile(DrawPackage.StruckName, length, hash);
    }

    private bool IsStruckGood(string line, long number, ref int last)
    {
        string? fault = !StruckEntry.TryParse(line, out var struck) ? "is not an index and a reason"
            : struck.Index >= record.Entries ? $"strikes index {struck.Index}, the list has {record.Entries} entries"
            : struck.Index <= last ? $"strikes index {struck.Index} behind index {last}"
            : null;
        if (fault is not null)
        {
            Say($"{DrawPackage.StruckName}: line {number} {fault}.");
        }

        last = struck.Index;
        return fault is null;
    }

    private void CheckOrder(Stream stream)
    {
        byte[] seed = DrawCommitment.Seed(record.Beacon.Randomness, record.DrawName, record.ListRoot, record.Secret);
        int[] drawn = DrawShuffle.Order(seed, record.Entries);
        using var root = new MerkleRoot();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int rank = 0;
        int wrong = 0;
        string first = "";
        ReadItems(DrawPackage.OrderName, stream, DrawOrder.IndexBytes, block =>
        {
            for (int at = 0; at < block.Length; at += DrawOrder.IndexBytes)
            {
                uint index = BinaryPrimitives.ReadUInt32LittleEndian(block.Span[at..]);
                int due = drawn[rank++];
                if (index != due && wrong++ == 0)
                {
                    first = $"rank {rank} is list index {index}, the draw gives {due}";
                }
            }

            hash.AppendData(block.Span);
            root.AddLeaves(block, DrawOrder.IndexBytes);
        });
        if (wrong > 0)
        {
            Say($"{DrawPackage.OrderName}: {first}{(wrong == 1 ? "" : $"; {wrong} ranks differ")}.");
        }

        if (rank == record.Entries)
        {
            CheckHash(record.OrderHash, hash.GetHashAndReset(), "order hash", $"{DrawPackage.OrderName} gives");
            CheckHash(record.OrderRoot, root.Complete(), "order root", $"{DrawPackage.OrderName} gives");
        }
    }

    /// <summary>Checks a file; when it ends too soon or is damaged, that is a finding that names it, and the others are still checked.</summary>
    /// <param name="name">The file.</param>
    /// <param name="itemBytes">Bytes an entry takes in it; null when it has no item for each.</param>
    /// <param name="check">Checks what it holds.</param>
    private void Read(string name, int? itemBytes, Action<Stream> check)
    {
        try
        {
            // Its length is looked at first, so that no draw is run for what cannot be one.
            long? surplus = archive.GetEntry(name)?.Length - ((long)record.Entries * itemBytes);
            if (surplus is not null and not 0)
            {
                Say($"{name}: it {(surplus < 0 ? "ends before" : "is longer than")} {record.Entries} entries.");
                return;
            }

            using var stream = DrawPackage.Open(archive, name);
            check(stream);
        }
        catch (EndOfStreamException)
        {
            Say($"{name}: it ends before {record.Entries} entries.");
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            Say(fault.Message.StartsWith(name, StringComparison.Ordinal) ? fault.Message : $"{name}: it cannot be read: {fault.Message}");
        }
    }

    /// <summary>Reads a file of one item an entry, and checks its length and hash.</summary>
    private void ReadItems(string name, Stream stream, int itemBytes, Action<ReadOnlyMemory<byte>> read)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        DrawPackage.ReadBlocks(stream, record.Entries, itemBytes, block =>
        {
            hash.AppendData(block.Span);
            length += block.Length;
            read(block);
        });
        if (stream.ReadByte() >= 0)
        {
            Say($"{name}: it is longer than {record.Entries} entries.");
            return;
        }

        CheckFile(name, length, hash);
    }

    private void CheckFile(string name, long length, IncrementalHash hash)
    {
        if (record.Files.FirstOrDefault(file => file.Name == name) is not { } file)
        {
            return;
        }

        if (file.Bytes != length)
        {
            Say($"{name}: it has {length} bytes, {RecordName} says {file.Bytes}.");
        }

        CheckHash(file.Sha256, hash.GetHashAndReset(), $"SHA-256 of {name}", "it is");
    }

    private void CheckHash(byte[] said, byte[] found, string what, string gives)
    {
        if (!found.AsSpan().SequenceEqual(said))
        {
            Say($"{RecordName}: the {what} is {Hex(said)}, {gives} {Hex(found)}.");
        }
    }

    private void CheckLength(byte[] bytes, int length, string what)
    {
        if (bytes.Length != length)
        {
            Say($"{RecordName}: the {what} has {bytes.Length} bytes, not {length}.");
        }
    }

    private void CheckSame(string said, string published, string what)
    {
        if (said != published)
        {
            Say($"{RecordName}: the {what} is {said}, published was {published}.");
        }
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private void Say(string finding) => _findings.Add(finding);
}
