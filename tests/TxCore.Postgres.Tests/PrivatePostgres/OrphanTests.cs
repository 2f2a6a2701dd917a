using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Postgres.Tests.PrivatePostgres;

/// <summary>What remains when the process that started a server is killed: this assembly runs itself as that process.</summary>
public sealed class OrphanTests : IDisposable
{
    private readonly OpenTempDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_owner_leaves_no_postmaster_and_no_directory(bool paused)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The supervisor's script is tested on Unix.");
        using Process owner = await StartOwnerAsync(paused);
        Report report = await ReadReportAsync();

        owner.Kill();
        await owner.WaitForExitAsync(Cancellation);

        await WaitUntilAsync(() => !UnixSignal.IsRunning(report.Postmaster) && !Directory.Exists(report.Instance));
    }

    [Fact]
    public async Task What_a_killed_supervisor_could_not_clear_is_swept_at_the_next_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The sweep of running servers reads /proc.");
        using Process owner = await StartOwnerAsync(paused: false);
        Report report = await ReadReportAsync();
        UnixSignal.Send(report.Supervisor, UnixSignal.Kill);
        owner.Kill();
        await owner.WaitForExitAsync(Cancellation);
        Assert.True(UnixSignal.IsRunning(report.Postmaster));

        var options = new PrivatePostgresOptions { BaseDirectory = _directory.FullPath };
        await using PrivatePostgresServer next = await PrivatePostgresServer.StartAsync(options, Cancellation);

        Assert.False(UnixSignal.IsRunning(report.Postmaster));
        Assert.False(Directory.Exists(report.Instance));
        Assert.True(Directory.Exists(next.InstancePath));
    }

    private async Task<Process> StartOwnerAsync(bool paused)
    {
        string program = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null);
        var start = new ProcessStartInfo(
            program, ["--explicit", "only", "--filter-method", $"*.{nameof(OrphanOwnerTests.An_owner_that_waits_to_be_killed)}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[OrphanOwnerTests.DirectoryVariable] = _directory.FullPath;
        if (paused)
        {
            start.Environment[OrphanOwnerTests.PausedVariable] = "yes";
        }

        Process owner = Process.Start(start)!;
        await WaitUntilAsync(() => owner.HasExited || File.Exists(Path.Combine(_directory.FullPath, OrphanOwnerTests.ReportFileName)));
        Assert.False(owner.HasExited, "The owner ended before its server ran.");
        return owner;
    }

    private async Task<Report> ReadReportAsync()
    {
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(_directory.FullPath, OrphanOwnerTests.ReportFileName), Cancellation);
        return new Report(int.Parse(lines[0], CultureInfo.InvariantCulture), int.Parse(lines[1], CultureInfo.InvariantCulture), lines[2]);
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }

    private sealed record Report(int Postmaster, int Supervisor, string Instance);
}
