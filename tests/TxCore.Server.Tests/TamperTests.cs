using TxCore.Client;
using TxCore.Server.Tests.Fleet;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>Promise 6, through the command line: whoever has every right in the database still cannot change it unseen.</summary>
public sealed class TamperTests(PostgresFixture postgres)
{
    // Numbers of wagers in the middle; the entries before them set the shop up.
    private const int Victim = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_names_whatever_was_changed_by_hand()
    {
        using var deployment = await SoldAsync();
        (await deployment.RunAsync("verify", "--anchor", "--replay", "--data", deployment.Data)).Exits(0);

        await TamperAsync(deployment, $"UPDATE txcore.transaction SET amount_cents = amount_cents + 1 WHERE number = {Victim}", $"number {Victim}", "checksum");
        await TamperAsync(deployment, $"DELETE FROM txcore.transaction WHERE number = {Victim}", $"number {Victim}", "missing");
        await TamperAsync(
            deployment,
            $"""
            CREATE TEMP TABLE forged AS SELECT * FROM txcore.transaction WHERE number = {Victim};
            UPDATE forged SET line = 2;
            INSERT INTO txcore.transaction SELECT * FROM forged
            """,
            $"number {Victim}");
        await TamperAsync(
            deployment,
            $"""
            CREATE TEMP TABLE swapped AS SELECT * FROM txcore.transaction WHERE number IN ({Victim}, {Victim} + 1);
            UPDATE swapped SET number = 2 * {Victim} + 1 - number;
            DELETE FROM txcore.transaction WHERE number IN ({Victim}, {Victim} + 1);
            INSERT INTO txcore.transaction SELECT * FROM swapped
            """,
            $"number {Victim}");
    }

    [Fact]
    public async Task Verify_against_the_anchor_names_a_recomputed_chain_and_a_cut_tail()
    {
        using var deployment = await SoldAsync();
        long batch = await deployment.ScalarAsync<long>("SELECT last_batch FROM txcore.shard");

        await TamperAsync(deployment, copy => RecomputedChain.ForgeAsync(copy, Victim), $"batch {batch}", "recomputed", onlyTheAnchorTells: true);
        await TamperAsync(
            deployment,
            copy => copy.ExecuteAsync($"""
            DELETE FROM txcore.transaction WHERE number > (SELECT last_number FROM txcore.batch WHERE batch = {batch} - 3);
            UPDATE txcore.shard SET (last_batch, last_number, last_hash) = (SELECT batch, last_number, hash FROM txcore.batch WHERE batch = {batch} - 3);
            DELETE FROM txcore.batch WHERE batch > {batch} - 3
            """),
            $"batch {batch}",
            "tail was cut",
            onlyTheAnchorTells: true);
    }

    private static Task TamperAsync(Deployment deployment, string sql, string named, string what = "") =>
        TamperAsync(deployment, copy => copy.ExecuteAsync(sql), named, what, onlyTheAnchorTells: false);

    /// <summary>Changes a copy of the database and lets the command line look at it.</summary>
    private static async Task TamperAsync(
        Deployment deployment, Func<Deployment, Task> tamper, string named, string what, bool onlyTheAnchorTells)
    {
        using var copy = await deployment.CopyAsync();
        await tamper(copy);
        string[] anchor = ["--anchor", Path.Combine(deployment.Data, "anchor-1.jsonl"), "--key", Path.Combine(deployment.Data, "signing-key-1.pem.pub")];

        (await copy.RunAsync("verify")).Exits(onlyTheAnchorTells ? 0 : 1);
        var found = (await copy.RunAsync(["verify", .. anchor])).Exits(1);

        Assert.Contains(named, found.Error);
        Assert.Contains(what, found.Error);
    }

    /// <summary>A day on which one batch after the other was sold, and whose head was signed at its end.</summary>
    private async Task<Deployment> SoldAsync()
    {
        var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using (var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox()))
        {
            for (int wager = 1; wager <= Victim; wager++)
            {
                Assert.True((await client.WagerAsync(SaleDay.Wager(deployment.Identity, wager), cancellationToken: Cancellation)).IsAccepted);
            }
        }

        Assert.Equal(0, await server.TerminateAsync());
        return deployment;
    }
}
