using System.Security.Cryptography;
using System.Text;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Tests.Validation;

/// <summary>The tool's own draw against the vector of <c>domain.md</c> section 3.3.</summary>
public class OwnDrawTests
{
    private const string Name = "TXC-DRAW-DEMO-1";

    [Fact]
    public void The_vector_of_the_draw_comes_out()
    {
        byte[] secret = SHA256.HashData("operator secret demo"u8);
        byte[] beacon = Convert.FromHexString("647c07b2abbf7ff2afb4d670214f565e5cd9f9c91bfdcecb59a21f3c78d73920");
        var draw = new OwnDraw([.. Enumerable.Range(1, 10)], new DemoKeys());

        draw.Run(Name, secret, beacon);

        Assert.Equal("b10e490964c9e4d2aa36077f202ee99ef0a25f53f2aaae82fd37fa969737ebc7", Convert.ToHexStringLower(draw.Root));
        Assert.Equal("39b74913854bc7b841bd8d24c8d0b5cdbb4c91eac24d5dcfc02deb19191cc800", Convert.ToHexStringLower(draw.Commitment(Name, secret)));
        int[] sorted = [.. Enumerable.Range(1, 10).OrderBy(person => Convert.ToHexString(Key(person)), StringComparer.Ordinal)];
        int[] order = [9, 8, 3, 2, 6, 0, 4, 7, 5, 1];
        Assert.Equal(order.Select(index => sorted[index]), Enumerable.Range(1, 10).Select(draw.PersonAt));
        Assert.All(Enumerable.Range(1, 10), rank => Assert.Equal(rank, draw.RankOf(draw.PersonAt(rank))));
    }

    private static byte[] Key(int person) => SHA256.HashData(Encoding.ASCII.GetBytes($"person-{person}"));

    private sealed class DemoKeys : PersonKeys
    {
        public DemoKeys()
            : base(0)
        {
        }

        public override void Write(int person, Span<byte> key) => Key(person).CopyTo(key);
    }
}
