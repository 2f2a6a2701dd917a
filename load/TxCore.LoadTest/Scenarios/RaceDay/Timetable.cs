using TxCore.Client.Programme;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A race of the compressed day. Times count from the beginning of the run.</summary>
/// <param name="Race">The race as it is defined: today's, with the compressed times.</param>
/// <param name="StopsAt">When betting ends, unless the race is cancelled before.</param>
/// <param name="StopsByCommand">By a command; else by its latest stop time alone.</param>
/// <param name="CancelledAt">When it is cancelled; null for a race that is run.</param>
/// <param name="Scratches">Non-runners, each with the time it is declared, while the race is on sale.</param>
/// <param name="Finish">The order of finish.</param>
internal sealed record PlannedRace(
    ProgrammeRace Race, TimeSpan StopsAt, bool StopsByCommand, TimeSpan? CancelledAt, IReadOnlyList<(byte Runner, TimeSpan At)> Scratches,
    FinishPlace[] Finish)
{
    public RaceId Id => Race.Race;
}

/// <summary>
/// A racing day compressed into a run: the starts keep their order and their distances in proportion, so that meetings overlap as they did.
/// The same race stops at the same time in both channels. After the last stop there is time left in which winners are paid.
/// </summary>
internal sealed class Timetable
{
    /// <summary>Share of the run before the first stop, and up to the last.</summary>
    private const double FirstStopShare = 0.10;
    private const double LastStopShare = 0.85;

    /// <summary>A race that is stopped by command has this much time until it would stop by itself: a command may have to wait out a kill.</summary>
    private static readonly TimeSpan StopByItselfAfter = TimeSpan.FromSeconds(45);

    /// <summary>Scratches are declared when this much of the race's sale is over; the second half of it counts double in stakes.</summary>
    private const double ScratchShare = 0.6;
    private const double CancelShare = 0.8;

    private Timetable(ProgrammeDay day, IReadOnlyList<PlannedRace> races) => (Day, Races) = (day, races);

    /// <summary>The day to import.</summary>
    public ProgrammeDay Day { get; }

    /// <summary>Its races by the time they stop.</summary>
    public IReadOnlyList<PlannedRace> Races { get; }

    /// <summary>Compresses the days of all channels alike.</summary>
    /// <param name="days">A day for each channel, of the same programme.</param>
    /// <param name="begin">When the run begins.</param>
    /// <param name="businessDay">The day that the races get, <c>YYYYMMDD</c>.</param>
    /// <param name="duration">How long the run lasts.</param>
    /// <param name="seed">Decides the finish of races that the programme has none for.</param>
    public static IReadOnlyList<Timetable> Plan(
        IReadOnlyList<ProgrammeDay> days, DateTimeOffset begin, uint businessDay, TimeSpan duration, int seed)
    {
        var starts = days.SelectMany(day => day.Races).GroupBy(race => (race.Race.Meeting, race.Race.Race))
            .ToDictionary(group => group.Key, group => group.Min(race => race.StartsAt));
        long first = starts.Values.Min();
        long span = Math.Max(starts.Values.Max() - first, 1);
        var order = starts.OrderBy(start => (start.Value, start.Key)).Select((start, index) => (start.Key, index))
            .ToDictionary(item => item.Key, item => item.index);
        return [.. days.Select(day => PlanDay(day))];

        Timetable PlanDay(ProgrammeDay day)
        {
            var races = day.Races.Where(race => race.Pools.Count > 0).Select(race =>
            {
                var key = (race.Race.Meeting, race.Race.Race);
                double share = FirstStopShare + ((LastStopShare - FirstStopShare) * (starts[key] - first) / span);
                return PlanRace(race, order[key], duration * share, order.Count, begin, businessDay, seed);
            });
            PlannedRace[] planned = [.. races.OrderBy(race => race.StopsAt)];
            return new Timetable(day with { Day = businessDay, Races = [.. planned.Select(race => race.Race)], LeftOut = [] }, planned);
        }
    }

    private static PlannedRace PlanRace(
        ProgrammeRace race, int order, TimeSpan stopsAt, int count, DateTimeOffset begin, uint businessDay, int seed)
    {
        // Every third stops by its latest time alone; one in the middle of the day is cancelled while it is on sale.
        bool stopsByCommand = order % 3 != 2;
        bool isCancelled = order == count / 2;
        long startsAt = Microseconds(begin + stopsAt);
        long latestStopAt = stopsByCommand || isCancelled ? startsAt + (long)StopByItselfAfter.TotalMicroseconds : startsAt;
        var moved = race with
        {
            Race = race.Race with { Day = businessDay },
            StartsAt = startsAt,
            LatestStopAt = latestStopAt,
            Scratches = [.. race.Scratches.Select(scratch => scratch with { At = Microseconds(begin + (stopsAt * ScratchShare)) })],
        };
        var scratches = race.Scratches.Select(scratch => (scratch.Runner, stopsAt * ScratchShare));
        FinishPlace[] finish = race.Finish.Count > 0 ? [.. race.Finish] : Invent(race, HashCode.Combine(seed, order));
        return new PlannedRace(moved, stopsAt, stopsByCommand, isCancelled ? stopsAt * CancelShare : null, [.. scratches], finish);
    }

    private static FinishPlace[] Invent(ProgrammeRace race, int seed)
    {
        byte[] runners = [.. Enumerable.Range(1, race.RunnerCount).Select(runner => (byte)runner)
            .Where(runner => !race.Scratches.Any(scratch => scratch.Runner == runner))];
        new Random(seed).Shuffle(runners);
        return [.. runners.Select((runner, index) => new FinishPlace(runner, (byte)(index + 1)))];
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
