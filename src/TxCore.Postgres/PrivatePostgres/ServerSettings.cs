using System.Globalization;
using System.Text;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// The settings of a private server, in a file that <c>postgresql.conf</c> includes: durability as in production, sizes for one machine.
/// A file, not command-line switches, so that a test can still change a setting with <c>ALTER SYSTEM</c>.
/// </summary>
internal static class ServerSettings
{
    private const string FileName = "txcore.conf";

    internal static async Task WriteAsync(
        InstanceDirectory directory, int port, PrivatePostgresOptions options, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),

            // The path of a socket may have 107 bytes only, which a test's directory can exceed; loopback is enough.
            ["unix_socket_directories"] = "",
            ["fsync"] = "on",
            ["full_page_writes"] = "on",
            ["synchronous_commit"] = "on",
            ["wal_compression"] = "off",
            ["shared_buffers"] = "256MB",
            ["min_wal_size"] = LogFiles.MinimumSize(options.LogFilesAhead),
            ["max_wal_size"] = "4GB",
            ["max_connections"] = "200",
            ["jit"] = "off",
        };
        foreach ((string name, string value) in options.ExtraSettings)
        {
            settings[name] = value;
        }

        var text = new StringBuilder();
        foreach ((string name, string value) in settings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'\n");
        }

        await File.WriteAllTextAsync(Path.Combine(directory.Data, FileName), text.ToString(), cancellationToken);
    }

    /// <summary>Makes a fresh data directory read the file.</summary>
    internal static Task IncludeAsync(InstanceDirectory directory, CancellationToken cancellationToken) =>
        File.AppendAllTextAsync(Path.Combine(directory.Data, "postgresql.conf"), $"\ninclude '{FileName}'\n", cancellationToken);
}
