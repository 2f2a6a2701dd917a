using System.Text.Json;
using System.Text.Json.Serialization;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Ticketing;

/// <summary>A sale with its cells as a file defines it; <c>sample-sale.json</c> explains every field.</summary>
internal sealed record SaleFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
    };

    /// <summary>The sale.</summary>
    public required uint Sale { get; init; }

    /// <summary>When it closes by itself.</summary>
    public required DateTimeOffset ClosesAt { get; init; }

    /// <summary>Life of a hold, in seconds.</summary>
    public required uint HoldSeconds { get; init; }

    /// <summary>What it asks of buyers.</summary>
    public SaleFileTerms Terms { get; init; } = new();

    /// <summary>Its cells.</summary>
    public required IReadOnlyList<SaleFileCell> Cells { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says where.</exception>
    public static async Task<SaleFile> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            var sale = await JsonSerializer.DeserializeAsync<SaleFile>(stream, Json, cancellationToken);
            return sale is { Cells.Count: > 0 } ? sale : throw new InvalidDataException($"{file}: it defines no cell.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{file}: {fault.Message}", fault);
        }
    }

    /// <summary>The control that defines the sale.</summary>
    public SaleDefine Definition(ControlHeader control) => new(
        default, control, Sale, TimeText.Microseconds(ClosesAt), HoldSeconds,
        new SaleTerms(Terms.Draw, Terms.PersonMax, Terms.PackSessions, Terms.PacksMax, Terms.OfferSeconds, Terms.WaitMax));

    /// <summary>The controls that add its cells.</summary>
    public IEnumerable<CellsDefine> CellDefinitions(ControlHeader control) => Cells
        .Select(static cell => new CellDefinition(cell.Session, cell.Category, cell.PriceCents, cell.Capacity, cell.Blocked, cell.QuantityMax))
        .Chunk(Wire.CellsMax)
        .Select(cells => new CellsDefine(default, control, Sale, cells));
}

/// <summary>What a sale asks of buyers; see <see cref="SaleTerms"/>.</summary>
internal sealed record SaleFileTerms
{
    public uint Draw { get; init; }

    public ushort PersonMax { get; init; }

    public byte PackSessions { get; init; }

    public byte PacksMax { get; init; }

    public uint OfferSeconds { get; init; }

    public uint WaitMax { get; init; }
}

/// <summary>A cell of a sale; see <see cref="CellDefinition"/>.</summary>
internal sealed record SaleFileCell
{
    public required uint Session { get; init; }

    public required ushort Category { get; init; }

    public required long PriceCents { get; init; }

    public required uint Capacity { get; init; }

    public uint Blocked { get; init; }

    public required ushort QuantityMax { get; init; }
}
