using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Programme;

/// <summary>Reads one race of a programme (<c>course</c>).</summary>
internal static class RaceReading
{
    private const string NonRunner = "NON_PARTANT";

    /// <summary>A meeting may run past midnight, and abroad far from the programme's own clock.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromHours(48);

    /// <summary>States in which a race is still to run (<c>domain.md</c> section 1.2).</summary>
    private static readonly string[] ToRun = ["PROGRAMMEE", "ROUGE_AUX_PARTANTS", "DEPART_DANS_TROIS_MINUTES"];

    public static void Read(FileNode race, long? meeting, string course, DayReading reading)
    {
        long? number = race.Number("numOrdre", 1, 99);
        if (race.NumberOrNull("numReunion", 1, 99) is { } told && meeting is not null && told != meeting)
        {
            race.Wrong("numReunion", $"is {told}, in meeting {meeting}");
        }

        long? startsAt = StartsAt(race, reading);
        var runnerCount = (byte?)race.Number("nombreDeclaresPartants", 1, Wire.RunnersMax);
        string? name = race.TextOrNull("libelle") ?? race.TextOrNull("libelleCourt");
        string? state = reading.Options.AsPlanned ? null : race.Text("statut");
        var id = meeting is null || number is null ? null : reading.Identify(race, (byte)meeting, (byte)number);
        bool isToRun = reading.Options.AsPlanned || (state is not null && ToRun.Contains(state, StringComparer.Ordinal));
        var pools = PoolReading.Read(race, runnerCount ?? Wire.RunnersMax, isToRun, reading);
        var card = Card.Read(race, id, runnerCount ?? Wire.RunnersMax, reading);
        if (id is null || startsAt is null || runnerCount is null)
        {
            return;
        }

        if (LeaveReasonOf(pools, isToRun, reading.Options) is { } reason)
        {
            reading.LeftOut.Add(new LeftOutRace(race.Path, id.Value, reason));
            return;
        }

        if (pools.Defined.Count == 0)
        {
            reading.Warnings.Add(new ProgrammeError(race.Path, "none of its pools is sold here; it is defined without any"));
        }

        long scratchedAt = startsAt.Value - (reading.Options.ScratchBeforeStartMinutes * 60_000_000L);
        reading.Races.Add(new ProgrammeRace(
            id.Value, name ?? $"R{meeting}C{number}", course, startsAt.Value, startsAt.Value + (reading.Options.LatestStopAfterStart * 1_000_000L),
            runnerCount.Value, card.Names, pools.Defined, [.. card.NonRunners.Select(runner => new ProgrammeScratch(runner, scratchedAt))],
            card.Finish));
    }

    private static LeaveReason? LeaveReasonOf(PoolReading pools, bool isToRun, ProgrammeOptions options)
    {
        if (!pools.IsInChannel)
        {
            return LeaveReason.NotInChannel;
        }

        if (!isToRun)
        {
            return LeaveReason.NotToRun;
        }

        // A replay holds every race of the channel's day, as planned; on a live day one with nothing to sell is of no use.
        return pools.Defined.Count == 0 && !options.AsPlanned ? LeaveReason.NothingOnSale : null;
    }

    private static long? StartsAt(FileNode race, DayReading reading)
    {
        if (race.Number("heureDepart", 0, long.MaxValue / 1000) is not { } milliseconds)
        {
            return null;
        }

        long first = reading.Midnight.ToUnixTimeMilliseconds();
        if (milliseconds >= first && milliseconds < first + (long)StartsWithin.TotalMilliseconds)
        {
            return milliseconds * 1000;
        }

        race.Wrong("heureDepart", $"is {milliseconds}; it must be {first} (the day of the programme) or at most {StartsWithin.TotalHours} hours later");
        return null;
    }

    /// <summary>Who runs, and in which order they finished.</summary>
    private sealed record Card(IReadOnlyList<string> Names, SortedSet<byte> NonRunners, FinishPlace[] Finish)
    {
        public static Card Read(FileNode race, RaceId? id, byte runnerCount, DayReading reading)
        {
            var nonRunners = new SortedSet<byte>();
            foreach (var incident in race.Objects("incidents", isRequired: false))
            {
                byte[] runners = incident.Numbers("numeroParticipants", 1, runnerCount, Wire.RunnersMax);
                if (incident.Text("type") == NonRunner)
                {
                    nonRunners.UnionWith(runners);
                }
            }

            string[] names = ReadParticipants(race, id, runnerCount, nonRunners, reading);
            return new Card(names, nonRunners, ReadFinish(race, runnerCount, nonRunners));
        }

        private static string[] ReadParticipants(
            FileNode race, RaceId? id, byte runnerCount, SortedSet<byte> nonRunners, DayReading reading)
        {
            var participants = race.Objects("participants", isRequired: false);
            if (id is { } raceId && reading.Options.Participants.TryGetValue((raceId.Meeting, raceId.Race), out var file))
            {
                participants = FileNode.Parse(file, $"R{raceId.Meeting}C{raceId.Race}:", reading.Errors)?.Objects("participants") ?? [];
            }

            if (participants.Count == 0)
            {
                return [];
            }

            string[] names = new string[runnerCount];
            foreach (var participant in participants)
            {
                long? number = participant.Number("numPmu", 1, runnerCount);
                string name = participant.TextOrNull("nom") ?? "";
                string? state = participant.TextOrNull("statut");
                if (number is null)
                {
                    continue;
                }

                if (names[number.Value - 1] is not null)
                {
                    participant.Wrong("numPmu", $"is {number} a second time");
                }

                names[number.Value - 1] = name;
                if (state == NonRunner)
                {
                    nonRunners.Add((byte)number.Value);
                }
            }

            if (Array.Exists(names, static name => name is null))
            {
                reading.Warnings.Add(new ProgrammeError(
                    race.PathOf("participants"), $"{participants.Count} participants of {runnerCount} declared runners; all declared runners are defined"));
            }

            return Array.ConvertAll(names, static name => name ?? "");
        }

        /// <summary>Each inner list is a place; more than one runner in it is a dead heat, after which as many places are left out.</summary>
        private static FinishPlace[] ReadFinish(FileNode race, byte runnerCount, SortedSet<byte> nonRunners)
        {
            var finish = new List<FinishPlace>();
            foreach (var (runners, path) in race.NumberLists("ordreArrivee", 1, runnerCount))
            {
                int place = finish.Count + 1;
                foreach (byte runner in runners)
                {
                    if (nonRunners.Contains(runner) || finish.Exists(other => other.Runner == runner && other.Place != place))
                    {
                        race.Errors.Add(path, nonRunners.Contains(runner) ? $"runner {runner} did not run" : $"runner {runner} has finished already");
                    }
                    else
                    {
                        finish.Add(new FinishPlace(runner, (byte)place));
                    }
                }
            }

            return [.. finish];
        }
    }
}
