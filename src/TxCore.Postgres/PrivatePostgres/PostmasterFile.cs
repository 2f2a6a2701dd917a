using System.Globalization;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>The file <c>postmaster.pid</c> that a running PostgreSQL keeps in its data directory.</summary>
internal static class PostmasterFile
{
    /// <summary>The postmaster's process id, or null when no server runs on the directory or its file is not complete yet.</summary>
    internal static int? ReadProcessId(string data)
    {
        try
        {
            string? first = File.ReadLines(Path.Combine(data, "postmaster.pid")).FirstOrDefault();
            return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
