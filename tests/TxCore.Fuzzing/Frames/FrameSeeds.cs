using System.Text.Json.Nodes;
using TxCore.Protocol;

namespace TxCore.Fuzzing.Frames;

/// <summary>The protocol's test vectors as inputs: the beginning of the corpus of frames.</summary>
internal static class FrameSeeds
{
    private const byte SmallFrames = 1;
    private const int SmallFrameBytes = 1024;

    /// <summary>All of them.</summary>
    public static IEnumerable<byte[]> Make()
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "protocol-vectors.json")))!;
        byte[][] frames = [.. new[] { "vectors", "longer", "refused" }.SelectMany(list => root[list]!.AsArray()).Select(static vector => Convert.FromHexString(vector!["frame"]!.GetValue<string>()))];
        foreach (byte[] frame in frames)
        {
            yield return FuzzInput.Of(0, frame, 3, 4, 0, 12);
        }

        yield return FuzzInput.Of(0, [.. frames.Take(8).SelectMany(static frame => frame)], 5, 60, 1, 0, 80);
        foreach (byte[] frame in (byte[][])[.. Limits(0, Wire.FrameBytesMax), .. Limits(SmallFrames, SmallFrameBytes)])
        {
            yield return frame;
        }
    }

    /// <summary>The largest frame, and the beginning of one that is a byte larger.</summary>
    private static IEnumerable<byte[]> Limits(byte how, int frameBytesMax)
    {
        byte[] frame = new byte[frameBytesMax + 1];
        Frame.WriteHeader(frame, MessageType.Outcome, frameBytesMax - Wire.HeaderBytes);
        yield return FuzzInput.Of(how, frame.AsSpan(0, frameBytesMax), 9, 255);
        Frame.WriteHeader(frame, MessageType.Outcome, frameBytesMax + 1 - Wire.HeaderBytes);
        yield return FuzzInput.Of(how, frame.AsSpan(0, 2 * Wire.HeaderBytes), 3);
    }
}
