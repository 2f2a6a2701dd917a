using System.Text.Json.Nodes;
using CsCheck;
using TxCore.Protocol.Tests.Document;
using TxCore.Protocol.Tests.Vectors;

namespace TxCore.Protocol.Tests;

/// <summary>Properties of every message; CsCheck prints the seed of what fails.</summary>
public class RoundTripTests
{
    private const int MessagesPerType = 300;

    public static TheoryData<string> Messages => [.. MessageCatalogue.All.Keys];

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_is_encoded_decodes_to_the_same_fields(string message) => Check(message, (entry, fields, frame) =>
        Same(fields, entry.Decode(frame[Wire.HeaderBytes..])));

    [Theory]
    [MemberData(nameof(Messages))]
    public void The_tables_of_the_document_make_the_same_bytes(string message) => Check(message, (_, fields, frame) =>
        Assert.Equal(Convert.ToHexStringLower(TableEncoder.Encode(message, fields)), Convert.ToHexStringLower(frame)));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Unknown_bytes_at_the_end_are_skipped(string message) => Check(message, (entry, fields, frame) =>
        Same(fields, entry.Decode([.. frame[Wire.HeaderBytes..], 0xFF, 0x00, 0x7F])));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_shorter_payload_is_refused(string message) => Check(message, (entry, _, frame) =>
    {
        byte[] payload = frame[Wire.HeaderBytes..];
        int step = Math.Max(1, payload.Length / 64);
        for (int length = payload.Length - 1; length >= 0; length -= step)
        {
            Assert.False(entry.TryDecode(payload[..length]), $"{length} of {payload.Length} bytes were taken for a whole {message}");
        }
    });

    private static void Check(string message, Action<CatalogueEntry, JsonNode, byte[]> assert)
    {
        var entry = MessageCatalogue.All[message];
        Gen.Int.Sample(
            seed =>
            {
                var fields = entry.FromRecord(new RandomMessage(new Random(seed)).Of(entry.Record));
                assert(entry, fields, entry.Encode(fields));
            },
            iter: MessagesPerType,
            threads: 1);
    }

    private static void Same(JsonNode expected, JsonNode? actual)
    {
        Assert.NotNull(actual);
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected}\nbut decoded {actual}");
    }
}
