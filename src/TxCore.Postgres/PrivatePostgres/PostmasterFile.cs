using System.Globalization;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>The file <c>postmaster.pid</c> that a running PostgreSQL keeps in its data directory.</summary>
internal static class PostmasterFile
{
    /// <summary>The postmaster's process id, or null when no server runs on the directory or its file is not complete yet.</summary>
    internal static int? ReadProcessId(string data) => ReadLine(data, line: 1) is { } first ? Parse(first) : null;

    /// <summary>The system's number of the shared memory segment that marks the directory as in use, or null when there is none.</summary>
    internal static int? ReadSharedMemoryId(string data) =>
        ReadLine(data, line: 7)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var id] ? Parse(id) : null;

    private static string? ReadLine(string data, int line)
    {
        try
        {
            return File.ReadLines(Path.Combine(data, "postmaster.pid")).ElementAtOrDefault(line - 1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int? Parse(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
