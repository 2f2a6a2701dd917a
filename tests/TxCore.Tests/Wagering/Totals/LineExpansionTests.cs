using System.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Totals;

namespace TxCore.Tests.Wagering.Totals;

/// <summary>A line is expanded into exactly the unit bets that it was priced for.</summary>
public sealed class LineExpansionTests
{
    [Theory]
    [InlineData(BetType.Win, false, Formula.Unit, 1, 0, false, 16, 1)]
    [InlineData(BetType.Quinella, false, Formula.Combined, 4, 0, false, 16, 6)]
    [InlineData(BetType.Quinella, false, Formula.TotalField, 1, 0, false, 16, 15)]
    [InlineData(BetType.Exacta, true, Formula.Combined, 4, 0, false, 7, 6)]
    [InlineData(BetType.Exacta, true, Formula.Combined, 4, 0, true, 7, 12)]
    [InlineData(BetType.Trio, false, Formula.ReducedField, 1, 6, false, 16, 15)]
    [InlineData(BetType.Tierce, true, Formula.Unit, 3, 0, true, 16, 6)]
    [InlineData(BetType.Tierce, true, Formula.Combined, 5, 0, false, 16, 10)]
    [InlineData(BetType.Tierce, true, Formula.Combined, 5, 0, true, 16, 60)]
    [InlineData(BetType.Tierce, true, Formula.ReducedField, 1, 3, false, 16, 6)]
    [InlineData(BetType.Tierce, true, Formula.ReducedField, 1, 3, true, 16, 18)]
    [InlineData(BetType.Tierce, true, Formula.TotalField, 1, 0, true, 16, 630)]
    [InlineData(BetType.QuartePlus, true, Formula.ReducedField, 2, 6, true, 16, 360)]
    [InlineData(BetType.QuintePlus, true, Formula.ReducedField, 2, 8, false, 16, 336)]
    [InlineData(BetType.QuintePlus, true, Formula.Combined, 7, 0, true, 16, 2520)]
    [InlineData(BetType.QuintePlus, true, Formula.TotalField, 1, 0, true, 16, 163_800)]
    [InlineData(BetType.QuintePlus, true, Formula.TotalField, 1, 0, false, 31, 657_720)]
    public void The_unit_bets_listed_are_as_many_as_counted_and_all_different(
        BetType type, bool isOrdered, Formula formula, int bases, int associates, bool allOrders, int runners, long combinations)
    {
        var rule = BetRules.Find(type)!.Value;
        byte[] named = [.. Runners(1, bases), .. new byte[isOrdered && formula >= Formula.ReducedField ? rule.Runners - bases : 0]];
        var sink = new KeySink([]);
        var expansion = Expand(rule, isOrdered, MakeLine(type, formula, named, Runners(bases + 1, associates), allOrders), runners);

        expansion.List(ref sink);

        Assert.Equal((combinations, combinations), (expansion.Count, (long)sink.Keys.Count));
        Assert.Equal(sink.Keys.Count, sink.Keys.Distinct().Count());
    }

    [Fact]
    public void Every_formula_of_every_bet_type_covers_what_its_definition_says()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int i = 0; i < 2000; i++)
        {
            byte[] running = [.. Runners(1, TotalsRace.Runners).Where(_ => random.Next(6) != 0)];
            if (running.Length < 8)
            {
                continue;
            }

            var line = TotalsRace.Random(random, running);
            if (line.Spot)
            {
                continue;
            }

            bool isOrdered = (Array.Find(TotalsRace.Pools, pool => pool.Pool == line.Pool)!.Flags & 1) != 0;
            var sink = new KeySink([]);
            var rule = BetRules.Find(BetTypes.TypeOf(line.Pool))!.Value;
            View(line, view => new LineExpansion(rule, isOrdered, in view, line.Bases, Mask(running)).List(ref sink));

            Assert.Equal(NaiveBook.Combinations(line, isOrdered, line.Bases, running).Order(), sink.Keys.Order());
        }
    }

    [Fact]
    public void The_time_to_expand_a_wager_of_a_typical_mix_is_told()
    {
        WagerLine[] mix =
        [
            MakeLine(BetType.Win, Formula.Unit, [7], []), MakeLine(BetType.Place, Formula.Unit, [7], []),
            MakeLine(BetType.Quinella, Formula.Combined, [1, 4, 7, 9], []), MakeLine(BetType.Trio, Formula.TotalField, [7, 2], []),
            MakeLine(BetType.QuintePlus, Formula.Combined, [1, 2, 3, 4, 5, 6], []), MakeLine(BetType.QuintePlus, Formula.TotalField, [1, 0, 0, 0, 0], [], true),
        ];
        foreach (var line in mix)
        {
            var book = new CombinationBook(BetRules.Find((BetType)line.Pool)!.Value, line.Pool == (ushort)BetType.QuintePlus);
            int times = line.AllOrders ? 2 : 4_000;
            long count = 0;
            double nanoseconds = double.MaxValue;
            for (int round = 0; round < 10; round++)
            {
                long started = Stopwatch.GetTimestamp();
                count = Repeat(book, line, times);
                nanoseconds = Math.Min(nanoseconds, Stopwatch.GetElapsedTime(started).TotalNanoseconds / times);
            }

            Assert.Equal(count, book.Table!.CountStaked());
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{(BetType)line.Pool} {line.Formula}: {count} unit bets, {nanoseconds:N0} ns a line, {nanoseconds / count:N1} ns each");
        }
    }

    private static long Repeat(CombinationBook book, WagerLine line, int times)
    {
        long count = 0;
        uint running = Mask(Runners(1, 16));
        View(line, view =>
        {
            for (int i = 0; i < times; i++)
            {
                book.Add(in view, [], running, 1);
            }

            count = new LineExpansion(book.Rule, book.IsOrdered, in view, line.Bases, running).Count;
        });
        return count;
    }

    private static LineExpansion Expand(BetRule rule, bool isOrdered, WagerLine line, int runners)
    {
        byte[] frame = Frame.Encode(new Wager(default, 0, 0, 0, PaymentMeans.Cash, [], [], line.AmountCents, [line]));
        new WagerBody(frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes)).TryNext(out var view);
        return new LineExpansion(rule, isOrdered, in view, line.Bases, Mask(Runners(1, runners)));
    }

    private static void View(WagerLine line, ViewAction action)
    {
        byte[] frame = Frame.Encode(new Wager(default, 0, 0, 0, PaymentMeans.Cash, [], [], line.AmountCents, [line]));
        new WagerBody(frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes)).TryNext(out var view);
        action(view);
    }

    private static WagerLine MakeLine(BetType type, Formula formula, byte[] bases, byte[] associates, bool allOrders = false) =>
        new(TotalsRace.Id, (ushort)type, formula, allOrders, false, 0, 0, StakeForm.Multiple, 1, 163_800_00, bases, associates, []);

    private static byte[] Runners(int first, int count) => [.. Enumerable.Range(first, count).Select(static runner => (byte)runner)];

    private static uint Mask(byte[] runners) => runners.Aggregate(0u, static (mask, runner) => mask | (1u << runner));

    private delegate void ViewAction(WagerLineView view);

    private struct KeySink(List<ulong> keys) : ICombinationSink
    {
        public readonly List<ulong> Keys => keys;

        public readonly void Take(ulong key) => keys.Add(key);
    }
}
