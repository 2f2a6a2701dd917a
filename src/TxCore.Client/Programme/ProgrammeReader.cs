using System.Diagnostics.CodeAnalysis;
using TxCore.Protocol;

namespace TxCore.Client.Programme;

/// <summary>
/// Reads a racing day from the JSON shape in which the operator publishes its programme (<c>domain.md</c> sections 1.1 and 4.3), for one
/// channel. Everything a pool is sold by is taken from the file, or from the takeouts: nothing of it is a constant here. Fields that are
/// not needed are not looked at.
/// </summary>
public static class ProgrammeReader
{
    private const long MillisecondsMax = 32_472_144_000_000; // The year 2999, in which the days of races end.

    /// <summary>
    /// Reads a programme: either all of it, or the errors, at most 50 of them, each with the path of its field, and no day at all.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, ProgrammeOptions options, [NotNullWhen(true)] out ProgrammeDay? day, out IReadOnlyList<ProgrammeError> errors)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var found = new ErrorList();
        day = FileNode.Parse(json, "", found)?.Object("programme") is { } programme ? Read(programme, options, found) : null;
        errors = found.Errors;
        day = errors.Count == 0 ? day : null;
        return day is not null;
    }

    private static ProgrammeDay? Read(FileNode programme, ProgrammeOptions options, ErrorList errors)
    {
        if (Midnight(programme) is not { } midnight)
        {
            return null;
        }

        var reading = new DayReading(options, midnight, errors);
        var meetings = programme.Objects("reunions");
        foreach (var meeting in meetings)
        {
            ReadMeeting(meeting, reading);
        }

        reading.TellUnusedParticipants();
        return new ProgrammeDay(
            reading.Day, midnight.Offset, options.Channel, reading.Races, reading.Skipped, reading.LeftOut, reading.Warnings);
    }

    /// <summary>The beginning of the day by the programme's own clock.</summary>
    private static DateTimeOffset? Midnight(FileNode programme)
    {
        long? date = programme.Number("date", 0, MillisecondsMax);
        long? offset = programme.Number("timezoneOffset", -14 * 3_600_000, 14 * 3_600_000);
        if (date is null || offset is null)
        {
            return null;
        }

        if (offset.Value % 60_000 != 0)
        {
            programme.Wrong("timezoneOffset", $"is {offset}; it must be whole minutes, in milliseconds");
            return null;
        }

        var ahead = TimeSpan.FromMilliseconds(offset.Value);
        return new DateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(date.Value).ToOffset(ahead).Date, ahead);
    }

    private static void ReadMeeting(FileNode meeting, DayReading reading)
    {
        long? number = meeting.Number("numOfficiel", 1, 99);
        string course = meeting.ObjectOrNull("hippodrome")?.TextOrNull("libelleCourt") ?? "";
        foreach (var race in meeting.Objects("courses"))
        {
            RaceReading.Read(race, number, course, reading);
        }
    }
}

/// <summary>What has been read of a day so far.</summary>
internal sealed class DayReading(ProgrammeOptions options, DateTimeOffset midnight, ErrorList errors)
{
    private readonly Dictionary<RaceId, string> _paths = [];

    public ProgrammeOptions Options => options;

    public DateTimeOffset Midnight => midnight;

    public uint Day { get; } = ProgrammeDay.ToDay(DateOnly.FromDateTime(midnight.DateTime));

    public ErrorList Errors => errors;

    public List<ProgrammeRace> Races { get; } = [];

    public List<SkippedPool> Skipped { get; } = [];

    public List<LeftOutRace> LeftOut { get; } = [];

    public List<ProgrammeError> Warnings { get; } = [];

    /// <summary>Takes a race's identity; an error when another race has it.</summary>
    public RaceId? Identify(FileNode race, byte meeting, byte number)
    {
        var id = new RaceId(Day, meeting, number);
        if (_paths.TryAdd(id, race.Path))
        {
            return id;
        }

        race.Wrong("numOrdre", $"makes it R{meeting}C{number}, which {_paths[id]} is already");
        return null;
    }

    /// <summary>Participants of a race that the programme does not have are a wrong file, or one for another day.</summary>
    public void TellUnusedParticipants()
    {
        foreach (var (meeting, race) in options.Participants.Keys.Where(key => !_paths.ContainsKey(new RaceId(Day, key.Meeting, key.Race))))
        {
            errors.Add($"R{meeting}C{race}:participants", "the programme has no such race");
        }
    }
}
