using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Ticketing.Draws;

/// <summary>The audit package: what is written is read, and whatever was changed is named.</summary>
public sealed class DrawPackageTests
{
    private readonly SampleDraw _draw = new(10);

    [Fact]
    public void What_is_written_is_read()
    {
        var draw = new SampleDraw(20_000);
        byte[] package = draw.Package();
        var read = DrawPackage.Read(new MemoryStream(package));
        Assert.Equal(draw.Order, read.Order);
        Assert.Equal(draw.Struck, read.Struck);
        Assert.Equal(draw.SortedBytes(), Enumerable.Range(0, 20_000).Select(i => SampleDraw.Bytes(read.Keys[i])));
        Assert.Equal(draw.Record.Waves, read.Record.Waves);
        Assert.Equal(draw.Record.EntryNumbers, read.Record.EntryNumbers);
        Assert.Equal(draw.Record.Secret, read.Record.Secret);
        Assert.Equal((5u, (short)1, "0.1.0"), (read.Record.DrawNumber, read.Record.Shard, read.Record.ProgramVersion));
        Assert.Equal(
            [("keys.bin", 640_000L), ("struck.txt", 23L), ("order.bin", 80_000L)], read.Record.Files.Select(file => (file.Name, file.Bytes)));
        Assert.Empty(DrawVerification.Verify(new MemoryStream(package), draw.Publication).Findings);
    }

    [Fact]
    public void The_same_draw_makes_the_same_bytes() => Assert.Equal(_draw.Package(), new SampleDraw(10).Package());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    public void A_package_of_a_size_at_an_edge_holds(int count)
    {
        var verdict = DrawVerification.Verify(new MemoryStream(new SampleDraw(count).Package()));
        Assert.Empty(verdict.Findings);
        Assert.Equal(count, verdict.Record!.Entries);
    }

    [Fact]
    public void A_package_is_written_to_a_stream_that_cannot_seek()
    {
        using var stream = new MemoryStream();
        using (var pipe = new CryptoStream(stream, new ToBase64Transform(), CryptoStreamMode.Write, leaveOpen: true))
        {
            DrawPackage.Write(pipe, _draw.Record, _draw.Keys, _draw.Sorted, _draw.Order, _draw.Struck);
        }

        byte[] package = Convert.FromBase64String(Encoding.ASCII.GetString(stream.ToArray()));
        Assert.Empty(DrawVerification.Verify(new MemoryStream(package)).Findings);
    }

    [Fact]
    public void Lists_of_another_length_are_not_written() => Assert.Throws<ArgumentException>(
        () => DrawPackage.Write(new MemoryStream(), _draw.Record, _draw.Keys, _draw.Sorted, _draw.Order[..9], []));

    [Fact]
    public void A_changed_key_is_named() => Finds(
        Changed("keys.bin", static bytes => bytes[319] ^= 1), "draw.json: the SHA-256 of keys.bin is ", "draw.json: the list root is ");

    [Fact]
    public void Keys_out_of_order_are_named() => Finds(
        Changed("keys.bin", static bytes => bytes.AsSpan(32, 32).Fill(0)), "keys.bin: the key at index 1 is below the one before it.");

    [Fact]
    public void A_key_that_is_there_twice_is_named() => Finds(
        Changed("keys.bin", static bytes => bytes.AsSpan(64, 32).CopyTo(bytes.AsSpan(96))), "keys.bin: the key at index 3 equals the one before it.");

    [Fact]
    public void A_key_too_many_is_named() => Finds(
        Replaced("keys.bin", static bytes => [.. bytes, .. new byte[32]]), "keys.bin: it is longer than 10 entries.");

    [Fact]
    public void A_key_too_few_is_named() => Finds(Replaced("keys.bin", static bytes => bytes[..^32]), "keys.bin: it ends before 10 entries.");

    [Fact]
    public void A_swapped_rank_is_named() => Finds(
        Changed("order.bin", static bytes => (bytes[0], bytes[4]) = (bytes[4], bytes[0])),
        "order.bin: rank 1 is list index 8, the draw gives 9; 2 ranks differ.", "draw.json: the SHA-256 of order.bin is ",
        "draw.json: the order hash is ", "draw.json: the order root is ");

    [Fact]
    public void A_swapped_rank_is_named_though_every_hash_was_made_to_fit()
    {
        int[] order = [.. _draw.Order];
        (order[2], order[7]) = (order[7], order[2]);
        var record = _draw.Record with { OrderHash = DrawOrder.Hash(order), OrderRoot = DrawOrder.Root(order) };
        using var stream = new MemoryStream();
        DrawPackage.Write(stream, record, _draw.Keys, _draw.Sorted, order, _draw.Struck);
        Assert.Equal(
            ["order.bin: rank 3 is list index 7, the draw gives 3; 2 ranks differ."], DrawVerification.Verify(stream).Findings);
    }

    [Fact]
    public void A_struck_line_that_was_taken_away_is_named() => Finds(
        Replaced("struck.txt", static bytes => bytes[..^11]), "struck.txt: it has ", "draw.json: the SHA-256 of struck.txt is ");

    [Theory]
    [InlineData("10 excluded\n", "line 1 strikes index 10, the list has 10 entries.")]
    [InlineData("1 excluded\n1 withdrawn\n", "line 2 strikes index 1 behind index 1.")]
    [InlineData("5 excluded\n1 withdrawn\n", "line 2 strikes index 1 behind index 5.")]
    [InlineData("1 forgotten\n", "line 1 is not an index and a reason.")]
    [InlineData("01 excluded\n", "line 1 is not an index and a reason.")]
    [InlineData("-1 excluded\n", "line 1 is not an index and a reason.")]
    [InlineData("1 excluded\r\n", "line 1 is not an index and a reason.")]
    [InlineData("\n", "line 1 is not an index and a reason.")]
    [InlineData("1 excluded", "its last line has no end.")]
    public void A_struck_line_that_is_none_is_named(string text, string finding) =>
        Finds(Replaced("struck.txt", _ => Encoding.ASCII.GetBytes(text)), $"struck.txt: {finding}");

    [Fact]
    public void A_changed_draw_name_is_named() => Finds(
        Written(record => record with { DrawName = "TXC-DRAW-DEMO-2" }), "draw.json: the commitment is ", "order.bin: rank ");

    [Fact]
    public void A_changed_secret_is_named() => Finds(
        Written(static record => record with { Secret = new byte[32] }), "draw.json: the commitment is ", "order.bin: rank ");

    [Fact]
    public void A_changed_commitment_is_named() => Finds(
        Written(static record => record with { Commitment = new byte[32] }), "draw.json: the commitment is 0000");

    [Fact]
    public void A_changed_list_root_is_named() => Finds(
        Written(static record => record with { ListRoot = new byte[32] }), "draw.json: the list root is 0000", "draw.json: the commitment is ");

    [Fact]
    public void Changed_randomness_is_named() => Finds(
        Written(static record => record with { Beacon = record.Beacon with { Randomness = new byte[32] } }), "order.bin: rank ");

    [Fact]
    public void A_signature_of_other_randomness_is_named() => Finds(
        Written(static record => record with { Beacon = record.Beacon with { Signature = new byte[48] } }),
        "draw.json: the randomness of the beacon is not the SHA-256 of its signature.");

    [Fact]
    public void A_signature_of_the_randomness_holds()
    {
        byte[] signature = [1, 2, 3];
        byte[] beacon = SHA256.HashData(signature);
        int[] order = DrawShuffle.Order(DrawCommitment.Seed(beacon, SampleDraw.Name, _draw.Record.ListRoot, SampleDraw.Secret), 10);
        var record = _draw.Record with
        {
            Beacon = new DrawBeacon("c", 1, beacon, signature),
            OrderHash = DrawOrder.Hash(order),
            OrderRoot = DrawOrder.Root(order),
        };
        using var stream = new MemoryStream();
        DrawPackage.Write(stream, record, _draw.Keys, _draw.Sorted, order, _draw.Struck);
        Assert.Empty(DrawVerification.Verify(stream).Findings);
    }

    [Fact]
    public void A_changed_order_hash_or_root_is_named() => Finds(
        Written(static record => record with { OrderHash = new byte[32], OrderRoot = new byte[32] }),
        "draw.json: the order hash is 0000", "draw.json: the order root is 0000");

    [Fact]
    public void Another_number_of_entries_is_named()
    {
        Finds(Json("\"entries\": 10", "\"entries\": 9"), "keys.bin: it is longer than 9 entries.", "order.bin: it is longer than 9 entries.");
        Finds(Json("\"entries\": 10", "\"entries\": 11"), "keys.bin: it ends before 11 entries.", "order.bin: it ends before 11 entries.");
        Finds(Json("\"entries\": 10", "\"entries\": -1"), "The package cannot be read: draw.json: it says -1 entries");
        Finds(Json("\"entries\": 10", "\"entries\": 2000000000"), "The package cannot be read: draw.json: it says 2000000000 entries");
    }

    [Theory]
    [InlineData(2, 5, 8, "wave 1 starts at rank 2, the rank after the wave before is 1.")]
    [InlineData(1, 6, 8, "wave 2 starts at rank 6, the rank after the wave before is 5.")]
    [InlineData(1, 4, 8, "wave 2 starts at rank 4, the rank after the wave before is 5.")]
    [InlineData(1, 5, 11, "wave 2 ends at rank 11, the draw has 10.")]
    [InlineData(1, 5, 4, "wave 2 ends at rank 4, before it starts.")]
    public void Waves_that_do_not_join_are_named(int firstRank, int secondRank, int lastRank, string finding) => Finds(
        Written(record => record with
        {
            Waves = [new DrawWave(1, firstRank, 4, 1_000, 2_000, 9), new DrawWave(2, secondRank, lastRank, 2_000, 3_000, 9)],
        }),
        $"draw.json: {finding}");

    [Fact]
    public void A_wave_that_is_there_twice_or_ends_before_it_starts_is_named()
    {
        Finds(
            Written(static record => record with { Waves = [new DrawWave(1, 1, 4, 0, 1, 9), new DrawWave(1, 5, 8, 0, 1, 9)] }),
            "draw.json: wave 1 is there twice.");
        Finds(Written(static record => record with { Waves = [new DrawWave(1, 1, 4, 5, 5, 9)] }), "draw.json: wave 1 ends before its slot starts.");
    }

    [Fact]
    public void Entry_numbers_out_of_order_are_named() => Finds(
        Written(static record => record with { EntryNumbers = new DrawEntryNumbers(200, 100, 300) }),
        "draw.json: the entries that froze, ran and published the draw are not in that order.");

    [Fact]
    public void Another_draw_than_the_published_one_is_named()
    {
        // A package that fits itself: only what was published before shows that it is another draw.
        var other = new SampleDraw(11) { Record = new SampleDraw(11).Record with { Beacon = new DrawBeacon("witness: other", 7, SampleDraw.Beacon, null) } };
        byte[] package = other.Package();
        Assert.Empty(DrawVerification.Verify(new MemoryStream(package)).Findings);
        var findings = DrawVerification.Verify(new MemoryStream(package), _draw.Publication).Findings;
        Assert.Equal(
            ["number of entries", "list root", "commitment", "beacon", "round of the beacon"],
            findings.Select(static finding => finding["draw.json: the ".Length..finding.IndexOf(" is ", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("keys.bin")]
    [InlineData("struck.txt")]
    [InlineData("order.bin")]
    public void A_file_that_is_missing_is_named(string name) => Finds(
        Rebuilt((file, bytes) => file == name ? null : bytes), $"{name}: the package does not hold it.");

    [Fact]
    public void A_record_that_is_missing_is_named() => Finds(
        Rebuilt(static (file, bytes) => file == "draw.json" ? null : bytes), "The package cannot be read: draw.json: the package does not hold it.");

    [Fact]
    public void A_file_that_does_not_belong_is_named()
    {
        Finds(Rebuilt(static (_, bytes) => bytes, "note.txt"), "note.txt: it does not belong in a package.");
        Finds(Rebuilt(static (_, bytes) => bytes, "order.bin"), "order.bin: the package holds it 2 times.");
        Finds(Rebuilt(static (_, bytes) => bytes, "../keys.bin"), "../keys.bin: it does not belong in a package.");
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "draw.json: it has format 2, this program reads 1.")]
    [InlineData("\"format\": 1", "\"shape\": 1", "draw.json: it names no format.")]
    [InlineData("\"secret\": \"", "\"secret\": \"z", "draw.json: it cannot be read at $.secret")]
    [InlineData("\"shard\": 1", "\"shard\": 1, \"shard\": 2", "draw.json: it cannot be read at $")]
    [InlineData("\"shard\": 1,", "", "draw.json: it cannot be read at $")]
    [InlineData("\"waves\": [", "\"waves\": [null,", "draw.json: a list in it has a hole.")]
    [InlineData("\"files\": [", "\"files\": [null,", "draw.json: a list in it has a hole.")]
    [InlineData("\"beacon\": {", "\"beacon\": null, \"lost\": {", "draw.json: it cannot be read at $")]
    [InlineData("{", "", "draw.json: it cannot be read at ")]
    public void A_record_that_cannot_be_read_is_named(string text, string changed, string finding) =>
        Finds(Json(text, changed), $"The package cannot be read: {finding}");

    [Fact]
    public void A_value_of_another_length_is_named() => Finds(
        Written(static record => record with { Secret = [1, 2] }), "draw.json: the secret has 2 bytes, not 32.");

    [Fact]
    public void A_struck_file_without_end_is_named() =>
        Finds(Replaced("struck.txt", static _ => new byte[1_000_000]), "struck.txt: it is longer than 10 entries.");

    [Fact]
    public void What_is_no_package_is_a_finding()
    {
        Finds([], "The package cannot be read: ");
        Finds(new byte[1000], "The package cannot be read: ");
        Finds(Encoding.ASCII.GetBytes("PK\x03\x04 something else"), "The package cannot be read: ");
        Assert.False(DrawVerification.Verify(new CryptoStream(new MemoryStream(), new ToBase64Transform(), CryptoStreamMode.Read)).Holds);
    }

    [Fact]
    public void A_package_cut_short_anywhere_is_a_finding()
    {
        byte[] package = _draw.Package();
        for (int length = 0; length < package.Length; length++)
        {
            Assert.NotEmpty(DrawVerification.Verify(new MemoryStream(package[..length])).Findings);
        }
    }

    [Fact]
    public void A_byte_changed_anywhere_is_a_finding_or_changes_nothing_that_counts()
    {
        byte[] package = _draw.Package();
        for (int at = 0; at < package.Length; at++)
        {
            package[at] ^= 0x55;
            var verdict = DrawVerification.Verify(new MemoryStream(package));
            if (verdict.Holds)
            {
                // A time or attribute of the ZIP file itself: what it holds is the same.
                var read = DrawPackage.Read(new MemoryStream(package));
                Assert.Equal(_draw.Order, read.Order);
                Assert.Equal(_draw.Struck, read.Struck);
                Assert.Equal(_draw.SortedBytes(), Enumerable.Range(0, 10).Select(i => SampleDraw.Bytes(read.Keys[i])));
            }

            package[at] ^= 0x55;
        }
    }

    private static void Finds(byte[] package, params string[] findings)
    {
        var found = DrawVerification.Verify(new MemoryStream(package)).Findings;
        Assert.All(findings, finding => Assert.Contains(found, said => said.StartsWith(finding, StringComparison.Ordinal)));
    }

    private byte[] Written(Func<DrawRecord, DrawRecord> change)
    {
        using var stream = new MemoryStream();
        DrawPackage.Write(stream, change(_draw.Record), _draw.Keys, _draw.Sorted, _draw.Order, _draw.Struck);
        return stream.ToArray();
    }

    private byte[] Json(string text, string changed) => Replaced("draw.json", bytes =>
    {
        string json = Encoding.UTF8.GetString(bytes);
        Assert.Contains(text, json, StringComparison.Ordinal);
        int at = json.IndexOf(text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(json[..at] + changed + json[(at + text.Length)..]);
    });

    private byte[] Changed(string name, Action<byte[]> change) => Replaced(name, bytes =>
    {
        change(bytes);
        return bytes;
    });

    private byte[] Replaced(string name, Func<byte[], byte[]> change) => Rebuilt((file, bytes) => file == name ? change(bytes) : bytes);

    /// <summary>The package with its files changed or left out, and one more if it is named.</summary>
    private byte[] Rebuilt(Func<string, byte[], byte[]?> change, string? more = null)
    {
        using var from = new ZipArchive(new MemoryStream(_draw.Package()));
        using var stream = new MemoryStream();
        using (var to = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in from.Entries)
            {
                using var opened = entry.Open();
                byte[] bytes = new byte[entry.Length];
                opened.ReadExactly(bytes);
                Add(to, entry.FullName, change(entry.FullName, bytes));
            }

            Add(to, more ?? "", more is null ? null : []);
        }

        return stream.ToArray();
    }

    private static void Add(ZipArchive archive, string name, byte[]? bytes)
    {
        if (bytes is not null)
        {
            using var stream = archive.CreateEntry(name).Open();
            stream.Write(bytes);
        }
    }
}
