using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace TxCore.Protocol.Tests.Document;

/// <summary>
/// A second, independent encoder: it knows nothing but the tables of PROTOCOL.md. It proves that the tables are the wire format, and
/// that an encoder written from them by a stranger makes the same bytes.
/// </summary>
internal static class TableEncoder
{
    /// <summary>A whole frame of a message from its fields.</summary>
    public static byte[] Encode(string message, JsonNode fields)
    {
        var frame = new List<byte>();
        byte[] payload = [.. Fields(ProtocolDocument.Messages[message], fields)];
        frame.AddRange(Integer(4 + payload.Length, 4));
        frame.AddRange(Integer(ProtocolDocument.MessageNumbers[message], 2));
        frame.AddRange([1, 0]);
        frame.AddRange(payload);
        return [.. frame];
    }

    /// <summary>Bytes of a type whose size does not depend on its value; else null.</summary>
    public static int? FixedBytes(string type) => type switch
    {
        "u8" or "bits8" => 1,
        "u16" => 2,
        "u32" => 4,
        "u64" or "i64" => 8,
        "bytes[32]" => 32,
        _ when ProtocolDocument.Structures.TryGetValue(type, out var rows) =>
            rows.Aggregate((int?)0, (sum, row) => sum + FixedBytes(row.Type)),
        _ => null,
    };

    private static IEnumerable<byte> Fields(FieldRow[] rows, JsonNode fields) => rows.SelectMany(row => Field(row, fields));

    private static IEnumerable<byte> Field(FieldRow row, JsonNode fields)
    {
        var value = fields[row.Names[0]];
        string[] words = row.Type.Split(' ');
        return words[0] switch
        {
            "bits8" => [(byte)row.Names.Select((name, bit) => fields[name]!.GetValue<bool>() ? 1 << bit : 0).Sum()],
            "tag" when value is null => [],
            "tag" => [byte.Parse(words[1], CultureInfo.InvariantCulture), .. Fields(ProtocolDocument.Structures[words[2]], value!)],
            "element?" => value is null ? [0, 0] : Element(words[1], value),
            "list8" => Counted(1, value!.AsArray().Count, value.AsArray().SelectMany(item => Element(words[2], item!))),
            "list16" => Counted(2, value!.AsArray().Count, value.AsArray().SelectMany(item => Element(words[2], item!))),
            "bytes[32]" => Convert.FromHexString(value!.GetValue<string>()),
            "bytes8" => Counted(1, Convert.FromHexString(value!.GetValue<string>())),
            "bytes16" => Counted(2, Convert.FromHexString(value!.GetValue<string>())),
            "text8" => Counted(1, Encoding.ASCII.GetBytes(value!.GetValue<string>())),
            "text16" => Counted(2, Encoding.UTF8.GetBytes(value!.GetValue<string>())),
            "u8" or "u16" or "u32" or "u64" or "i64" =>
                Integer(Int128.Parse(value!.ToString(), CultureInfo.InvariantCulture), FixedBytes(row.Type)!.Value),
            _ => Fields(ProtocolDocument.Structures[words[0]], value!),
        };
    }

    /// <summary>An element of a structure, or of a plain type where that is all there is in it.</summary>
    private static IEnumerable<byte> Element(string type, JsonNode value) => Counted(
        2,
        ProtocolDocument.Structures.TryGetValue(type, out var structure)
            ? [.. Fields(structure, value)]
            : [.. Field(new FieldRow("0", ["value"], type), new JsonObject { ["value"] = value.DeepClone() })]);

    private static IEnumerable<byte> Counted(int countBytes, byte[] content) => Counted(countBytes, content.Length, content);

    private static IEnumerable<byte> Counted(int countBytes, int count, IEnumerable<byte> content) => [.. Integer(count, countBytes), .. content];

    private static IEnumerable<byte> Integer(Int128 value, int bytes) => Enumerable.Range(0, bytes).Select(i => (byte)((value >> (8 * i)) & 0xFF));
}
