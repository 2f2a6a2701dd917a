using System.Text.Json;
using System.Text.Json.Serialization;
using HdrHistogram;
using HdrHistogram.Utilities;

namespace TxCore.LoadTest.Reports;

/// <summary>A histogram as its compressed V2 form in base64, which every HdrHistogram library reads.</summary>
internal sealed class HistogramConverter : JsonConverter<LongHistogram>
{
    public override LongHistogram Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Decode(reader.GetString()!);
        }
        catch (Exception fault) when (fault is FormatException or InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            throw new JsonException($"Not a compressed histogram: {fault.Message}", fault);
        }
    }

    public override void Write(Utf8JsonWriter writer, LongHistogram value, JsonSerializerOptions options) => writer.WriteStringValue(Encode(value));

    /// <summary>The compressed form in base64.</summary>
    public static string Encode(HistogramBase histogram)
    {
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity());
        byte[] bytes = new byte[histogram.EncodeIntoCompressedByteBuffer(buffer)];
        buffer.Position = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = buffer.Get();
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>The histogram of a compressed form in base64.</summary>
    public static LongHistogram Decode(string text) =>
        (LongHistogram)HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(Convert.FromBase64String(text)), 0);
}
