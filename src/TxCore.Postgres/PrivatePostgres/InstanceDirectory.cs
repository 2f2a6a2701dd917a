using System.Security.Cryptography;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// The directory of one private server: <c>data/</c>, <c>server.log</c>, <c>superuser.password</c>, and, when it is to be removed with its
/// owner, <c>owner</c>, which names the process that made it.
/// </summary>
internal sealed class InstanceDirectory
{
    internal const string NamePrefix = "txcore-pg-";
    internal const string OwnerFileName = "owner";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int LogTailLinesMax = 20;

    private InstanceDirectory(string path, bool isTemporary)
    {
        FullPath = path;
        IsTemporary = isTemporary;
    }

    internal string FullPath { get; }

    /// <summary>Whether the directory goes when its owner goes.</summary>
    internal bool IsTemporary { get; }

    internal string Data => Path.Combine(FullPath, "data");

    internal string Log => Path.Combine(FullPath, "server.log");

    internal string PasswordFile => Path.Combine(FullPath, "superuser.password");

    internal bool HasData => File.Exists(Path.Combine(Data, "PG_VERSION"));

    internal static async Task<InstanceDirectory> OpenAsync(
        PrivatePostgresOptions options, ServerAccount account, CancellationToken cancellationToken)
    {
        if (options.ExistingDirectory is { } existing)
        {
            return await CreateAsync(Path.GetFullPath(existing), isTemporary: false, account, cancellationToken);
        }

        string parent = await ChooseParentAsync(options.BaseDirectory, account, cancellationToken);
        await DirectorySweep.RemoveAbandonedAsync(parent, cancellationToken);
        string name = NamePrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        return await CreateAsync(Path.Combine(parent, name), !options.KeepDirectory, account, cancellationToken);
    }

    internal async Task<string> ReadPasswordAsync(CancellationToken cancellationToken) =>
        (await File.ReadAllTextAsync(PasswordFile, cancellationToken)).Trim();

    /// <summary>The last lines of the server's log, for messages about a failed start.</summary>
    internal async Task<string> LogTailAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Log))
        {
            return "(no server log)";
        }

        string[] lines = await File.ReadAllLinesAsync(Log, cancellationToken);
        return string.Join(Environment.NewLine, lines.TakeLast(LogTailLinesMax));
    }

    internal async Task RemoveAsync()
    {
        const int attemptsMax = 20;
        for (int attempt = 1; Directory.Exists(FullPath); attempt++)
        {
            try
            {
                Directory.Delete(FullPath, recursive: true);
            }
            catch (Exception exception) when (attempt < attemptsMax && (exception is IOException or UnauthorizedAccessException))
            {
                // A process that is just ending may still hold or write a file, most of all on Windows.
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private static async Task<InstanceDirectory> CreateAsync(
        string path, bool isTemporary, ServerAccount account, CancellationToken cancellationToken)
    {
        var directory = new InstanceDirectory(path, isTemporary);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }

        if (isTemporary)
        {
            await File.WriteAllTextAsync(Path.Combine(path, OwnerFileName), ProcessIdentity.OfThisProcess().ToString(), cancellationToken);
        }

        if (!File.Exists(directory.PasswordFile))
        {
            await directory.WritePasswordAsync(cancellationToken);
        }

        await account.OwnAsync([path], cancellationToken);
        if (!await account.CanReachAsync(path, cancellationToken))
        {
            throw new InvalidOperationException(
                $"The user that runs PostgreSQL cannot reach {path}; choose a directory whose parents are open to it.");
        }

        return directory;
    }

    private static async Task<string> ChooseParentAsync(string? wanted, ServerAccount account, CancellationToken cancellationToken)
    {
        if (wanted is not null)
        {
            Directory.CreateDirectory(wanted);
            return Path.GetFullPath(wanted);
        }

        // Root's TMPDIR may lie in a closed directory; the system's own temporary directories never do.
        string[] candidates = [Path.GetTempPath(), "/tmp", "/var/tmp"];
        foreach (string candidate in candidates)
        {
            if (await account.CanReachAsync(candidate, cancellationToken))
            {
                return Path.GetFullPath(candidate);
            }
        }

        throw new InvalidOperationException("No temporary directory can be reached by the user that runs PostgreSQL.");
    }

    private async Task WritePasswordAsync(CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var writer = new StreamWriter(PasswordFile, options);
        await writer.WriteAsync(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)).AsMemory(), cancellationToken);
    }
}
