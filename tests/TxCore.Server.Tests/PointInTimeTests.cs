using System.Diagnostics;
using Npgsql;
using TxCore.Client;
using TxCore.Diagnostics;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>
/// A base backup and archived WAL bring the database back as of any moment. One that is too early is noticed by whoever knows better: the
/// anchor file, and every client that holds a later number.
/// </summary>
public sealed class PointInTimeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restore_to_a_point_in_time_is_whole_and_refuses_whoever_holds_more()
    {
        string archive = OpenDirectory();
        string copy = OpenDirectory();
        await using var original = await PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions
            {
                ExtraSettings = new Dictionary<string, string> { ["archive_mode"] = "on", ["archive_command"] = $"cp %p {archive}/%f" },
            },
            Cancellation);
        using var deployment = await Deployment.CreateAsync(original);
        string point;
        long numbers;
        await using var server = await deployment.ServeAsync();
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var fleet = Terminals.Start(deployment.Identity, server.Listen, 0..4);
        await fleet.SellAsync(50);
        await BackUpAsync(original, deployment, copy);
        await fleet.SellAsync(100);
        (point, numbers) = await NowAsync(deployment);
        await fleet.SellAsync(200);
        fleet.ConnectTo(null);
        Assert.Equal(0, await server.TerminateAsync());
        await ArchiveRestAsync(deployment, archive);
        await original.StopAsync();

        await using var restored = await RestoreAsync(copy, archive, point);
        string writer = On(deployment.Writer, restored.Port);
        await Poll.UntilAsync(
            async () => await NumberAsync(On(deployment.Superuser, restored.Port)) >= 0, () => "The restored database was not promoted.");
        string[] verify = ["verify", "--connection", writer];
        Assert.Contains("The chain is whole", (await deployment.RunAsync(verify)).Exits(0).Output);
        Assert.True(await NumberAsync(On(deployment.Superuser, restored.Port)) >= numbers);

        // The anchor knows a later head: verify names it, a server does not start.
        var cut = (await deployment.RunAsync([.. verify, "--data", deployment.Data, "--anchor"])).Exits(1);
        Assert.Contains("the tail was cut", cut.Error);
        (await deployment.RefusedServeAsync(writer)).Exits((int)ExitCode.RestoredTooOld);

        // Without the anchor it starts, and each terminal that holds a later number is refused, with an alarm on both sides; a new one is served.
        await using var late = await deployment.ServeAsync(writer, Path.Combine(deployment.Data, "fresh"));
        fleet.ConnectTo(late.Listen);
        await Poll.UntilAsync(
            () => fleet.Terminals.All(static terminal => terminal.RefusedBy == ResultCode.RestoredTooOld),
            () => $"Refused by: {string.Join(", ", fleet.Terminals.Select(static terminal => terminal.RefusedBy))}");
        Assert.Contains("[1201]", late.Program.Log);
        await using var newcomer = await deployment.ClientAsync(late.Listen, new MemoryOutbox(), Deployment.FirstTerminal + 10);
        Assert.True((await newcomer.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation)).IsAccepted);
        await late.TerminateAsync();
        await restored.DisposeAsync();
        Directory.Delete(archive, recursive: true);
        Directory.Delete(copy, recursive: true);
    }

    /// <summary>Copies the data directory between the start and the end of a backup, as any tool that copies files may.</summary>
    private static async Task BackUpAsync(PrivatePostgresServer original, Deployment deployment, string copy)
    {
        // Both ends belong to one session, which has to stay connected.
        await using var connection = new NpgsqlConnection(deployment.Superuser);
        await connection.OpenAsync(Cancellation);
        await using (var start = new NpgsqlCommand("SELECT pg_backup_start('test', true)", connection))
        {
            await start.ExecuteNonQueryAsync(Cancellation);
        }

        // Files of a running server may vanish while they are copied; cp says so and has copied the others.
        await RunAsync("cp", "-a", $"{original.InstancePath}/.", copy);
        await using var stop = new NpgsqlCommand("SELECT labelfile FROM pg_backup_stop()", connection);
        string label = (string)(await stop.ExecuteScalarAsync(Cancellation))!;
        string data = Path.Combine(copy, Path.GetFileName(original.DataDirectory));
        File.Delete(Path.Combine(data, "postmaster.pid"));
        await RunAsync("sh", "-c", $"rm -rf '{data}'/pg_wal/0* && touch '{data}'/backup_label '{data}'/recovery.signal && chown --reference='{data}' '{data}'/backup_label '{data}'/recovery.signal");
        await File.WriteAllTextAsync(Path.Combine(data, "backup_label"), label, Cancellation);
    }

    private static async Task<PrivatePostgresServer> RestoreAsync(string copy, string archive, string point) => await PrivatePostgresServer.StartAsync(
        new PrivatePostgresOptions
        {
            ExistingDirectory = copy,
            ExtraSettings = new Dictionary<string, string>
            {
                ["restore_command"] = $"cp {archive}/%f %p",
                ["recovery_target_lsn"] = point,
                ["recovery_target_action"] = "promote",
                ["archive_mode"] = "off",
            },
        },
        Cancellation);

    /// <summary>A number that is committed, and a point behind it.</summary>
    private static async Task<(string Lsn, long Number)> NowAsync(Deployment deployment)
    {
        long number = await deployment.ScalarAsync<long>("SELECT last_number FROM txcore.shard");
        return (await deployment.ScalarAsync<string>("SELECT pg_current_wal_flush_lsn()::text"), number);
    }

    /// <summary>Switches to a new segment and waits until the one before is in the archive.</summary>
    private static async Task ArchiveRestAsync(Deployment deployment, string archive)
    {
        string segment = await deployment.ScalarAsync<string>("SELECT pg_walfile_name(pg_switch_wal())");
        await Poll.UntilAsync(() => File.Exists(Path.Combine(archive, segment)), () => $"{segment} is not archived.");
    }

    private static async Task<long> NumberAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("SELECT CASE WHEN pg_is_in_recovery() THEN -1 ELSE last_number END FROM txcore.shard", connection);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    /// <summary>A directory that PostgreSQL may write to, which as root runs as another user.</summary>
    private static string OpenDirectory()
    {
        string directory = Directory.CreateTempSubdirectory("txcore-pitr-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(directory, (UnixFileMode)0b111_111_111);
        }

        return directory;
    }

    private static string On(string connectionString, int port) => new NpgsqlConnectionStringBuilder(connectionString) { Port = port }.ConnectionString;

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
    }
}
