using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>Runners picked by the host (<c>domain.md</c> section 1.4): told, stored, the same in every repeat and replay.</summary>
public sealed class SpotTests
{
    private const byte Spot = 8;
    private readonly DeciderBench _bench = new DeciderBench().OpenAll();
    private readonly RaceId _race = Messages.Race with { Race = 5 };

    public SpotTests()
    {
        PoolDefinition[] pools =
        [
            Messages.Pool(BetType.Trio) with { Flags = Spot }, Messages.Pool(BetType.QuintePlus) with { Flags = Spot | 1 },
            Messages.Pool(BetType.Quinella), Messages.Pool(BetType.Multi) with { Flags = Spot, Risks = [4, 5, 6, 7] },
        ];
        _bench.Take(Frame.Encode(Messages.DefineRace(TestShard.Admin, 6, _race) with { Pools = pools }));
        _bench.Take(Messages.RaceControl(MessageType.RaceOpen, TestShard.Admin, 7, _race));
    }

    [Theory]
    [InlineData(BetType.Trio, 0, new byte[0], 3)]
    [InlineData(BetType.Trio, 0, new byte[] { 4 }, 2)]
    [InlineData(BetType.QuintePlus, 0, new byte[] { 12, 1 }, 3)]
    [InlineData(BetType.Multi, 7, new byte[] { 3 }, 6)]
    public void The_host_completes_a_line_with_distinct_runners_that_run(BetType type, byte risk, byte[] named, int picked)
    {
        _bench.Take(Messages.RaceControl(MessageType.RaceScratch, TestShard.Admin, 8, _race, 7));
        for (int i = 1; i <= 50; i++)
        {
            var outcome = _bench.Do(Messages.Wager(1, i, Line(type, named) with { Risk = risk }));

            Assert.Equal(ResultCode.Accepted, outcome.Code);
            byte[] runners = [.. named, .. Assert.Single(outcome.Picks).Runners];
            Assert.Equal(named.Length + picked, runners.Distinct().Count());
            Assert.DoesNotContain((byte)7, runners);
            Assert.All(runners, static runner => Assert.InRange(runner, 1, Messages.Runners));
        }
    }

    [Fact]
    public void Every_runner_is_picked_about_equally_often()
    {
        int[] counts = new int[Messages.Runners + 1];
        const int Wagers = 3000;
        for (int i = 1; i <= Wagers; i++)
        {
            foreach (byte runner in _bench.Do(Messages.Wager(1, i, Line(BetType.Trio))).Picks[0].Runners)
            {
                counts[runner]++;
            }
        }

        double expected = Wagers * 3 / (double)Messages.Runners;
        double chiSquare = counts.Skip(1).Sum(count => (count - expected) * (count - expected) / expected);
        Assert.True(chiSquare < 31.3, $"Chi-square {chiSquare:F1} with 11 degrees of freedom: one in a thousand is above 31.3.");
    }

    [Fact]
    public async Task A_repeat_a_restart_and_a_replay_tell_the_same_picks()
    {
        var wager = Messages.Wager(1, 1, Line(BetType.Trio), Messages.Line(race: Messages.Race), Line(BetType.Trio, [2]));
        var first = _bench.Do(wager);
        Assert.Equal([1, 3], first.Picks.Select(static pick => (int)pick.Line));

        Assert.Equivalent(first.Picks, _bench.Do(wager).Picks);

        var state = ShardSnapshot.Load(TestShard.Identity, static _ => 64, ShardSnapshot.Save(_bench.State).Span);
        Assert.True(state.Source(1).TryFindRecent(1, out var record));
        var recovered = await Recovery.RecoverAsync(
            TestShard.Identity, new MemoryReader(_bench.Database), static _ => 64, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance,
            TestContext.Current.CancellationToken);
        Assert.True(recovered.Source(1).TryFindRecent(1, out var again));
        Assert.Equal(record.Picks, again.Picks);
        Assert.NotNull(again.Picks);

        var report = await new ReplayVerifier(TestShard.Identity, new MemoryReader(_bench.Database), TestShard.Keys)
            .RunAsync(TestContext.Current.CancellationToken);
        Assert.Null(report.Fault);
    }

    [Fact]
    public void Spot_is_refused_where_the_pool_or_the_formula_does_not_take_it_and_when_nothing_is_left_to_pick()
    {
        Assert.Equal((ResultCode.SpotNotAllowed, BodyField.Spot), CodeOf(Line(BetType.Quinella)));
        Assert.Equal((ResultCode.SpotNotAllowed, BodyField.Spot), CodeOf(Line(BetType.Trio, [1, 2, 3, 4]) with { Formula = Formula.Combined }));
        Assert.Equal((ResultCode.WrongCount, BodyField.Bases), CodeOf(Line(BetType.Trio, [1, 2, 3])));
        Assert.Equal((ResultCode.WrongCount, BodyField.Bases), CodeOf(Line(BetType.QuintePlus, [0, 2])));
        for (byte runner = 3; runner <= Messages.Runners; runner++)
        {
            _bench.Take(Messages.RaceControl(MessageType.RaceScratch, TestShard.Admin, _bench.Next(TestShard.Admin), _race, runner));
        }

        Assert.Equal((ResultCode.WrongCount, BodyField.Spot), CodeOf(Line(BetType.Trio, [1])));
    }

    private (ResultCode Code, BodyField Field) CodeOf(WagerLine line)
    {
        var outcome = _bench.Do(Messages.Wager(1, _bench.Next(1), line));
        return (outcome.Code, outcome.Field);
    }

    private WagerLine Line(BetType type, params byte[] named) => Messages.Line(type: type, race: _race) with { Spot = true, Bases = named };
}
