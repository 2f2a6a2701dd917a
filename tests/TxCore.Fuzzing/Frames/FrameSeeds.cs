using System.Text.Json.Nodes;
using TxCore.Protocol;

namespace TxCore.Fuzzing.Frames;

/// <summary>The protocol's test vectors as inputs: the beginning of the corpus of frames.</summary>
internal static class FrameSeeds
{
    private const byte SmallFrames = 1;

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
        foreach (int length in new[] { Wire.FrameBytesMax, Wire.FrameBytesMax + 1 })
        {
            byte[] large = new byte[length];
            Frame.WriteHeader(large, MessageType.Outcome, length - Wire.HeaderBytes);
            yield return FuzzInput.Of(0, length > Wire.FrameBytesMax ? large.AsSpan(0, 100) : large, 9, 255);
            yield return FuzzInput.Of(SmallFrames, large.AsSpan(0, 100), 9, 255);
        }
    }
}
