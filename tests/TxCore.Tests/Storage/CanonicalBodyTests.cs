using System.Text.Json.Nodes;
using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Tests.Support;

namespace TxCore.Tests.Storage;

/// <summary>The canonical form of bodies: the known fields, whatever follows them; and nothing outside the bytes given.</summary>
public sealed class CanonicalBodyTests
{
    private static readonly MessageType[] Types = [.. Enum.GetValues<MessageType>().Where(static type => type.IsSequenced())];

    private static readonly JsonNode Root = JsonNode.Parse(File.ReadAllText(VectorFile()))!;

    private static readonly Gen<byte[]> Bytes31 = Gen.Byte.Array[0, 31];

    private static readonly Gen<ReportLeg> Leg =
        Gen.Select(Gen.Byte, Gen.Byte, Gen.UShort, Gen.UShort, Bytes31, static (race, form, carry, pool, bases) => new ReportLeg(race, form, carry, pool, bases));

    private static readonly Gen<WagerLine> Line = Gen.Select(
        Gen.UInt, Gen.UShort, Gen.Byte.Array[6], Gen.Long, Bytes31, Leg.Array[0, 4],
        static (day, pool, small, stake, bases, legs) => new WagerLine(
            new RaceId(day, small[0], small[1]), pool, (Formula)small[2], (small[3] & 1) != 0, (small[3] & 2) != 0, small[3], small[4], (StakeForm)small[5], stake,
            ~stake, bases, bases, legs));

    private static readonly Gen<Wager> AnyWager = Gen.Select(
        Line.Array[1, 20], Gen.Byte.Array[0, 32], Gen.Long,
        static (lines, key, amount) => new Wager(Messages.Name(1, 1), amount, 1, 2, PaymentMeans.Account, key, key, amount, lines));

    [Fact]
    public void The_canonical_form_of_a_known_message_is_its_body() =>
        AnyWager.Sample(static wager => AssertCanonical(MessageType.Wager, Body(wager)), iter: 500);

    [Fact]
    public void The_canonical_form_of_each_message_is_its_body()
    {
        AssertCanonical(MessageType.Cancel, Body(Messages.Cancel(1, 1, 5)));
        AssertCanonical(MessageType.Reversal, Body(Messages.Reversal(1, 2, 1, 5)));
        AssertCanonical(MessageType.Pay, Body(new Pay(Messages.Name(1, 1), 1, 2, 3, [1, 2, 3], true)));
        AssertCanonical(MessageType.Hold, Body(Messages.Hold(1, 1) with { Person = new byte[32] }));
        AssertCanonical(MessageType.Confirm, Body(Messages.Confirm(1, 1, 2, 3)));
        AssertCanonical(MessageType.Release, Body(Messages.Release(1, 1, 2)));
        AssertCanonical(MessageType.DrawRegister, Body(new DrawRegister(Messages.Name(1, 1), 1, 1, new byte[32], 3)));
        AssertCanonical(MessageType.DrawWithdraw, Body(new DrawWithdraw(Messages.Name(1, 1), 1, 1, new byte[32])));
        AssertCanonical(MessageType.RaceDefine, Body(Messages.DefineRace(1, 1)));
        AssertCanonical(MessageType.RaceScratch, Messages.RaceControl(MessageType.RaceScratch, 1, 1)[(Wire.HeaderBytes + Wire.TransactionHeaderBytes)..]);
        AssertCanonical(MessageType.SaleDefine, Body(Messages.DefineSale(1, 1)));
        AssertCanonical(MessageType.CellsDefine, Body(Messages.DefineCells(1, 1)));
        AssertCanonical(MessageType.SaleOpen, Messages.SaleControl(MessageType.SaleOpen, 1, 1)[(Wire.HeaderBytes + Wire.TransactionHeaderBytes)..]);
        AssertCanonical(MessageType.TimeConfirm, Body(new TimeConfirm(Messages.Name(1, 1), Messages.Control(), 3)));
    }

    [Fact]
    public void The_canonical_form_of_every_vector_is_its_body()
    {
        var vectors = Vectors("vectors").ToArray();
        Assert.Equal(Types.Order(), vectors.Select(static vector => vector.Type).Distinct().Order());
        Assert.All(vectors, static vector => AssertCanonical(vector.Type, vector.Body));
    }

    [Fact]
    public void Vectors_of_a_later_version_have_the_canonical_form_of_this_one()
    {
        var bodies = Vectors("vectors").ToDictionary(static vector => vector.Name, static vector => vector.Body);
        var longer = Vectors("longer").ToArray();
        Assert.NotEmpty(longer);
        Assert.All(longer, vector =>
        {
            byte[] copy = new byte[vector.Body.Length];
            int length = CanonicalBody.Copy(vector.Type, vector.Body, copy);
            Assert.Equal(bodies[vector.Name[..vector.Name.IndexOf(", with fields of a later version", StringComparison.Ordinal)]], copy[..Math.Max(0, length)]);
        });
    }

    [Fact]
    public void Vectors_whose_body_is_refused_have_no_canonical_form()
    {
        var refused = Root["refused"]!.AsArray()
            .Where(static vector => vector!["answer"]!.GetValue<string>() == nameof(ResultCode.MalformedBody)).Select(static vector => Vector(vector!)).ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, static vector => Assert.Equal(-1, CanonicalBody.Copy(vector.Type, vector.Body, new byte[vector.Body.Length])));
    }

    [Fact]
    public void Fields_that_a_later_version_appends_to_an_element_are_left_out()
    {
        var hold = Messages.Hold(1, 1);
        byte[] body = Body(hold);
        const int SizeAt = 8 + 4 + 1 + 1;
        byte[] longer = [.. body, 7, 7, 7, 9];
        longer[SizeAt] += 3;
        byte[] copy = new byte[longer.Length];
        Assert.Equal(body, copy[..CanonicalBody.Copy(MessageType.Hold, longer, copy)]);
        Assert.Equal(Fingerprint.Of(MessageType.Hold, body), Fingerprint.Of(MessageType.Hold, copy.AsSpan(0, body.Length)));
        Assert.NotEqual(Fingerprint.Of(MessageType.Hold, body), Fingerprint.Of(MessageType.Confirm, body));
    }

    [Fact]
    public void A_body_cut_anywhere_cannot_be_read() =>
        AnyWager.Sample(static wager =>
        {
            byte[] body = Body(wager);
            byte[] copy = new byte[body.Length];
            for (int length = 0; length < body.Length; length += 7)
            {
                Assert.Equal(-1, CanonicalBody.Copy(MessageType.Wager, body.AsSpan(0, length), copy));
            }
        }, iter: 50);

    [Fact]
    public void Random_and_damaged_bytes_are_never_read_beyond_and_what_is_canonical_can_be_decided() =>
        Gen.Select(Gen.Int[0, Types.Length - 1], AnyWager, Gen.Byte.Array[0, 200], Gen.Int).Sample(static (at, wager, bytes, seed) =>
        {
            Try(Types[at], bytes);
            byte[] damaged = Body(wager);
            var random = new Random(seed);
            for (int i = 0; i < 3; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Try(MessageType.Wager, damaged);
        }, iter: 3000);

    /// <summary>The vectors of the source tree that these tests were built in.</summary>
    private static string VectorFile()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string file = Path.Combine(directory.FullName, "src", "TxCore.Protocol", "protocol-vectors.json");
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new FileNotFoundException($"No src/TxCore.Protocol/protocol-vectors.json above {AppContext.BaseDirectory}.");
    }

    private static IEnumerable<(string Name, MessageType Type, byte[] Body)> Vectors(string list) =>
        Root[list]!.AsArray().Select(static vector => Vector(vector!)).Where(static vector => vector.Type.IsSequenced());

    private static (string Name, MessageType Type, byte[] Body) Vector(JsonNode vector)
    {
        byte[] frame = Convert.FromHexString(vector["frame"]!.GetValue<string>());
        return (vector["name"]!.GetValue<string>(), Wire.PeekType(frame), frame[Math.Min(frame.Length, Wire.HeaderBytes + Wire.TransactionHeaderBytes)..]);
    }

    private static void Try(MessageType type, byte[] body)
    {
        // Guard bytes on both sides: a copy that is too long or reads a neighbour shows.
        byte[] copy = new byte[body.Length + 16];
        copy.AsSpan().Fill(0xEE);
        int length = CanonicalBody.Copy(type, body, copy.AsSpan(8, body.Length));
        Assert.True(length <= body.Length);
        Assert.All(copy[..8].Concat(copy[(body.Length + 8)..]), static guard => Assert.Equal(0xEE, guard));
        if (length < 0)
        {
            return;
        }

        byte[] canonical = copy[8..(8 + length)];
        AssertCanonical(type, canonical);
        byte[] frame = new byte[Wire.HeaderBytes + Wire.TransactionHeaderBytes + length];
        canonical.CopyTo(frame, Wire.HeaderBytes + Wire.TransactionHeaderBytes);
        Frame.WriteHeader(frame, type, frame.Length - Wire.HeaderBytes);
        frame[Wire.HeaderBytes] = 1;
        frame[Wire.HeaderBytes + 4] = 1;
        var bench = new DeciderBench().OpenAll();
        bench.Answer(frame);
    }

    private static void AssertCanonical(MessageType type, byte[] body)
    {
        byte[] longer = [.. body, 1, 2, 3];
        byte[] copy = new byte[longer.Length];
        int length = CanonicalBody.Copy(type, longer, copy);
        Assert.Equal(body, copy[..Math.Max(0, length)]);
    }

    private static byte[] Body<T>(T message)
        where T : IMessage<T> => Frame.Encode(message)[(Wire.HeaderBytes + Wire.TransactionHeaderBytes)..];
}
