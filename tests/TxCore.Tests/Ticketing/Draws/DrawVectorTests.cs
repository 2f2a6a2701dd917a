using System.Globalization;
using CsCheck;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Ticketing.Draws;

/// <summary>The draw against its published vector and against a plain one.</summary>
public sealed class DrawVectorTests
{
    private readonly SampleDraw _draw = new(10);

    [Fact]
    public void The_vector_has_its_list_root() =>
        Assert.Equal("b10e490964c9e4d2aa36077f202ee99ef0a25f53f2aaae82fd37fa969737ebc7", Convert.ToHexStringLower(_draw.Record.ListRoot));

    [Fact]
    public void The_vector_has_its_commitment() =>
        Assert.Equal("39b74913854bc7b841bd8d24c8d0b5cdbb4c91eac24d5dcfc02deb19191cc800", Convert.ToHexStringLower(_draw.Record.Commitment));

    [Fact]
    public void The_vector_has_its_seed_and_first_word()
    {
        byte[] seed = DrawCommitment.Seed(SampleDraw.Beacon, SampleDraw.Name, _draw.Record.ListRoot, SampleDraw.Secret);
        Assert.Equal("60221eed362d502965f308e434f3d35e700d2c60ca1472ecd6958f20681f564c", Convert.ToHexStringLower(seed));
        using var words = new SeededWords(seed);
        Assert.Equal(13618226532478192621UL, words.Next());
    }

    [Fact]
    public void The_vector_has_its_order()
    {
        Assert.Equal([9, 8, 3, 2, 6, 0, 4, 7, 5, 1], _draw.Order);
        Assert.Equal([6, 10, 4, 3, 7, 9, 5, 8, 2, 1], DrawOrder.Ranks(_draw.Order));
    }

    [Fact]
    public void Any_draw_is_the_plain_one() => Gen.Int[0, 20_000].Sample(CompareWithPlain, iter: 20, threads: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(12_289)]
    public void A_draw_of_a_size_at_an_edge_is_the_plain_one(int count) => CompareWithPlain(count);

    [Fact]
    public void A_word_at_or_above_the_largest_multiple_is_passed_over()
    {
        // 2^64 mod 10 is 6: the ten numbers are equally often below 2^64 - 6.
        Assert.Equal(9UL, DrawShuffle.Below(new GivenWords(ulong.MaxValue - 6), 10));
        Assert.Equal(3UL, DrawShuffle.Below(new GivenWords(ulong.MaxValue - 5, ulong.MaxValue, 13), 10));
        Assert.Equal(7UL, DrawShuffle.Below(new GivenWords(ulong.MaxValue), 8));
        Assert.Equal(0UL, DrawShuffle.Below(new GivenWords(ulong.MaxValue), 1));
    }

    [Theory]
    [InlineData(3u)]
    [InlineData(7u)]
    [InlineData(10u)]
    [InlineData(1000u)]
    [InlineData(uint.MaxValue)]
    [InlineData(1u << 31)]
    public void The_last_word_that_counts_gives_the_highest_number(uint bound)
    {
        ulong excess = (ulong)(((UInt128)1 << 64) % bound);
        Assert.Equal(bound - 1UL, DrawShuffle.Below(new GivenWords(ulong.MaxValue - excess), bound));
        if (excess > 0)
        {
            Assert.Equal(1UL, DrawShuffle.Below(new GivenWords(ulong.MaxValue - excess + 1, bound + 1UL), bound));
        }
    }

    [Fact]
    public void The_words_are_those_of_the_plain_draw()
    {
        using var words = new SeededWords(SampleDraw.Secret);
        Assert.All(NaiveDraw.Words(SampleDraw.Secret).Take(1000), word => Assert.Equal((ulong)word, words.Next()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("été")]
    [InlineData("a\0b")]
    [InlineData("a b")]
    [InlineData("A2345678901234567890123456789012345678901234567890123456789012345")]
    public void A_name_that_could_be_read_two_ways_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => DrawCommitment.Commit(name, _draw.Record.ListRoot, SampleDraw.Secret));

    [Fact]
    public void Values_of_another_length_are_refused()
    {
        Assert.Throws<ArgumentException>(() => DrawCommitment.Commit(SampleDraw.Name, new byte[31], SampleDraw.Secret));
        Assert.Throws<ArgumentException>(() => DrawCommitment.Commit(SampleDraw.Name, new byte[32], new byte[33]));
        Assert.Throws<ArgumentException>(() => DrawCommitment.Seed(new byte[64], SampleDraw.Name, new byte[32], SampleDraw.Secret));
        Assert.Throws<ArgumentException>(() => DrawShuffle.Order(new byte[31], 10));
    }

    [Fact]
    public void Ranks_of_what_is_no_order_are_refused()
    {
        Assert.Throws<ArgumentException>(() => DrawOrder.Ranks([0, 0]));
        Assert.Throws<ArgumentException>(() => DrawOrder.Ranks([0, 2]));
        Assert.Throws<ArgumentException>(() => DrawOrder.Ranks([-1, 0]));
    }

    private static void CompareWithPlain(int count)
    {
        var draw = new SampleDraw(count);
        var registered = Enumerable.Range(1, count).Select(static i => SampleDraw.Bytes(SampleDraw.KeyOf(i)));
        byte[][] keys = [.. registered.OrderBy(Convert.ToHexString, StringComparer.Ordinal)];
        byte[] root = NaiveDraw.Root(keys);
        Assert.Equal(root, draw.Record.ListRoot);
        Assert.Equal(NaiveDraw.Commit(SampleDraw.Name, root, SampleDraw.Secret), draw.Record.Commitment);
        var order = NaiveDraw.Order(NaiveDraw.Seed(SampleDraw.Beacon, SampleDraw.Name, root, SampleDraw.Secret), count);
        Assert.Equal(order, draw.Order);
        Assert.Equal(NaiveDraw.Root([.. order.Select(BitConverter.GetBytes)]), draw.Record.OrderRoot);
        int[] ranks = DrawOrder.Ranks(draw.Order);
        Assert.All(order.Select(static (index, rank) => (index, rank)), each => Assert.Equal(each.rank + 1, ranks[each.index]));
    }

    /// <summary>Words that a test names.</summary>
    private sealed class GivenWords(params ulong[] words) : IWords
    {
        private int _next;

        public ulong Next() => _next < words.Length
            ? words[_next++]
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"More than {words.Length} words were taken."));
    }
}
