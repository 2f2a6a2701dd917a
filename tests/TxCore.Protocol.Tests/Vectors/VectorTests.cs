using System.Buffers;
using System.Text.Json.Nodes;
using TxCore.Protocol.Tests.Document;

namespace TxCore.Protocol.Tests.Vectors;

public class VectorTests
{
    public static TheoryData<string> Names => [.. VectorFile.Vectors.Select(vector => vector.Name)];

    public static TheoryData<string> LongerNames => [.. VectorFile.Longer.Select(vector => vector.Name)];

    public static TheoryData<string> RefusedNames => [.. VectorFile.Refused.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fields_encode_to_the_frame(string name)
    {
        var vector = Vector(name);
        byte[] frame = MessageCatalogue.All[vector.Message].Encode(vector.Fields);
        Assert.Equal(Convert.ToHexStringLower(vector.Frame), Convert.ToHexStringLower(frame));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_decodes_to_its_fields(string name) => DecodesToItsFields(Vector(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_tables_of_the_document_alone_make_the_same_frame(string name)
    {
        var vector = Vector(name);
        byte[] frame = TableEncoder.Encode(vector.Message, vector.Fields);
        Assert.Equal(Convert.ToHexStringLower(vector.Frame), Convert.ToHexStringLower(frame));
    }

    [Theory]
    [MemberData(nameof(LongerNames))]
    public void Fields_of_a_later_version_are_skipped(string name)
    {
        var vector = VectorFile.Longer.Single(longer => longer.Name == name);
        Assert.NotEqual(Convert.ToHexStringLower(TableEncoder.Encode(vector.Message, vector.Fields)), Convert.ToHexStringLower(vector.Frame));
        DecodesToItsFields(vector);
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void What_cannot_be_followed_gets_the_answer_of_the_document(string name)
    {
        var vector = VectorFile.Refused.Single(refused => refused.Name == name);
        Assert.Equal(vector.Answer, AnswerTo(vector.Frame));
    }

    [Fact]
    public void Every_message_on_the_wire_has_a_vector()
    {
        var types = Enum.GetValues<MessageType>().Where(type => type != MessageType.None && (ushort)type < 0x0500).Select(type => type.ToString());
        Assert.Equal(types.Order(), VectorFile.Vectors.Select(vector => vector.Message).Distinct().Order());
        Assert.Equal(types.Order(), MessageCatalogue.All.Keys.Order());
    }

    [Fact]
    public void Names_of_vectors_are_unique()
    {
        string[] names =
            [.. VectorFile.Vectors.Concat(VectorFile.Longer).Select(vector => vector.Name), .. VectorFile.Refused.Select(vector => vector.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    private static MessageVector Vector(string name) => VectorFile.Vectors.Single(vector => vector.Name == name);

    private static void DecodesToItsFields(MessageVector vector)
    {
        var buffer = new ReadOnlySequence<byte>(vector.Frame);
        Assert.Equal(FrameResult.Frame, FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out _));
        Assert.Equal(vector.Message, header.Type.ToString());
        Assert.True(buffer.IsEmpty);
        var fields = MessageCatalogue.All[vector.Message].Decode(payload.ToArray());
        Assert.NotNull(fields);
        Assert.True(JsonNode.DeepEquals(vector.Fields, fields), $"expected {vector.Fields}\nbut decoded {fields}");
    }

    private static string AnswerTo(byte[] bytes)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        var result = FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out var error);
        if (result != FrameResult.Frame)
        {
            return result == FrameResult.Broken ? error.ToString() : result.ToString();
        }

        if (!MessageCatalogue.All.TryGetValue(header.Type.ToString(), out var message))
        {
            return nameof(ResultCode.UnknownMessage);
        }

        if (message.TryDecode(payload.ToArray()))
        {
            return nameof(ResultCode.Accepted);
        }

        bool decided = header.Type.IsSequenced() && payload.Length >= Wire.TransactionHeaderBytes;
        return (decided ? ResultCode.MalformedBody : ResultCode.FrameTooShort).ToString();
    }
}
