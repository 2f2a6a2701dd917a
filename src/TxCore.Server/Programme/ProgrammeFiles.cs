using TxCore.Client.Programme;

namespace TxCore.Server.Programme;

/// <summary>The files about programmes that come with the server: the invented sample day, and the operator's shares where none are given.</summary>
internal static class ProgrammeFiles
{
    public static string DefaultTakeouts { get; } = Beside("default-takeouts.json");

    public static string SampleProgramme { get; } = Beside("sample-programme.json");

    /// <summary>The takeouts of a file.</summary>
    /// <exception cref="ProgrammeFileException">Something in it is wrong.</exception>
    public static async Task<Takeouts> ReadTakeoutsAsync(string file, CancellationToken cancellationToken)
    {
        byte[] json = await File.ReadAllBytesAsync(file, cancellationToken);
        return Takeouts.TryRead(json, out var takeouts, out var errors) ? takeouts : throw new ProgrammeFileException(file, errors);
    }

    /// <summary>The racing day of a file.</summary>
    /// <exception cref="ProgrammeFileException">Something in it is wrong.</exception>
    public static async Task<ProgrammeDay> ReadDayAsync(string file, ProgrammeOptions options, CancellationToken cancellationToken)
    {
        byte[] json = await File.ReadAllBytesAsync(file, cancellationToken);
        return ProgrammeReader.TryRead(json, options, out var day, out var errors) ? day : throw new ProgrammeFileException(file, errors);
    }

    private static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, "Programme", name);
}

/// <summary>A file was refused; the message lists what is wrong, each with its path.</summary>
internal sealed class ProgrammeFileException(string file, IReadOnlyList<ProgrammeError> errors)
    : Exception($"{file} was not taken:{Environment.NewLine}{string.Join(Environment.NewLine, errors.Select(static error => "  " + error))}");
