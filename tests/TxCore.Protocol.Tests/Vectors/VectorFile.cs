using System.Text.Json.Nodes;

namespace TxCore.Protocol.Tests.Vectors;

/// <summary>A message as fields and as a frame.</summary>
internal sealed record MessageVector(string Name, string Message, JsonNode Fields, byte[] Frame)
{
    public byte[] Payload => Frame[Wire.HeaderBytes..];
}

/// <summary>Bytes a server does not follow, and its answer.</summary>
internal sealed record RefusedVector(string Name, string Answer, byte[] Frame);

/// <summary>protocol-vectors.json.</summary>
internal static class VectorFile
{
    private static readonly JsonNode Root = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "protocol-vectors.json")))!;

    /// <summary>Fields and frame, both ways.</summary>
    public static readonly MessageVector[] Vectors = Read("vectors");

    /// <summary>Frames of a later version: they decode to the fields, the rest is skipped.</summary>
    public static readonly MessageVector[] Longer = Read("longer");

    /// <summary>What is refused, and how.</summary>
    public static readonly RefusedVector[] Refused =
    [
        .. Root["refused"]!.AsArray().Select(vector => new RefusedVector(
            Text(vector, "name"), Text(vector, "answer"), Convert.FromHexString(Text(vector, "frame")))),
    ];

    private static MessageVector[] Read(string list) =>
    [
        .. Root[list]!.AsArray().Select(vector => new MessageVector(
            Text(vector, "name"), Text(vector, "message"), vector!["fields"]!, Convert.FromHexString(Text(vector, "frame")))),
    ];

    private static string Text(JsonNode? vector, string name) => vector![name]!.GetValue<string>();
}
