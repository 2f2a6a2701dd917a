using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Tests.Validation;

/// <summary>The tool's own prices, by the vectors of the domain text (section 1.5).</summary>
public class BetPriceTests
{
    private static readonly byte[] Sixteen = [.. Enumerable.Range(1, 16).Select(runner => (byte)runner)];

    [Theory]
    [InlineData(BetType.Quinella, 200, Formula.Combined, 4, 0, 16, false, 1_200)]
    [InlineData(BetType.Quinella, 200, Formula.TotalField, 1, 0, 16, false, 3_000)]
    [InlineData(BetType.Exacta, 100, Formula.Combined, 4, 0, 16, false, 600)]
    [InlineData(BetType.Exacta, 100, Formula.Combined, 4, 0, 16, true, 1_200)]
    [InlineData(BetType.Trio, 200, Formula.Combined, 5, 0, 16, false, 2_000)]
    [InlineData(BetType.Trio, 200, Formula.ReducedField, 1, 6, 16, false, 3_000)]
    [InlineData(BetType.Tierce, 100, Formula.Unit, 3, 0, 16, true, 600)]
    [InlineData(BetType.Tierce, 100, Formula.Combined, 5, 0, 16, true, 6_000)]
    [InlineData(BetType.Tierce, 100, Formula.ReducedField, 1, 3, 16, false, 600)]
    [InlineData(BetType.Tierce, 100, Formula.TotalField, 1, 0, 16, false, 21_000)]
    [InlineData(BetType.Tierce, 100, Formula.TotalField, 1, 0, 16, true, 63_000)]
    [InlineData(BetType.QuartePlus, 150, Formula.ReducedField, 2, 6, 16, false, 4_500)]
    [InlineData(BetType.QuartePlus, 150, Formula.ReducedField, 2, 6, 16, true, 54_000)]
    [InlineData(BetType.QuartePlus, 150, Formula.TotalField, 3, 0, 16, false, 1_950)]
    [InlineData(BetType.QuintePlus, 200, Formula.Combined, 7, 0, 16, false, 4_200)]
    [InlineData(BetType.QuintePlus, 200, Formula.Combined, 7, 0, 16, true, 504_000)]
    [InlineData(BetType.QuintePlus, 200, Formula.TotalField, 1, 0, 16, true, 32_760_000)]
    public void Lines_cost_what_the_domain_text_says(
        BetType type, uint baseCents, Formula formula, int bases, int associates, int left, bool allOrders, long cents)
    {
        bool isOrdered = type is BetType.Exacta or BetType.Tierce or BetType.QuartePlus or BetType.QuintePlus;
        var line = Line(type, formula, Sixteen[..bases], Sixteen[bases..(bases + associates)], allOrders, risk: 0, StakeForm.Multiple, 1);

        Assert.Equal(cents, (long)BetPrice.Cents(Pool(type, baseCents, isOrdered), line, left)!.Value);
    }

    [Fact]
    public void A_base_at_its_place_costs_as_much_as_one_without_and_free_places_are_no_bases()
    {
        var line = Line(BetType.Tierce, Formula.ReducedField, [0, 4, 0], [1, 2, 3], false, 0, StakeForm.Multiple, 1);

        Assert.Equal(600, (long)BetPrice.Cents(Pool(BetType.Tierce, 100, true), line, 16)!.Value);
    }

    [Fact]
    public void A_multi_in_five_covers_the_choices_of_five()
    {
        var line = Line(BetType.Multi, Formula.Combined, Sixteen[..9], [], false, risk: 5, StakeForm.Multiple, 1);

        Assert.Equal(37_800, (long)BetPrice.Cents(Pool(BetType.Multi, 300, false), line, 16)!.Value);
    }

    [Theory]
    [InlineData(7, 25, 1_050)]
    [InlineData(6, 25, 300)]
    public void Flexi_is_a_share_of_the_whole(int runners, long percent, long cents)
    {
        var line = Line(BetType.QuintePlus, Formula.Combined, Sixteen[..runners], [], false, 0, StakeForm.Flexi, percent);

        Assert.Equal(cents, (long)BetPrice.Cents(Pool(BetType.QuintePlus, 200, true), line, 16)!.Value);
    }

    [Fact]
    public void Flexi_that_does_not_come_to_whole_cents_has_no_price()
    {
        var line = Line(BetType.Trio, Formula.Combined, Sixteen[..3], [], false, 0, StakeForm.Flexi, 25);

        Assert.Null(BetPrice.Cents(Pool(BetType.Trio, 1, false), line, 16));
    }

    [Fact]
    public void A_scratch_makes_a_whole_field_cheaper()
    {
        var line = Line(BetType.Quinella, Formula.TotalField, [1], [], false, 0, StakeForm.Multiple, 1);

        Assert.Equal(2_800, (long)BetPrice.Cents(Pool(BetType.Quinella, 200, false), line, 15)!.Value);
    }

    private static PoolDefinition Pool(BetType type, uint baseCents, bool isOrdered) =>
        new((ushort)type, baseCents, long.MaxValue, (byte)(BetPrice.TakesCombined | (isOrdered ? BetPrice.Ordered : 0)), [25, 50], [4, 5, 6, 7]);

    private static WagerLine Line(
        BetType type, Formula formula, byte[] bases, byte[] associates, bool allOrders, byte risk, StakeForm form, long stake) =>
        new(new RaceId(20251105, 1, 1), (ushort)type, formula, allOrders, false, risk, 0, form, stake, 0, bases, associates, []);
}
