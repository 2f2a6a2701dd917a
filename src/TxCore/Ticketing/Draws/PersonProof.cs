using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TxCore.Ticketing.Draws;

/// <summary>
/// What one person needs to see that he was in the list and got his rank, with nothing else but the published number of entries, list root and
/// order root (<c>domain.md</c> section 3.3). About 5 KB of JSON for ten million entries; bytes are hexadecimal.
/// </summary>
public sealed record PersonProof
{
    /// <summary>The format this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Most bytes of a proof that is read.</summary>
    public const int JsonBytesMax = 64 * 1024;

    /// <summary>Format of the proof.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Name of the draw: a label for the reader, the roots are what is proved.</summary>
    public required string DrawName { get; init; }

    /// <summary>Entries in the list (n).</summary>
    public required int Entries { get; init; }

    /// <summary>Merkle root of the list (R).</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] ListRoot { get; init; }

    /// <summary>Merkle root of the order.</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] OrderRoot { get; init; }

    /// <summary>Key of the person, 32 bytes.</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] PersonKey { get; init; }

    /// <summary>Index in the sorted list, from 0.</summary>
    public required int ListIndex { get; init; }

    /// <summary>Path from the key to the list root.</summary>
    [JsonConverter(typeof(HexListConverter))]
    public required IReadOnlyList<byte[]> ListPath { get; init; }

    /// <summary>Rank, from 1.</summary>
    public required int Rank { get; init; }

    /// <summary>Path from the rank to the order root.</summary>
    [JsonConverter(typeof(HexListConverter))]
    public required IReadOnlyList<byte[]> OrderPath { get; init; }

    /// <summary>The proof of one person; null when the list does not hold the key. For more than one see <see cref="PersonProofs"/>.</summary>
    /// <param name="record">The values of the draw.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="sorted">Their positions, sorted.</param>
    /// <param name="order">Index in the list by rank - 1.</param>
    /// <param name="person">The person.</param>
    public static PersonProof? Create(DrawRecord record, PersonKeyList keys, int[] sorted, int[] order, in PersonKey person) =>
        new PersonProofs(record, keys, sorted, order).Of(person);

    /// <summary>Checks a proof as JSON. What is not one is a finding, never an exception.</summary>
    /// <param name="json">The proof.</param>
    /// <param name="publishedListRoot">The published list root; empty to take the one in the proof.</param>
    /// <param name="publishedOrderRoot">The published order root; empty to take the one in the proof.</param>
    /// <param name="publishedEntries">The published number of entries; null to take the one in the proof.</param>
    public static DrawVerdict Verify(
        ReadOnlySpan<byte> json, ReadOnlySpan<byte> publishedListRoot = default, ReadOnlySpan<byte> publishedOrderRoot = default,
        int? publishedEntries = null)
    {
        if (json.Length > JsonBytesMax)
        {
            return new DrawVerdict([$"The proof cannot be read: it is longer than {JsonBytesMax} bytes."]);
        }

        PersonProof? proof;
        try
        {
            proof = JsonSerializer.Deserialize(json, DrawJson.Default.PersonProof);
        }
        catch (JsonException fault)
        {
            return new DrawVerdict([$"The proof cannot be read: {fault.Message}"]);
        }

        return new DrawVerdict(proof is null
            ? ["The proof cannot be read: it is empty."]
            : proof.Findings(publishedListRoot, publishedOrderRoot, publishedEntries));
    }

    /// <summary>The proof as JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DrawJson.Default.PersonProof);

    private List<string> Findings(ReadOnlySpan<byte> listRoot, ReadOnlySpan<byte> orderRoot, int? entries)
    {
        var findings = new List<string>();
        if (Format != CurrentFormat)
        {
            return [$"The proof has format {Format}, this program reads {CurrentFormat}."];
        }

        if (entries is { } published && published != Entries)
        {
            findings.Add($"The proof is for {Entries} entries, published were {published}.");
        }

        if (!listRoot.IsEmpty && !listRoot.SequenceEqual(ListRoot))
        {
            findings.Add("The list root of the proof is not the published one.");
        }

        if (!orderRoot.IsEmpty && !orderRoot.SequenceEqual(OrderRoot))
        {
            findings.Add("The order root of the proof is not the published one.");
        }

        if (PersonKey.Length != DrawList.KeyBytes)
        {
            findings.Add($"The person key has {PersonKey.Length} bytes, not {DrawList.KeyBytes}.");
        }

        if (!MerkleTree.Verify(PersonKey, ListIndex, Entries, ListPath, ListRoot))
        {
            findings.Add($"The list path does not lead from the person key at index {ListIndex} to the list root.");
        }

        byte[] leaf = new byte[DrawOrder.IndexBytes];
        BinaryPrimitives.WriteInt32LittleEndian(leaf, ListIndex);
        if (Rank < 1 || !MerkleTree.Verify(leaf, Rank - 1, Entries, OrderPath, OrderRoot))
        {
            findings.Add($"The order path does not lead from list index {ListIndex} at rank {Rank} to the order root.");
        }

        return findings;
    }
}
