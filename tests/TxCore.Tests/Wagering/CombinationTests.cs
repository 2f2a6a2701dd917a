using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;

namespace TxCore.Tests.Wagering;

/// <summary>The vectors of <c>domain.md</c> section 1.5: unit bets and price, or the refusal.</summary>
public sealed class CombinationTests
{
    private const byte Ordered = 1;
    private const byte Complement = 2;
    private const byte CombinedAllowed = 4;
    private const long OnlineMaximum = 3_000_000;

    [Theory]
    [InlineData("quinella box of 4", BetType.Quinella, 200, 0, Formula.Combined, 4, 0, false, 16, 6, 1200)]
    [InlineData("quinella, 1 base with the field", BetType.Quinella, 200, 0, Formula.TotalField, 1, 0, false, 16, 15, 3000)]
    [InlineData("exacta, 4 combined", BetType.Exacta, 100, Ordered, Formula.Combined, 4, 0, false, 7, 6, 600)]
    [InlineData("exacta, 4 in all orders", BetType.Exacta, 100, Ordered, Formula.Combined, 4, 0, true, 7, 12, 1200)]
    [InlineData("trio, 5 combined", BetType.Trio, 200, 0, Formula.Combined, 5, 0, false, 16, 10, 2000)]
    [InlineData("trio, 1 base and 6", BetType.Trio, 200, 0, Formula.ReducedField, 1, 6, false, 16, 15, 3000)]
    [InlineData("tierce in all orders", BetType.Tierce, 100, Ordered, Formula.Unit, 3, 0, true, 16, 6, 600)]
    [InlineData("tierce, 5 combined", BetType.Tierce, 100, Ordered, Formula.Combined, 5, 0, false, 16, 10, 1000)]
    [InlineData("tierce, 5 in all orders", BetType.Tierce, 100, Ordered, Formula.Combined, 5, 0, true, 16, 60, 6000)]
    [InlineData("tierce, 1 base and 3", BetType.Tierce, 100, Ordered, Formula.ReducedField, 1, 3, false, 16, 6, 600)]
    [InlineData("tierce, 1 base and 3, in all orders", BetType.Tierce, 100, Ordered, Formula.ReducedField, 1, 3, true, 16, 18, 1800)]
    [InlineData("tierce, 1 base with the field", BetType.Tierce, 100, Ordered, Formula.TotalField, 1, 0, false, 16, 210, 21000)]
    [InlineData("tierce, 1 base with the field, in all orders", BetType.Tierce, 100, Ordered, Formula.TotalField, 1, 0, true, 16, 630, 63000)]
    [InlineData("quarte, 2 bases and 6", BetType.QuartePlus, 150, Ordered, Formula.ReducedField, 2, 6, false, 16, 30, 4500)]
    [InlineData("quarte, 2 bases and 6, in all orders", BetType.QuartePlus, 150, Ordered, Formula.ReducedField, 2, 6, true, 16, 360, 54000)]
    [InlineData("quarte, 3 bases with the field", BetType.QuartePlus, 150, Ordered, Formula.TotalField, 3, 0, false, 16, 13, 1950)]
    [InlineData("quinte, 7 combined", BetType.QuintePlus, 200, Ordered, Formula.Combined, 7, 0, false, 16, 21, 4200)]
    [InlineData("quinte, 7 in all orders", BetType.QuintePlus, 200, Ordered, Formula.Combined, 7, 0, true, 16, 2520, 504000)]
    [InlineData("quinte, 2 bases and 8", BetType.QuintePlus, 200, Ordered, Formula.ReducedField, 2, 8, false, 16, 336, 67200)]
    [InlineData("quinte, 4 bases with the field", BetType.QuintePlus, 200, Ordered, Formula.TotalField, 4, 0, false, 16, 12, 2400)]
    [InlineData("win", BetType.Win, 200, 0, Formula.Unit, 1, 0, false, 16, 1, 200)]
    public void The_unit_bets_and_the_price_of_a_line_are_those_of_the_table(
        string what, BetType type, int baseStake, byte flags, Formula formula, int bases, int associates, bool allOrders, int runners, long combinations,
        long price)
    {
        var pool = new Pool((ushort)type, (uint)baseStake, OnlineMaximum, (byte)(flags | CombinedAllowed), [], []);
        var line = Line(pool, formula, bases, associates, allOrders, StakeForm.Multiple, 1, price);

        var verdict = Check(Race(runners), pool, line, out long counted);

        Assert.Equal((what, Verdict.Accepted, combinations), (what, verdict, counted));
    }

    [Theory]
    [InlineData(2, 2, 6)]
    [InlineData(3, 6, 18)]
    [InlineData(4, 12, 36)]
    [InlineData(5, 20, 60)]
    [InlineData(6, 30, 90)]
    [InlineData(7, 42, 126)]
    [InlineData(8, 56, 168)]
    [InlineData(9, 72, 216)]
    [InlineData(10, 90, 270)]
    [InlineData(11, 110, 330)]
    [InlineData(12, 132, 396)]
    public void A_tierce_of_one_base_costs_what_the_published_price_table_says(int associates, long price, long priceInAllOrders)
    {
        Assert.Equal(price, BetRules.Field(3, 2, associates, ordered: true, allOrders: false));
        Assert.Equal(priceInAllOrders, BetRules.Field(3, 2, associates, ordered: true, allOrders: true));
    }

    [Fact]
    public void The_largest_field_wager_is_counted_and_refused_for_its_price()
    {
        var pool = new Pool((ushort)BetType.QuintePlus, 200, OnlineMaximum, Ordered | CombinedAllowed, [25, 50], []);
        var line = Line(pool, Formula.TotalField, 1, 0, allOrders: true, StakeForm.Multiple, 1, 32_760_000);

        var verdict = Check(Race(16), pool, line, out long combinations);

        Assert.Equal(163_800, combinations);
        Assert.Equal(Verdict.Refuse(ResultCode.StakeAboveMaximum, BodyField.Stake), verdict);
    }

    [Theory]
    [InlineData(BetType.QuintePlus, 200, 7, 25, 1050, ResultCode.Accepted)]
    [InlineData(BetType.Pick5, 100, 6, 10, 60, ResultCode.StakeBelowMinimum)]
    [InlineData(BetType.Pick5, 100, 7, 10, 210, ResultCode.Accepted)]
    [InlineData(BetType.Pick5, 100, 7, 11, 231, ResultCode.FlexiNotAllowed)]
    [InlineData(BetType.Pick5, 100, 7, 110, 2310, ResultCode.FlexiNotAllowed)]
    public void Flexi_takes_the_listed_percentages_and_at_least_one_base_stake(
        BetType type, int baseStake, int selected, long percent, long price, ResultCode expected)
    {
        var pool = new Pool((ushort)type, (uint)baseStake, OnlineMaximum, CombinedAllowed, [10, 25, 50], []);
        var line = Line(pool, Formula.Combined, selected, 0, allOrders: false, StakeForm.Flexi, percent, price);

        Assert.Equal(expected, Check(Race(16), pool, line, out _).Code);
    }

    [Fact]
    public void A_multi_counts_the_sets_of_its_risk()
    {
        var pool = new Pool((ushort)BetType.Multi, 300, OnlineMaximum, CombinedAllowed, [], [4, 5, 6, 7]);
        var inFive = Line(pool, Formula.Combined, 9, 0, allOrders: false, StakeForm.Multiple, 1, 37_800) with { Risk = 5 };
        var unit = Line(pool, Formula.Unit, 7, 0, allOrders: false, StakeForm.Multiple, 1, 300) with { Risk = 7 };

        Assert.True(Check(Race(16), pool, inFive, out long combined).IsAccepted);
        Assert.True(Check(Race(16), pool, unit, out long one).IsAccepted);
        Assert.Equal((126, 1), (combined, one));
        Assert.Equal(ResultCode.RiskNotAllowed, Check(Race(16), pool, unit with { Risk = 8 }, out _).Code);
    }

    [Fact]
    public void The_field_of_a_race_is_its_runners_that_are_not_scratched()
    {
        var pool = new Pool((ushort)BetType.Quinella, 200, OnlineMaximum, CombinedAllowed, [], []);
        var race = Race(16);
        race.ScratchedMask = (1u << 15) | (1u << 16);

        Assert.True(Check(race, pool, Line(pool, Formula.TotalField, 1, 0, false, StakeForm.Multiple, 1, 2600), out long combinations).IsAccepted);
        Assert.Equal(13, combinations);
    }

    [Fact]
    public void Each_fault_of_a_selection_has_its_own_refusal()
    {
        var trio = new Pool((ushort)BetType.Trio, 200, OnlineMaximum, CombinedAllowed, [], []);
        var tierce = new Pool((ushort)BetType.Tierce, 100, OnlineMaximum, Ordered | Complement, [], []);
        var open = new Pool((ushort)BetType.Tierce, 100, OnlineMaximum, Ordered | Complement | CombinedAllowed, [], []);
        var unit = Line(trio, Formula.Unit, 3, 0, false, StakeForm.Multiple, 1, 200);

        Refused(trio, unit with { Bases = [1, 1, 2] }, ResultCode.RunnerDuplicated, BodyField.Bases);
        Refused(trio, unit with { Bases = [1, 2, 17] }, ResultCode.RunnerUnknown, BodyField.Bases);
        Refused(trio, unit with { Bases = [1, 2] }, ResultCode.WrongCount, BodyField.Bases);
        Refused(trio, unit with { Associates = [4] }, ResultCode.WrongCount, BodyField.Associates);
        Refused(trio, unit with { Complement = 9 }, ResultCode.ComplementNotAllowed, BodyField.Complement);
        Refused(open, unit with { Bases = [1, 2, 3], Complement = 3 }, ResultCode.RunnerDuplicated, BodyField.Complement);
        Refused(trio, unit with { AllOrders = true }, ResultCode.AllOrdersNotAllowed, BodyField.AllOrders);
        Refused(trio, unit with { Formula = Formula.Combined }, ResultCode.WrongCount, BodyField.Bases);
        Refused(tierce, unit with { Formula = Formula.Combined, Bases = [1, 2, 3, 4] }, ResultCode.FormulaNotAllowed, BodyField.Formula);
        Refused(open, unit with { Formula = Formula.ReducedField, Bases = [1], Associates = [2, 3] }, ResultCode.BasePositionMissing, BodyField.Bases);
        Refused(trio, unit with { Formula = Formula.ReducedField, Bases = [1], Associates = [2] }, ResultCode.WrongCount, BodyField.Associates);
        Refused(trio, unit with { Formula = Formula.ReducedField, Bases = [1, 2, 3], Associates = [4] }, ResultCode.WrongCount, BodyField.Bases);
        Refused(trio, unit with { Formula = (Formula)9 }, ResultCode.FormulaNotAllowed, BodyField.Formula);
        Refused(trio, unit with { AmountCents = 199 }, ResultCode.AmountMismatch, BodyField.Amount);
        Refused(trio, unit with { Stake = 0 }, ResultCode.StakeBelowMinimum, BodyField.Stake);
        Refused(trio, unit with { Stake = long.MaxValue }, ResultCode.StakeAboveMaximum, BodyField.Stake);
        Refused(trio, unit with { StakeForm = StakeForm.Value, Stake = 301 }, ResultCode.StakeNotMultiple, BodyField.Stake);

        static void Refused(Pool pool, WagerLine line, ResultCode code, BodyField field) =>
            Assert.Equal(Verdict.Refuse(code, field), Check(Race(16), pool, line, out _));
    }

    private static Race Race(int runners) => new(new RaceId(20251105, 1, 1)) { RunnerCount = (byte)runners };

    private static WagerLine Line(
        Pool pool, Formula formula, int bases, int associates, bool allOrders, StakeForm form, long stake, long price)
    {
        var rule = BetRules.Find(BetTypes.TypeOf(pool.Number))!.Value;
        bool isField = formula is Formula.ReducedField or Formula.TotalField;
        byte[] named = new byte[isField && pool.IsOrdered ? Math.Max(rule.Runners, bases) : bases];
        for (int i = 0; i < bases; i++)
        {
            named[i] = (byte)(i + 1);
        }

        byte[] others = [.. Enumerable.Range(bases + 1, associates).Select(static runner => (byte)runner)];
        return new WagerLine(new RaceId(20251105, 1, 1), pool.Number, formula, allOrders, false, 0, 0, form, stake, price, named, others, []);
    }

    /// <summary>One public test accepts less than one base stake here, the rule of the minimum refuses it: the pool says which.</summary>
    [Theory]
    [InlineData(0, ResultCode.FlexiNotAllowed)]
    [InlineData(16, ResultCode.Accepted)]
    public void A_multi_in_seven_at_25_percent_is_taken_where_the_pool_takes_small_flexis(byte small, ResultCode expected)
    {
        var pool = new Pool((ushort)BetType.Multi, 300, OnlineMaximum, (byte)(CombinedAllowed | small), [25, 50], [4, 5, 6, 7]);
        var line = Line(pool, Formula.Unit, 7, 0, false, StakeForm.Flexi, 25, 75) with { Risk = 7 };

        var verdict = Check(Race(16), pool, line, out long combinations);

        Assert.Equal((expected, 1), (verdict.Code, combinations));
    }

    [Fact]
    public void Three_bases_of_a_simple_bet_are_three_lines_of_one_stake_each()
    {
        var pool = new Pool((ushort)BetType.Win, 200, OnlineMaximum, 0, [], []);
        long cents = 0;
        for (byte runner = 1; runner <= 3; runner++)
        {
            var line = Line(pool, Formula.Unit, 1, 0, false, StakeForm.Multiple, 1, 200) with { Bases = [runner] };
            Assert.Equal(Verdict.Accepted, Check(Race(16), pool, line, out long combinations));
            cents += combinations * 200;
        }

        Assert.Equal(600, cents);
        Assert.Equal(ResultCode.WrongCount, Check(Race(16), pool, Line(pool, Formula.Unit, 3, 0, false, StakeForm.Multiple, 1, 600), out _).Code);
    }

    private static Verdict Check(Race race, Pool pool, WagerLine line, out long combinations)
    {
        var rule = BetRules.Find(BetTypes.TypeOf(pool.Number))!.Value;
        byte[] frame = Frame.Encode(new Wager(default, 0, 0, 0, PaymentMeans.Cash, [], [], line.AmountCents, [line]));
        new WagerBody(frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes)).TryNext(out var view);
        var verdict = SelectionRules.Check(race, pool, rule, in view, out combinations, out _);
        return verdict.IsAccepted ? StakeRules.Price(pool, in view, combinations, out _) : verdict;
    }
}
