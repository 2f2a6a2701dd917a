using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Ticketing.Draws;

public sealed class DrawListTests
{
    private const int Seed = 41;

    [Fact]
    public void Keys_that_begin_alike_are_sorted_by_the_rest()
    {
        var random = new Random(Seed);
        var keys = new PersonKeyList();
        for (int i = 0; i < 20_000; i++)
        {
            keys.Add(new PersonKey(Word(random, 3), Word(random, 4), Word(random, 5), (ulong)i));
        }

        int[] sorted = DrawList.Sort(keys);
        string[] plain = [.. Enumerable.Range(0, keys.Count).Select(i => Hex(keys[i])).Order(StringComparer.Ordinal)];
        Assert.Equal(plain, sorted.Select(i => Hex(keys[i])));
        Assert.Equal(Enumerable.Range(0, keys.Count), sorted.Order());
    }

    [Fact]
    public void Keys_are_ordered_as_unsigned_bytes()
    {
        var keys = List(
            new PersonKey(1UL << 63, 0, 0, 0), new PersonKey(1, 0, 0, 0), new PersonKey(ulong.MaxValue, 0, 0, 0), new PersonKey(0, 1UL << 63, 0, 0));
        Assert.Equal([3, 1, 0, 2], DrawList.Sort(keys));
    }

    [Fact]
    public void Equal_keys_are_refused()
    {
        var keys = List(SampleDraw.KeyOf(1), SampleDraw.KeyOf(2), SampleDraw.KeyOf(3), SampleDraw.KeyOf(2));
        var fault = Assert.Throws<ArgumentException>(() => DrawList.Root(keys, DrawList.Sort(keys)));
        Assert.Contains("holds a key twice", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_is_not_sorted_is_refused()
    {
        var keys = List(new PersonKey(1, 0, 0, 0), new PersonKey(2, 0, 0, 0), new PersonKey(3, 0, 0, 0));
        var fault = Assert.Throws<ArgumentException>(() => DrawList.Root(keys, [0, 2, 1]));
        Assert.Contains("not in ascending order at index 2", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DrawList.Root(keys, [0, 1]));
    }

    [Fact]
    public void A_key_is_found_where_it_is()
    {
        var draw = new SampleDraw(1000);
        Assert.All(Enumerable.Range(0, 1000), index => Assert.Equal(index, DrawList.IndexOf(draw.Keys, draw.Sorted, draw.Keys[draw.Sorted[index]])));
        Assert.Equal(-1, DrawList.IndexOf(draw.Keys, draw.Sorted, SampleDraw.KeyOf(1001)));
    }

    [Fact]
    public void Rank_does_not_depend_on_when_a_person_registered()
    {
        var draw = new SampleDraw(50_000);
        int[] ranks = DrawOrder.Ranks(draw.Order);
        int[] byRegistration = new int[ranks.Length];
        for (int index = 0; index < ranks.Length; index++)
        {
            byRegistration[draw.Sorted[index]] = ranks[index];
        }

        Assert.InRange(DrawVerification.ChiSquareOfDeciles(byRegistration), 40, DrawVerification.ChiSquareMax);
    }

    [Fact]
    public void The_self_test_sees_an_order_that_favours_the_first()
    {
        int[] first = [.. Enumerable.Range(1, 1000)];
        Assert.Equal(9000, DrawVerification.ChiSquareOfDeciles(first), 6);
        var random = new Random(Seed);
        int[] tilted = [.. Enumerable.Range(0, 20_000).OrderBy(i => random.NextDouble() + (i / 200_000.0))];
        Assert.True(DrawVerification.ChiSquareOfDeciles(DrawOrder.Ranks(tilted)) > DrawVerification.ChiSquareMax);
    }

    [Fact]
    public void The_self_test_refuses_what_it_cannot_judge()
    {
        Assert.Throws<ArgumentException>(() => DrawVerification.ChiSquareOfDeciles(new int[499]));
        Assert.Throws<ArgumentException>(() => DrawVerification.ChiSquareOfDeciles(new int[500]));
    }

    private static ulong Word(Random random, int values) => (ulong)random.Next(values) * (ulong.MaxValue / (ulong)values);

    private static string Hex(PersonKey key) => Convert.ToHexString(SampleDraw.Bytes(key));

    private static PersonKeyList List(params PersonKey[] given)
    {
        var keys = new PersonKeyList();
        Array.ForEach(given, key => keys.Add(key));
        return keys;
    }
}
