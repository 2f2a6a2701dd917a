using System.CommandLine;
using System.CommandLine.Parsing;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.Protocol;

namespace TxCore.LoadTest.Commands;

/// <summary>The options that a racing day alone has, as a command and as a scenario of <c>run</c>.</summary>
internal sealed class RaceDayOptions
{
    private static readonly RaceDaySettings Defaults = new();

    private readonly Option<FileInfo?> _programme = File("--programme", "A finished racing day in the operator's JSON, sold as it had been planned. Default: the sample day.");
    private readonly Option<FileInfo?> _takeouts = File("--takeouts", "The operator's shares by bet type. Default: those that come with the server.");
    private readonly Option<Channel[]> _channels = new("--channels")
    {
        HelpName = "retail,online",
        Description = "Channels of a race-day, each with a shard, a database and a server process of its own. [default: retail,online]",
        CustomParser = Channels,
    };

    private readonly Option<int> _kills = CommandOptions.Number("--kills", "Kills of a server or of PostgreSQL in a race-day", Defaults.Kills, 0, RaceDaySettings.KillsMax);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_programme, _takeouts, _channels, _kills])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Puts the options into a day's settings, and the target, which is not killed and has the channel that it has.</summary>
    /// <exception cref="FormatException">An option does not go with the target; the message says which.</exception>
    public RaceDaySettings Apply(ParseResult parsed, TargetSettings? target, RaceDaySettings settings)
    {
        if (target is not null && TargetOptions.FirstGiven(parsed, [_channels, _kills]) is { } wrong)
        {
            throw new FormatException(wrong == _kills
                ? "--kills does not go with --target: a server that somebody else runs is never killed."
                : "--channels does not go with --target: the day is held in the one channel of the target's database.");
        }

        return settings with
        {
            ProgrammePath = parsed.GetValue(_programme)?.FullName,
            TakeoutsPath = parsed.GetValue(_takeouts)?.FullName,
            Channels = parsed.GetValue(_channels) is { Length: > 0 } given ? given : Defaults.Channels,
            Kills = target is null ? parsed.GetValue(_kills) : 0,
            Target = target,
        };
    }

    /// <exception cref="FormatException">One of the options is given where no racing day is run.</exception>
    public void RequireNone(ParseResult parsed)
    {
        if (TargetOptions.FirstGiven(parsed, [_programme, _takeouts, _channels, _kills]) is { } wrong)
        {
            throw new FormatException($"{wrong.Name} goes with the scenario race-day alone.");
        }
    }

    private static Channel[] Channels(ArgumentResult result)
    {
        string[] names = result.Tokens.Single().Value.Split(',');
        var parsed = new Channel[names.Length];
        bool isGood = names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
        for (int i = 0; i < names.Length; i++)
        {
            isGood &= Enum.TryParse(names[i], ignoreCase: true, out parsed[i]) && Enum.IsDefined(parsed[i]) && !char.IsDigit(names[i][0]);
        }

        if (!isGood)
        {
            result.AddError($"--channels is {result.Tokens.Single().Value}; it must be retail, online or both, separated by a comma.");
        }

        return parsed;
    }

    private static Option<FileInfo?> File(string name, string description)
    {
        var option = new Option<FileInfo?>(name) { HelpName = "FILE", Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo?>() is { Exists: false } file)
            {
                result.AddError($"{name} names {file.FullName}, which does not exist.");
            }
        });
        return option;
    }
}
