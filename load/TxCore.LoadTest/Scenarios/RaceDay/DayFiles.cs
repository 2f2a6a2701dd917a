using TxCore.Client.Programme;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A file of the day was refused; the message lists what is wrong, each with its path.</summary>
internal sealed class DayFileException(string file, IReadOnlyList<ProgrammeError> errors)
    : Exception($"{file} was not taken:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");

/// <summary>Reads the programme and the operator's shares: those given, or the sample day that comes with the tool.</summary>
internal static class DayFiles
{
    private static readonly string SampleProgramme = Beside("sample-programme.json");
    private static readonly string DefaultTakeouts = Beside("default-takeouts.json");

    /// <summary>The day of each channel, as it had been planned.</summary>
    /// <exception cref="DayFileException">Something in a file is wrong.</exception>
    public static async Task<IReadOnlyList<ProgrammeDay>> ReadAsync(RaceDaySettings settings, CancellationToken cancellationToken)
    {
        string takeoutsFile = settings.TakeoutsPath ?? DefaultTakeouts;
        if (!Takeouts.TryRead(await File.ReadAllBytesAsync(takeoutsFile, cancellationToken), out var takeouts, out var wrong))
        {
            throw new DayFileException(takeoutsFile, wrong);
        }

        string programmeFile = settings.ProgrammePath ?? SampleProgramme;
        byte[] json = await File.ReadAllBytesAsync(programmeFile, cancellationToken);
        return [.. settings.Channels.Select(channel => ReadDay(programmeFile, json, channel, takeouts))];
    }

    private static ProgrammeDay ReadDay(string file, byte[] json, Channel channel, Takeouts takeouts)
    {
        var options = new ProgrammeOptions { Channel = channel, Takeouts = takeouts, AsPlanned = true };
        return ProgrammeReader.TryRead(json, options, out var day, out var errors) ? day : throw new DayFileException(file, errors);
    }

    private static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, "Programme", name);
}
