using TxCore.Diagnostics;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>Promise 3: one writer. A frozen server that wakes up can neither commit nor answer.</summary>
public sealed class TakeoverTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_server_frozen_under_load_and_replaced_writes_and_answers_nothing_once_it_is_thawed(int round)
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var first = await deployment.ServeAsync();
        await SaleDay.OpenAsync(deployment, first.Listen);
        await using var frozen = Terminals.Start(deployment.Identity, first.Listen, 0..8);
        await frozen.SellAsync(300 * round);

        first.Program.Signal(Signals.Stop);
        var sentBefore = frozen.Terminals.Select(static terminal => terminal.Submissions.Count(static submission => submission.WasSent)).ToArray();
        await using var second = await deployment.ServeAsync();
        long takenOverAt = await deployment.ScalarAsync<long>("SELECT max(number) FROM txcore.transaction WHERE kind = 1281");
        await using var fresh = Terminals.Start(deployment.Identity, second.Listen, 8..16);
        await fresh.SellAsync(300);
        var unanswered = frozen.Terminals.SelectMany(static terminal => terminal.Submissions.Where(static submission => submission.Outcome is null)).ToArray();
        frozen.ConnectTo(second.Listen);
        first.Program.Signal(Signals.Continue);

        Assert.Equal((int)ExitCode.Fenced, await first.Program.ExitCodeAsync());
        await frozen.SettleAsync();
        await fresh.SettleAsync();
        await StoredHistory.AssertAsync(deployment, second.Listen, frozen, fresh);

        // What it had committed before it froze may still have been on its way out; nothing that came after the take-over was.
        Assert.DoesNotContain(unanswered, submission =>
            submission.AnsweredBy!.Equals(first.Listen) && (long)submission.Outcome!.Number >= takenOverAt);
        Assert.DoesNotContain(
            frozen.Terminals.Zip(sentBefore).SelectMany(static pair => pair.First.Submissions.Skip(pair.Second)),
            submission => submission.AnsweredBy!.Equals(first.Listen));
        Assert.Equal(0L, await deployment.ScalarAsync<long>($"""
            SELECT count(*) FROM txcore.batch
             WHERE last_number >= {takenOverAt} AND epoch < (SELECT epoch FROM txcore.batch WHERE {takenOverAt} BETWEEN first_number AND last_number)
            """));
        Assert.Equal(0, await second.TerminateAsync());
        (await deployment.RunAsync("verify", "--anchor", "--replay", "--data", deployment.Data)).Exits(0);
    }
}
