using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using TxCore.Client.Programme;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Server.Programme;

namespace TxCore.Server.Commands;

/// <summary>The file and the options of commands that read a programme.</summary>
internal sealed partial class ProgrammeSource
{
    private readonly Argument<string> _file = new("file") { Description = "The programme, JSON" };

    private readonly Option<string?> _takeouts = new("--takeouts") { Description = "File of takeouts; without it the one that comes with the server" };

    private readonly Option<string[]> _participants = new("--participants")
    {
        Description = "File of participants of one race, as R1C1=FILE; may be repeated",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<bool> _asPlanned = new("--as-planned")
    {
        Description = "Replays a finished day: on-sale flags and the states of races are ignored",
    };

    private readonly Option<DateOnly?> _date = new("--date")
    {
        Description = "Moves the day to this date, as 20251105",
        CustomParser = static result =>
            DateOnly.TryParseExact(result.Tokens[0].Value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date
                : Refuse<DateOnly>(result, "a date; write it as 20251105"),
    };

    private readonly Option<TimeOnly?> _start = new("--start")
    {
        Description = "Moves the day so that its first race starts at this time by the programme's own clock, as 14:05",
        CustomParser = static result =>
            TimeOnly.TryParseExact(result.Tokens[0].Value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                ? time
                : Refuse<TimeOnly>(result, "a time; write it as 14:05"),
    };

    private readonly Option<int> _latestStop = new("--latest-stop-after-start")
    {
        Description = "Seconds from the planned start to the latest stop",
        DefaultValueFactory = static _ => 0,
    };

    private readonly Option<long> _maximum = new("--maximum-cents")
    {
        Description = "Largest price of a line where the programme names none, in cents",
        DefaultValueFactory = static _ => 3_000_000,
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_file);
        foreach (var option in new Option[] { _takeouts, _participants, _asPlanned, _date, _start, _latestStop, _maximum })
        {
            command.Options.Add(option);
        }
    }

    public bool IsAsPlanned(ParseResult parsed) => parsed.GetValue(_asPlanned);

    /// <summary>Reads the day, moved where asked for, and reports it; null with the exit code after saying what is wrong.</summary>
    public async Task<(ProgrammeDay? Day, int ExitCode)> ReadAsync(ParseResult parsed, Channel channel, CancellationToken cancellationToken)
    {
        try
        {
            var options = new ProgrammeOptions
            {
                Channel = channel,
                AsPlanned = IsAsPlanned(parsed),
                Takeouts = await ProgrammeFiles.ReadTakeoutsAsync(parsed.GetValue(_takeouts) ?? ProgrammeFiles.DefaultTakeouts, cancellationToken),
                LatestStopAfterStart = parsed.GetValue(_latestStop),
                MaximumCentsDefault = parsed.GetValue(_maximum),
                Participants = await ReadParticipantsAsync(parsed.GetValue(_participants)!, cancellationToken),
            };
            var day = Move(await ProgrammeFiles.ReadDayAsync(parsed.GetValue(_file)!, options, cancellationToken), parsed);
            ProgrammeReport.Write(day, Console.Out);
            if (day.Races.Count > 0)
            {
                return (day, (int)ExitCode.Ok);
            }

            await Console.Error.WriteLineAsync("There is no race to define.");
            return (null, 1);
        }
        catch (ProgrammeFileException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return (null, 1);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return (null, (int)ExitCode.Usage);
        }
    }

    private ProgrammeDay Move(ProgrammeDay day, ParseResult parsed)
    {
        var (date, start) = (parsed.GetValue(_date), parsed.GetValue(_start));
        var own = DateOnly.ParseExact($"{day.Day}", "yyyyMMdd", CultureInfo.InvariantCulture);
        return date is null && start is null ? day : day.MovedTo(date ?? own, start);
    }

    private static async Task<Dictionary<(byte Meeting, byte Race), ReadOnlyMemory<byte>>> ReadParticipantsAsync(
        string[] files, CancellationToken cancellationToken)
    {
        var read = new Dictionary<(byte Meeting, byte Race), ReadOnlyMemory<byte>>();
        foreach (string file in files)
        {
            var match = ParticipantsPattern().Match(file);
            if (!match.Success)
            {
                throw new ArgumentException($"Option participants is '{file}'; write it as R1C1=FILE.", nameof(files));
            }

            var race = (byte.Parse(match.Groups["meeting"].Value, CultureInfo.InvariantCulture), byte.Parse(match.Groups["race"].Value, CultureInfo.InvariantCulture));
            if (!read.TryAdd(race, await File.ReadAllBytesAsync(match.Groups["file"].Value, cancellationToken)))
            {
                throw new ArgumentException($"Option participants names R{race.Item1}C{race.Item2} twice.", nameof(files));
            }
        }

        return read;
    }

    private static T? Refuse<T>(ArgumentResult result, string what)
        where T : struct
    {
        result.AddError($"'{result.Tokens[0].Value}' is not {what}.");
        return null;
    }

    [GeneratedRegex(@"^R(?<meeting>\d{1,2})C(?<race>\d{1,2})=(?<file>.+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex ParticipantsPattern();
}
