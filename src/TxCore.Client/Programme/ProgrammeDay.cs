using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Programme;

/// <summary>A racing day of one channel, read from a programme. Immutable.</summary>
/// <param name="Day">The day as <c>YYYYMMDD</c>, the day of its races' identities.</param>
/// <param name="UtcOffset">What the programme's own clock is ahead of UTC.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Races">The races, in the order of the file. One whose pools are all sold elsewhere has none.</param>
/// <param name="Skipped">Pools of the channel that are not defined, and why.</param>
/// <param name="LeftOut">Races that are not defined, and why.</param>
/// <param name="Warnings">What is odd and does not hinder.</param>
public sealed record ProgrammeDay(
    uint Day, TimeSpan UtcOffset, Channel Channel, IReadOnlyList<ProgrammeRace> Races, IReadOnlyList<SkippedPool> Skipped,
    IReadOnlyList<LeftOutRace> LeftOut, IReadOnlyList<ProgrammeError> Warnings)
{
    /// <summary>Moves the day to another date, every race at its own time of day.</summary>
    /// <param name="date">The new date.</param>
    /// <param name="firstStart">Where given, the time of day, by the programme's own clock, at which the first race starts; the others keep their distance to it.</param>
    public ProgrammeDay MovedTo(DateOnly date, TimeOnly? firstStart = null)
    {
        long midnight = (long)(new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), UtcOffset) - DateTimeOffset.UnixEpoch).TotalMicroseconds;
        var day = new DateOnly((int)(Day / 10_000), (int)(Day / 100 % 100), (int)(Day % 100));
        long days = (long)TimeSpan.FromDays(date.DayNumber - day.DayNumber).TotalMicroseconds;
        long by = firstStart is { } first && Races.Count > 0 ? midnight + (first.Ticks / TimeSpan.TicksPerMicrosecond) - FirstStart() : days;
        return Moved(ToDay(date), by);
    }

    /// <summary>Moves the day so that its first race starts at a time, in microseconds since 1970-01-01 UTC; the others keep their distance to it.</summary>
    public ProgrammeDay StartingAt(uint day, long firstStart) => Moved(day, Races.Count == 0 ? 0 : firstStart - FirstStart());

    internal static uint ToDay(DateOnly date) => (uint)((date.Year * 10_000) + (date.Month * 100) + date.Day);

    private long FirstStart() => Races.Min(static race => race.StartsAt);

    private ProgrammeDay Moved(uint day, long byMicroseconds) => this with
    {
        Day = day,
        Races = [.. Races.Select(race => race.Moved(day, byMicroseconds))],
        LeftOut = [.. LeftOut.Select(race => race with { Race = race.Race with { Day = day } })],
    };
}

/// <summary>A race of a programme with everything its definition needs. Immutable.</summary>
/// <param name="Race">The race.</param>
/// <param name="Name">Its name.</param>
/// <param name="Course">Name of the racecourse; empty when the programme has none.</param>
/// <param name="StartsAt">Planned start, microseconds since 1970-01-01 UTC.</param>
/// <param name="LatestStopAt">When it stops by itself at the latest, microseconds since 1970-01-01 UTC.</param>
/// <param name="RunnerCount">Runners 1..N.</param>
/// <param name="Runners">Names of the runners by number, from 1; empty when the programme does not list them.</param>
/// <param name="Pools">Its pools, each with its own parameters.</param>
/// <param name="Scratches">Non-runners, each with the time it counts as declared.</param>
/// <param name="Finish">The order of finish; empty when the programme has none.</param>
public sealed record ProgrammeRace(
    RaceId Race, string Name, string Course, long StartsAt, long LatestStopAt, byte RunnerCount, IReadOnlyList<string> Runners,
    IReadOnlyList<PoolDefinition> Pools, IReadOnlyList<ProgrammeScratch> Scratches, IReadOnlyList<FinishPlace> Finish)
{
    /// <summary>The definition to submit.</summary>
    public RaceDefine ToDefine(ControlHeader control) => new(default, control, Race, StartsAt, LatestStopAt, RunnerCount, [.. Pools]);

    internal ProgrammeRace Moved(uint day, long byMicroseconds) => this with
    {
        Race = Race with { Day = day },
        StartsAt = StartsAt + byMicroseconds,
        LatestStopAt = LatestStopAt + byMicroseconds,
        Scratches = [.. Scratches.Select(scratch => scratch with { At = scratch.At + byMicroseconds })],
    };
}

/// <summary>A non-runner.</summary>
/// <param name="Runner">The runner.</param>
/// <param name="At">When it counts as declared, microseconds since 1970-01-01 UTC.</param>
public readonly record struct ProgrammeScratch(byte Runner, long At);

/// <summary>Why a pool of the channel is not defined.</summary>
public enum SkipReason
{
    /// <summary>The bet is known and not sold here: TIC_TROIS, and pools whose host is abroad.</summary>
    NotSoldHere = 1,

    /// <summary>The programme names no base stake.</summary>
    NoBaseStake = 2,

    /// <summary>The code is not known here.</summary>
    UnknownCode = 3,

    /// <summary>The programme says that it is not on sale.</summary>
    NotOnSale = 4,
}

/// <summary>A pool that is not defined.</summary>
/// <param name="Path">Its path in the file.</param>
/// <param name="Code">The operator's code.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedPool(string Path, string Code, SkipReason Reason);

/// <summary>Why a race is not defined.</summary>
public enum LeaveReason
{
    /// <summary>The programme offers no pool of the channel on it.</summary>
    NotInChannel = 1,

    /// <summary>It has started, finished or been cancelled.</summary>
    NotToRun = 2,

    /// <summary>None of its pools in the channel is on sale.</summary>
    NothingOnSale = 3,
}

/// <summary>A race that is not defined.</summary>
/// <param name="Path">Its path in the file.</param>
/// <param name="Race">The race.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOutRace(string Path, RaceId Race, LeaveReason Reason);
