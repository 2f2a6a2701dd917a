using System.Globalization;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Postgres.Tests.PrivatePostgres;

/// <summary>The process that <see cref="OrphanTests"/> kills: it starts a server, reports it in a file, and waits.</summary>
public sealed class OrphanOwnerTests
{
    internal const string DirectoryVariable = "TXCORE_TEST_ORPHAN_DIRECTORY";
    internal const string PausedVariable = "TXCORE_TEST_ORPHAN_PAUSED";
    internal const string ReportFileName = "report";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task An_owner_that_waits_to_be_killed()
    {
        string? directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.SkipWhen(directory is null, "Run by the tests about orphans, in a process of its own.");
        await using PrivatePostgresServer server = await PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { BaseDirectory = directory }, Cancellation);
        if (Environment.GetEnvironmentVariable(PausedVariable) is not null)
        {
            await server.PauseAsync(Cancellation);
        }

        string report = string.Create(
            CultureInfo.InvariantCulture, $"{server.PostmasterProcessId}\n{server.SupervisorProcessId}\n{server.InstancePath}");
        string written = Path.Combine(directory, "report.partial");
        await File.WriteAllTextAsync(written, report, Cancellation);
        File.Move(written, Path.Combine(directory, ReportFileName));

        // Bounded, so that a test run killed before it kills this process leaves none for long.
        await Task.Delay(TimeSpan.FromMinutes(2), Cancellation);
    }
}
