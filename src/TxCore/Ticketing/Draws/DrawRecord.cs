using System.Text.Json;
using System.Text.Json.Serialization;

namespace TxCore.Ticketing.Draws;

/// <summary>The public randomness of a draw.</summary>
/// <param name="Chain">The chain or service and its hash, as named at the freeze.</param>
/// <param name="Round">The round that was named at the freeze.</param>
/// <param name="Randomness">The randomness B of that round, 32 bytes.</param>
/// <param name="Signature">The signature that B is the SHA-256 of; null when the beacon has none.</param>
public sealed record DrawBeacon(
    string Chain, ulong Round, [property: JsonConverter(typeof(HexConverter))] byte[] Randomness,
    [property: JsonConverter(typeof(HexConverter))] byte[]? Signature)
{
    /// <summary>How the name of a chain begins whose randomness comes from an independent witness, unsigned.</summary>
    public const string Witness = "witness";
}

/// <summary>Ranks that may buy in the same slot.</summary>
/// <param name="Wave">The wave.</param>
/// <param name="FirstRank">Its first rank, from 1.</param>
/// <param name="LastRank">Its last rank, itself in it.</param>
/// <param name="StartsAt">Start of the slot, microseconds since 1970-01-01 UTC.</param>
/// <param name="EndsAt">End of the slot, microseconds since 1970-01-01 UTC, itself not in it.</param>
/// <param name="Sale">The sale that is open to it.</param>
public sealed record DrawWave(int Wave, int FirstRank, int LastRank, long StartsAt, long EndsAt, uint Sale);

/// <summary>Numbers of the stored entries that made the draw what it is.</summary>
/// <param name="Frozen">The entry that froze the list.</param>
/// <param name="Run">The entry that ran the draw.</param>
/// <param name="Published">The entry that published it; 0 while it is not published.</param>
public sealed record DrawEntryNumbers(long Frozen, long Run, long Published);

/// <summary>A file of the package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length, in bytes.</param>
/// <param name="Sha256">Its SHA-256.</param>
public sealed record DrawFile(string Name, long Bytes, [property: JsonConverter(typeof(HexConverter))] byte[] Sha256);

/// <summary>
/// What a draw was and what came of it (<c>draw.json</c> of the audit package, <c>domain.md</c> section 3.3). Bytes are hexadecimal in JSON. It holds
/// the operator's secret, so it exists only after the draw has run.
/// </summary>
public sealed record DrawRecord
{
    /// <summary>The format this program writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Most entries of a draw.</summary>
    public const int EntriesMax = 100_000_000;

    /// <summary>Most waves of a draw.</summary>
    public const int WavesMax = 10_000;

    /// <summary>Format of the package.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Name of the draw, bound by commitment and seed; see <see cref="DrawCommitment.IsName"/>.</summary>
    public required string DrawName { get; init; }

    /// <summary>Number of the draw.</summary>
    public required uint DrawNumber { get; init; }

    /// <summary>Shard that decided it.</summary>
    public required short Shard { get; init; }

    /// <summary>Entries in the list (n), struck ones included; 0..<see cref="EntriesMax"/>.</summary>
    public required int Entries { get; init; }

    /// <summary>Merkle root of the list (R).</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] ListRoot { get; init; }

    /// <summary>The commitment (C).</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] Commitment { get; init; }

    /// <summary>The operator's secret (s).</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] Secret { get; init; }

    /// <summary>The public randomness.</summary>
    public required DrawBeacon Beacon { get; init; }

    /// <summary>Hash of the order; see <see cref="DrawOrder.Hash"/>.</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] OrderHash { get; init; }

    /// <summary>Merkle root of the order; see <see cref="DrawOrder.Root"/>.</summary>
    [JsonConverter(typeof(HexConverter))]
    public required byte[] OrderRoot { get; init; }

    /// <summary>Waves in the order of their ranks, from rank 1 without a gap; at most <see cref="WavesMax"/>.</summary>
    public required IReadOnlyList<DrawWave> Waves { get; init; }

    /// <summary>Numbers of the stored entries.</summary>
    public required DrawEntryNumbers EntryNumbers { get; init; }

    /// <summary>Version of the program that ran the draw.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>The other files of the package; filled in when it is written.</summary>
    public IReadOnlyList<DrawFile> Files { get; init; } = [];
}

/// <summary>Bytes as lower-case hexadecimal.</summary>
internal sealed class HexConverter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Convert.FromHexString(reader.TokenType == JsonTokenType.String ? reader.GetString()! : "-");
        }
        catch (FormatException fault)
        {
            throw new JsonException("Bytes are written as hexadecimal digits.", fault);
        }
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Convert.ToHexStringLower(value));
}

/// <summary>A list of byte arrays as lower-case hexadecimal.</summary>
internal sealed class HexListConverter : JsonConverter<IReadOnlyList<byte[]>>
{
    private static readonly HexConverter Hex = new();

    public override IReadOnlyList<byte[]> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A path is a list.");
        }

        var list = new List<byte[]>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(Hex.Read(ref reader, typeof(byte[]), options));
        }

        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<byte[]> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (byte[] bytes in value)
        {
            Hex.Write(writer, bytes, options);
        }

        writer.WriteEndArray();
    }
}

/// <summary>JSON of the package and of proofs: nothing left out, nothing twice and nothing unknown is read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DrawRecord))]
[JsonSerializable(typeof(PersonProof))]
internal sealed partial class DrawJson : JsonSerializerContext;
