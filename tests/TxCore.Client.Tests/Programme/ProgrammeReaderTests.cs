using System.Text;
using TxCore.Client.Programme;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Programme;

public sealed class ProgrammeReaderTests
{
    private const long MinuteMicroseconds = 60_000_000;
    private const long DayMicroseconds = 1440 * MinuteMicroseconds;

    [Theory]
    [InlineData(Channel.Retail, 8, 56, 10)]
    [InlineData(Channel.Online, 9, 70, 0)]
    public void A_finished_day_is_read_as_it_had_been_planned(Channel channel, int races, int pools, int skipped)
    {
        var day = SampleFile.Day(channel);

        Assert.Equal((20310401u, TimeSpan.FromHours(2), channel), (day.Day, day.UtcOffset, day.Channel));
        Assert.Equal((races, pools, skipped), (day.Races.Count, day.Races.Sum(race => race.Pools.Count), day.Skipped.Count));
        Assert.All(day.Races.SelectMany(race => race.Pools), pool => Assert.Equal(channel, BetTypes.ChannelOf(pool.Pool)));
        Assert.Empty(day.Warnings);
        Assert.Equal(4, day.Races.Count(race => race.Finish.Count > 0));
        Assert.Equal(4, day.Races.Sum(race => race.Scratches.Count));
    }

    [Fact]
    public void The_sample_day_sells_every_bet_in_both_channels()
    {
        var types = Enum.GetValues<BetType>().Except([BetType.None, BetType.TicTrois]).ToArray();
        Assert.Equal(types, Types(Channel.Online));
        Assert.Equal(types.Except([BetType.Report]), Types(Channel.Retail));

        static IEnumerable<BetType> Types(Channel channel) =>
            SampleFile.Day(channel).Races.SelectMany(race => race.Pools).Select(pool => BetTypes.TypeOf(pool.Pool)).Distinct().Order();
    }

    [Fact]
    public void A_pool_is_sold_by_its_own_parameters()
    {
        var retail = SampleFile.Day(Channel.Retail).Races[0];
        var online = SampleFile.Day(Channel.Online).Races[0];

        // 1 order, 2 complement, 4 combined, 8 spot.
        AssertPool(new PoolDefinition(1, 200, 3_000_000, 4 | 8, [], [], 1390, 2), retail);
        AssertPool(new PoolDefinition(13, 200, 3_000_000, 1 | 2 | 4 | 8, [25, 50], [], 3565, 12), retail);
        AssertPool(new PoolDefinition(10, 300, 3_000_000, 4 | 8, [25, 50], [4, 5, 6, 7], 3185, 14), retail);
        AssertPool(new PoolDefinition(1014, 100, 3_000_000, 2 | 4 | 8, [25, 50], [], 3655, 12), online);
        AssertPool(new PoolDefinition(1017, 100, 3_000_000, 0, [], [], 0, 0), online);

        static void AssertPool(PoolDefinition expected, ProgrammeRace race) =>
            Assert.Equivalent(expected, race.Pools.Single(pool => pool.Pool == expected.Pool), strict: true);
    }

    [Fact]
    public void A_race_has_its_identity_times_runners_and_definition()
    {
        var race = SampleFile.ReadDay(SampleFile.Programme, SampleFile.Options(Channel.Retail) with { LatestStopAfterStart = 90 }).Races[1];

        long start = Microseconds(new DateTimeOffset(2031, 4, 1, 13, 40, 0, TimeSpan.FromHours(2)));
        Assert.Equal((new RaceId(20310401, 1, 2), "PRIX DES QUATRE FROMAGES", "BROUMEVAL-LES-OIES"), (race.Race, race.Name, race.Course));
        Assert.Equal((start, start + 90_000_000, (byte)12), (race.StartsAt, race.LatestStopAt, race.RunnerCount));
        var define = race.ToDefine(new ControlHeader(17, 0, 1));
        Assert.Equal((race.Race, 17u, start), (define.Race, define.Control.Actor, define.StartsAt));
        Assert.Equal(race.Pools, define.Pools);
    }

    [Fact]
    public void A_non_runner_is_scratched_at_a_fixed_time_before_the_start()
    {
        var race = SampleFile.ReadDay(SampleFile.Programme, SampleFile.Options(Channel.Retail) with { ScratchBeforeStartMinutes = 45 }).Races[3];
        long at = race.StartsAt - (45 * MinuteMicroseconds);
        Assert.Equal([new ProgrammeScratch(2, at), new ProgrammeScratch(9, at)], race.Scratches);
        Assert.Equal(10, race.RunnerCount);
    }

    [Fact]
    public void Runners_of_a_dead_heat_share_a_place_and_the_next_is_left_out()
    {
        var finish = SampleFile.Day(Channel.Online).Races[2].Finish;
        Assert.Equal([new(3, 1), new(6, 2), new(1, 2), new(7, 4), new(2, 5), new(4, 6), new(5, 7)], finish);
    }

    [Fact]
    public void What_is_not_sold_here_is_told_with_its_path()
    {
        var skipped = SampleFile.Day(Channel.Retail).Skipped;
        Assert.Contains(new SkippedPool("programme.reunions[0].courses[0].paris[24]", "TIC_TROIS", SkipReason.NotSoldHere), skipped);
        Assert.Contains(new SkippedPool("programme.reunions[1].courses[2].paris[12]", "SIMPLE_PLACE_INTERNATIONAL", SkipReason.NotSoldHere), skipped);
        Assert.Equal(8, skipped.Count(pool => pool is { Code: "REPORT_PLUS", Reason: SkipReason.NoBaseStake }));

        byte[] unknown = SampleFile.With("programme.reunions[0].courses[0].paris[0].codePari", "\"SEXTUPLE\"");
        Assert.Contains(
            new SkippedPool("programme.reunions[0].courses[0].paris[0]", "SEXTUPLE", SkipReason.UnknownCode),
            SampleFile.ReadDay(unknown, SampleFile.Options(Channel.Retail)).Skipped);
        Assert.Equal(
            [new LeftOutRace("programme.reunions[1].courses[4]", new RaceId(20310401, 2, 5), LeaveReason.NotInChannel)],
            SampleFile.Day(Channel.Retail).LeftOut);
    }

    [Fact]
    public void A_day_still_to_run_defines_what_is_on_sale_only()
    {
        byte[] json = SampleFile.With("programme.reunions[1].courses[0].paris[1].enVente", "false");
        json = SampleFile.With(json, "programme.reunions[1].courses[2].statut", "\"COURSE_ANNULEE\"");
        for (int pool = 0; pool < 6; pool++)
        {
            json = SampleFile.With(json, $"programme.reunions[1].courses[4].paris[{pool}].enVente", "false");
        }

        var day = SampleFile.ReadDay(json, SampleFile.Options(Channel.Online, asPlanned: false));

        Assert.Equal([1, 2, 4], day.Races.Select(race => (int)race.Race.Race));
        Assert.DoesNotContain(day.Races[0].Pools, pool => pool.Pool == 1001);
        Assert.Contains(new SkippedPool("programme.reunions[1].courses[0].paris[1]", "E_SIMPLE_GAGNANT", SkipReason.NotOnSale), day.Skipped);
        Assert.Equal(
            [LeaveReason.NotToRun, LeaveReason.NotToRun, LeaveReason.NotToRun, LeaveReason.NotToRun, LeaveReason.NotToRun, LeaveReason.NothingOnSale],
            day.LeftOut.Select(race => race.Reason));
        Assert.Equal([new ProgrammeScratch(9, day.Races[1].StartsAt - (30 * MinuteMicroseconds))], day.Races[1].Scratches);
    }

    [Fact]
    public void A_replay_holds_a_race_whose_pools_are_all_sold_elsewhere_without_pools()
    {
        byte[] json = SampleFile.With(
            "programme.reunions[1].courses[4].paris",
            """[{"codePari": "SIMPLE_GAGNANT_INTERNATIONAL"}, {"codePari": "E_SIMPLE_GAGNANT_INTERNATIONAL"}]""");

        var day = SampleFile.ReadDay(json, SampleFile.Options(Channel.Retail));
        Assert.Equal((9, 0), (day.Races.Count, day.Races[^1].Pools.Count));
        Assert.Equal("programme.reunions[1].courses[4]", Assert.Single(day.Warnings).Path);
        Assert.DoesNotContain(SampleFile.ReadDay(json, SampleFile.Options(Channel.Retail, asPlanned: false)).Races, race => race.Race.Race == 5);
    }

    [Fact]
    public void A_day_moves_to_another_date_with_every_time_of_it()
    {
        var day = SampleFile.Day(Channel.Retail);
        var moved = day.MovedTo(new DateOnly(2031, 4, 11));

        Assert.Equal(20310411u, moved.Day);
        foreach (var (before, after) in day.Races.Zip(moved.Races))
        {
            Assert.Equal(before.Race with { Day = 20310411 }, after.Race);
            Assert.Equal((before.StartsAt + (10 * DayMicroseconds), before.LatestStopAt + (10 * DayMicroseconds)), (after.StartsAt, after.LatestStopAt));
            Assert.Equal(before.Scratches.Select(scratch => scratch.At + (10 * DayMicroseconds)), after.Scratches.Select(scratch => scratch.At));
        }

        Assert.All(moved.LeftOut, race => Assert.Equal(20310411u, race.Race.Day));
    }

    [Fact]
    public void A_day_moves_so_that_its_first_race_starts_at_a_time()
    {
        var day = SampleFile.Day(Channel.Retail);
        var moved = day.MovedTo(new DateOnly(2030, 12, 31), new TimeOnly(8, 30));

        Assert.Equal(Microseconds(new DateTimeOffset(2030, 12, 31, 8, 30, 0, TimeSpan.FromHours(2))), moved.Races[0].StartsAt);
        Assert.Equal(day.Races[^1].StartsAt - day.Races[0].StartsAt, moved.Races[^1].StartsAt - moved.Races[0].StartsAt);
        var started = day.StartingAt(20300101, 1_000_000);
        Assert.Equal((20300101u, 1_000_000L), (started.Races[0].Race.Day, started.Races[0].StartsAt));
    }

    [Fact]
    public void Participants_name_the_runners_and_tell_non_runners()
    {
        var race = SampleFile.Day(Channel.Retail).Races[4];
        Assert.Equal((14, "BISCOTTE DU NUAGE"), (race.Runners.Count, race.Runners[0]));

        byte[] file = Encoding.UTF8.GetBytes(
            """{"participants": [{"numPmu": 1, "nom": "TASSE FELEE", "statut": "PARTANT"}, {"numPmu": 7, "nom": "VIEUX BALAI", "statut": "NON_PARTANT"}]}""");
        var options = SampleFile.Options(Channel.Retail) with
        {
            Participants = new Dictionary<(byte, byte), ReadOnlyMemory<byte>> { [(1, 3)] = file },
        };
        byte[] json = SampleFile.With("programme.reunions[0].courses[2].ordreArrivee", "[]");
        var day = SampleFile.ReadDay(json, options);
        Assert.Equal(["TASSE FELEE", "", "", "", "", "", "VIEUX BALAI"], day.Races[2].Runners);
        Assert.Equal(7, Assert.Single(day.Races[2].Scratches).Runner);
        Assert.Equal("programme.reunions[0].courses[2].participants", Assert.Single(day.Warnings).Path);
    }

    [Fact]
    public void Odd_pools_are_defined_and_warned_of()
    {
        byte[] json = SampleFile.With("programme.reunions[0].courses[0].paris[0].nbChevauxReglementaire", "2");
        json = SampleFile.With(json, "programme.reunions[0].courses[1].nombreDeclaresPartants", "12");
        json = SampleFile.With(json, "programme.reunions[1].courses[1].nombreDeclaresPartants", "9");
        var day = SampleFile.ReadDay(json, SampleFile.Options(Channel.Retail));
        Assert.Equal("programme.reunions[0].courses[0].paris[0].nbChevauxReglementaire", Assert.Single(day.Warnings).Path);

        json = SampleFile.With("programme.reunions[1].courses[3].nombreDeclaresPartants", "3");
        var paths = SampleFile.ReadDay(json, SampleFile.Options(Channel.Retail)).Warnings.Select(warning => warning.Path).ToArray();
        Assert.Contains("programme.reunions[1].courses[3].paris[10]", paths);
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
