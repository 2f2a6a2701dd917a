using TxCore.Client.Programme;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.Protocol;

namespace TxCore.LoadTest.Tests.Scenarios.RaceDay;

public class TimetableTests
{
    private const uint Today = 20261122;
    private static readonly DateTimeOffset Begin = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_day_keeps_its_order_and_its_distances_within_the_run()
    {
        var (days, timetables) = await PlanAsync();

        foreach (var (day, timetable) in days.Zip(timetables))
        {
            var starts = day.Races.Where(race => race.Pools.Count > 0).OrderBy(race => race.StartsAt).ToArray();
            Assert.Equal(starts.Select(race => (race.Race.Meeting, race.Race.Race)), timetable.Races.Select(race => (race.Id.Meeting, race.Id.Race)));
            Assert.All(timetable.Races, race => Assert.InRange(race.StopsAt, TimeSpan.FromTicks(1), Duration));
            double factor = (timetable.Races[^1].StopsAt - timetable.Races[0].StopsAt).TotalMicroseconds / (starts[^1].StartsAt - starts[0].StartsAt);
            Assert.All(starts.Zip(timetable.Races), pair => Assert.Equal(
                (pair.First.StartsAt - starts[0].StartsAt) * factor, (pair.Second.StopsAt - timetable.Races[0].StopsAt).TotalMicroseconds, 10.0));
        }
    }

    [Fact]
    public async Task Races_are_todays_and_a_race_stops_at_the_same_time_in_both_channels()
    {
        var (_, timetables) = await PlanAsync();

        Assert.All(timetables, timetable => Assert.All(timetable.Day.Races, race => Assert.Equal(Today, race.Race.Day)));
        var online = timetables[1].Races.ToDictionary(race => race.Id, race => race.StopsAt);
        Assert.NotEmpty(timetables[0].Races);
        Assert.All(timetables[0].Races, race => Assert.Equal(online[race.Id], race.StopsAt));
    }

    [Fact]
    public async Task Some_races_stop_by_command_before_their_latest_stop_and_some_by_it_alone()
    {
        var (_, timetables) = await PlanAsync();

        foreach (var timetable in timetables)
        {
            Assert.Contains(timetable.Races, race => race is { StopsByCommand: true, CancelledAt: null });
            Assert.Contains(timetable.Races, race => race is { StopsByCommand: false, CancelledAt: null });
            Assert.All(timetable.Races, race =>
            {
                long stop = (long)(Begin + race.StopsAt - DateTimeOffset.UnixEpoch).TotalMicroseconds;
                Assert.Equal(stop, race.Race.StartsAt);
                bool stopsByItself = !race.StopsByCommand && race.CancelledAt is null;
                Assert.Equal(stopsByItself, race.Race.LatestStopAt == stop);
                Assert.True(race.Race.LatestStopAt >= stop);
            });
        }
    }

    [Fact]
    public async Task One_race_is_cancelled_while_it_is_on_sale_and_non_runners_are_declared_before_the_stop()
    {
        var (_, timetables) = await PlanAsync();

        foreach (var timetable in timetables)
        {
            Assert.InRange(Assert.Single(timetable.Races, race => race.CancelledAt is not null) is { CancelledAt: { } at } cancelled
                ? at / cancelled.StopsAt : 0, 0.1, 0.99);
            Assert.Contains(timetable.Races, race => race.Scratches.Count > 0);
            Assert.All(timetable.Races, race => Assert.All(race.Scratches, scratch => Assert.InRange(scratch.At, TimeSpan.Zero, race.StopsAt)));
        }
    }

    [Fact]
    public async Task A_race_without_a_finish_gets_one_of_its_runners_which_a_seed_gives_again()
    {
        var (_, first) = await PlanAsync();
        var (_, second) = await PlanAsync();

        Assert.Equal(
            first.SelectMany(timetable => timetable.Races).SelectMany(race => race.Finish),
            second.SelectMany(timetable => timetable.Races).SelectMany(race => race.Finish));
        Assert.All(first.SelectMany(timetable => timetable.Races), race =>
        {
            Assert.NotEmpty(race.Finish);
            Assert.DoesNotContain(race.Finish, place => race.Scratches.Any(scratch => scratch.Runner == place.Runner));
        });
    }

    private static async Task<(IReadOnlyList<ProgrammeDay> Days, IReadOnlyList<Timetable> Timetables)> PlanAsync()
    {
        var days = await DayFiles.ReadAsync(new RaceDaySettings { Channels = [Channel.Retail, Channel.Online] }, TestContext.Current.CancellationToken);
        return (days, Timetable.Plan(days, Begin, Today, Duration, seed: 5));
    }
}
