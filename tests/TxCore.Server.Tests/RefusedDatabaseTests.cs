using Npgsql;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Server.Tests.Fleet;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>Databases that a server must not sell on: another channel's, one that forgets commits, one restored from a copy.</summary>
public sealed class RefusedDatabaseTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Swapped_connection_strings_of_retail_and_online_are_refused_and_both_are_named()
    {
        using var retail = await Deployment.CreateAsync(postgres);
        using var online = await Deployment.CreateAsync(postgres, Channel.Online);

        foreach (var (shard, other) in new[] { (retail, online), (online, retail) })
        {
            var refused = (await shard.RefusedServeAsync(other.Writer)).Exits((int)ExitCode.StoreRefused);
            Assert.Contains("shard 1, channel Retail", refused.Error);
            Assert.Contains("shard 2, channel Online", refused.Error);
            Assert.DoesNotContain("READY", refused.Output);
        }
    }

    [Fact]
    public async Task A_database_that_is_missing_or_empty_is_refused_with_the_command_that_helps()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        string missing = new NpgsqlConnectionStringBuilder(deployment.Writer) { Database = "not_there" }.ConnectionString;
        string empty = await postgres.CreateDatabaseAsync("empty");

        foreach (var (connection, named) in new[] { (missing, "\"not_there\" does not exist"), (empty, "has no schema of TxCore") })
        {
            var refused = (await deployment.RefusedServeAsync(connection)).Exits((int)ExitCode.StoreRefused);
            Assert.Contains(named, refused.Error);
            Assert.Contains("txcore db migrate", refused.Error);
        }
    }

    [Fact]
    public async Task An_old_a_newer_a_half_migrated_and_a_read_only_database_are_told_apart()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        int version = PostgresMigrations.SchemaVersion;

        await deployment.ExecuteAsync("UPDATE txcore.shard SET schema_version = schema_version + 1");
        await RefusedAsync($"version {version + 1}, newer than this server");
        await deployment.ExecuteAsync("UPDATE txcore.shard SET schema_version = schema_version - 2");
        await RefusedAsync($"from schema version {version - 1} was begun and not finished", "txcore db migrate");
        await deployment.ExecuteAsync("DELETE FROM txcore.schema_script WHERE schemaversionsid = (SELECT max(schemaversionsid) FROM txcore.schema_script)");
        await RefusedAsync($"version {version - 1}, this server needs {version}", "txcore db migrate");
        await deployment.ExecuteAsync("UPDATE txcore.shard SET schema_version = schema_version + 1");
        await deployment.ExecuteAsync("CREATE TABLE public.kept AS SELECT * FROM txcore.shard; DELETE FROM txcore.shard");
        await RefusedAsync("begun and not finished: no shard is set up", "txcore db migrate");
        await deployment.ExecuteAsync("INSERT INTO txcore.shard SELECT * FROM public.kept");
        await deployment.ExecuteAsync($"ALTER ROLE {deployment.Provisioned.WriterRole} SET default_transaction_read_only = on");
        await RefusedAsync("takes no writes", "default_transaction_read_only");
        await deployment.ExecuteAsync($"ALTER ROLE {deployment.Provisioned.WriterRole} RESET default_transaction_read_only");
        await using var server = await deployment.ServeAsync();

        async Task RefusedAsync(params string[] named)
        {
            var refused = (await deployment.RefusedServeAsync()).Exits((int)ExitCode.StoreRefused);
            Assert.All(named, word => Assert.Contains(word, refused.Error));
        }
    }

    [Fact]
    public async Task A_migration_waits_for_the_server_to_be_stopped_and_leaves_a_newer_schema_alone()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        string[] migrate = ["db", "migrate", "--connection", deployment.Provisioned.OwnerConnectionString, "--writer-role", deployment.Provisioned.WriterRole];
        await using (var server = await deployment.ServeAsync())
        {
            // Nothing would change under the server: the partitions it asks for may be made at any time.
            (await deployment.RunAsync(migrate)).Exits(0);
            await deployment.ExecuteAsync("UPDATE txcore.shard SET schema_version = schema_version - 1");
            Assert.Contains("A server holds the shard", (await deployment.RunAsync(migrate)).Exits((int)ExitCode.StoreRefused).Error);
            Assert.Equal(0, await server.TerminateAsync());
        }

        (await deployment.RunAsync(migrate)).Exits(0);
        await deployment.ExecuteAsync("UPDATE txcore.shard SET schema_version = schema_version + 1");
        Assert.Contains("newer than this migration", (await deployment.RunAsync(migrate)).Exits((int)ExitCode.StoreRefused).Error);
    }

    [Fact]
    public async Task A_writer_role_that_does_not_wait_for_its_commits_is_refused()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await deployment.ExecuteAsync($"ALTER ROLE {deployment.Provisioned.WriterRole} SET synchronous_commit = off");

        var refused = (await deployment.RefusedServeAsync()).Exits((int)ExitCode.StoreRefused);

        Assert.Contains("synchronous_commit = off", refused.Error);
        Assert.Contains("ALTER ROLE", refused.Error);
    }

    [Fact]
    public async Task A_server_of_PostgreSQL_without_fsync_is_refused()
    {
        var options = new PrivatePostgresOptions { ExtraSettings = new Dictionary<string, string> { ["fsync"] = "off" } };
        await using var unsafePostgres = await PrivatePostgresServer.StartAsync(options, Cancellation);
        using var deployment = await Deployment.CreateAsync(unsafePostgres);

        var refused = (await deployment.RefusedServeAsync()).Exits((int)ExitCode.StoreRefused);

        Assert.Contains("fsync = off", refused.Error);
    }

    [Fact]
    public async Task A_database_restored_from_this_morning_is_refused_and_without_the_anchor_its_sources_are()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using (var server = await deployment.ServeAsync())
        {
            await SaleDay.OpenAsync(deployment, server.Listen);
            Assert.Equal(0, await server.TerminateAsync());
        }

        using var morning = await deployment.CopyAsync();
        await using var evening = await deployment.ServeAsync();
        await using var fleet = Terminals.Start(deployment.Identity, evening.Listen, 0..4);
        await fleet.SellAsync(200);
        fleet.ConnectTo(null);
        Assert.Equal(0, await evening.TerminateAsync());
        await deployment.RestoreAsync(morning);

        var refused = (await deployment.RefusedServeAsync()).Exits((int)ExitCode.RestoredTooOld);
        Assert.Contains("restored from a copy", refused.Error);

        // Without the anchor file it is the terminals who know better.
        await using var fresh = await deployment.ServeAsync(data: Path.Combine(deployment.Data, "fresh"));
        fleet.ConnectTo(fresh.Listen);
        await Poll.UntilAsync(
            () => fleet.Terminals.All(static terminal => terminal.RefusedBy == ResultCode.RestoredTooOld),
            () => $"Refused by: {string.Join(", ", fleet.Terminals.Select(static terminal => terminal.RefusedBy))}");
        Assert.All(fleet.Terminals, static terminal => Assert.Equal(1, terminal.Logons));
        Assert.Contains("too old", fresh.Program.Log, StringComparison.OrdinalIgnoreCase);
    }
}
