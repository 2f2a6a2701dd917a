using System.Diagnostics;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Server.Tests.Fleet;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>A terminal and the server die together: what the terminal had on disk is finished exactly once.</summary>
public sealed class OutboxTests(PostgresFixture postgres)
{
    private const int Wagers = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_dead_terminal_left_in_its_outbox_is_finished_once_after_the_server_died_too()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(deployment.Writer);
        var server = await deployment.ServeAsync(proxy.ConnectionString);
        await SaleDay.OpenAsync(deployment, server.Listen);
        string path = Path.Combine(deployment.Data, "outbox");
        string left = path + ".left";

        // Answered, then unanswered: PostgreSQL falls silent and the commits hang.
        await using var outbox = FileOutbox.Open(path);
        await using var dead = await deployment.ClientAsync(server.Listen, outbox);
        var answered = await Task.WhenAll(Enumerable.Range(1, Wagers).Select(i => dead.WagerAsync(SaleDay.Wager(deployment.Identity, i), cancellationToken: Cancellation)));
        proxy.Stall();
        var lost = Enumerable.Range(Wagers + 1, Wagers).Select(i => dead.Submit(SaleDay.Wager(deployment.Identity, i))).ToArray();
        await Poll.UntilAsync(async () => await server.CounterAsync("ringOccupied") > 0, () => "Nothing reached the ring.");
        Assert.All(lost, static submission => Assert.False(submission.Outcome.IsCompleted));

        // A copy of the file is what the disk of a terminal holds whose power was cut at this moment.
        await Poll.UntilAsync(() => HoldsAll(path, left, lost[^1].Sequence), () => "The outbox does not hold all submissions.");
        await server.KillAsync();
        proxy.Resume();
        await using var restarted = await deployment.ServeAsync();
        await using var kept = FileOutbox.Open(left);
        await using var client = await deployment.ClientAsync(restarted.Listen, kept);
        var recovered = await client.RecoveredAsync(Cancellation);

        Assert.Equal(lost.Select(static submission => submission.Sequence), recovered.Where(result => result.Sequence > Wagers).Select(static result => result.Sequence));
        Assert.All(recovered, static result => Assert.True(result.MayPrint));
        Assert.All(
            recovered.Where(static result => result.Sequence <= Wagers),
            result => Assert.Equal(answered[(int)result.Sequence - 1].Outcome.Number, result.Outcome.Number));
        Assert.Equal((2L * Wagers) + 1, (long)(await client.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation)).Sequence);
        Assert.Equal((2L * Wagers) + 1, await deployment.ScalarAsync<long>(
            $"SELECT count(DISTINCT sequence) FROM txcore.transaction WHERE source = {Deployment.FirstTerminal} AND kind = {(int)MessageType.Wager} AND code = 0"));
        Assert.Equal(
            (2L * Wagers) + 1,
            await deployment.ScalarAsync<long>($"SELECT count(*) FROM txcore.transaction WHERE source = {Deployment.FirstTerminal}"));
        var report = await deployment.VerifyAsync();
        Assert.Null(report.Fault);
    }

    private static async Task<bool> HoldsAll(string path, string copy, ulong sequence)
    {
        // Not with this process's own files, which respect the lock of the outbox.
        using var copying = Process.Start("cp", [path, copy]);
        await copying.WaitForExitAsync(Cancellation);
        await using var outbox = FileOutbox.Open(copy);
        var contents = await outbox.LoadAsync(Cancellation);
        return contents.NextSequence == sequence + 1;
    }
}
