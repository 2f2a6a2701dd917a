using TxCore.Server.Tests.Fleet;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>Promise 4: whatever step of a batch the connection to PostgreSQL is lost at, the batch is stored once and answered.</summary>
public sealed class ConnectionCutTests(PostgresFixture postgres)
{
    private const int Rounds = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_cut_at_every_step_of_a_batch_under_load_loses_and_doubles_nothing()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(deployment.Writer);
        await using var server = await deployment.ServeAsync(proxy.ConnectionString);
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var fleet = Terminals.Start(deployment.Identity, server.Listen, 0..Deployment.Terminals);
        int commits = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (var (step, condition) in Steps)
            {
                foreach (var position in Enum.GetValues<CutPosition>())
                {
                    // A COPY is answered in full only when its rows have come: there is no reply to wait for before the cut.
                    if (step is "COPY" or "copy data" && position is CutPosition.AfterReply or CutPosition.InReply)
                    {
                        continue;
                    }

                    await fleet.SellAsync(20);
                    var cut = proxy.CutWhen(condition, position);
                    await Poll.UntilAsync(
                        async () =>
                        {
                            await FillBatchAsync(proxy, step);
                            return cut.Fired.IsCompleted;
                        },
                        () => $"No cut: {step}, {position}. {server.Program.Log}");
                    commits += step == "COMMIT" ? 1 : 0;
                }
            }
        }

        await fleet.SettleAsync();
        await StoredHistory.AssertAsync(deployment, server.Listen, fleet);
        Assert.InRange(await server.CounterAsync("ambiguousCommits"), commits, long.MaxValue);
        Assert.False(server.Program.HasExited);
    }

    [Fact]
    public async Task A_commit_delivered_after_the_writer_asked_what_became_of_it_changes_nothing()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var proxy = PostgresProxy.Start(deployment.Writer);
        await using var server = await deployment.ServeAsync(proxy.ConnectionString);
        await SaleDay.OpenAsync(deployment, server.Listen);
        await using var fleet = Terminals.Start(deployment.Identity, server.Listen);
        for (int round = 1; round <= Rounds; round++)
        {
            await fleet.SellAsync(100);
            var held = proxy.HoldFrontendWhen(static message => message.Runs("COMMIT"));
            await held.Fired.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

            // The writer has asked, settled the batch and gone on before the old COMMIT arrives.
            await fleet.SellAsync(200);
            Assert.NotEqual("COMMIT", await held.ReleaseAsync());
            Assert.InRange(await server.CounterAsync("ambiguousCommits"), round, long.MaxValue);
        }

        await fleet.SettleAsync();
        await StoredHistory.AssertAsync(deployment, server.Listen, fleet);
    }

    /// <summary>Few rows are inserted, many are copied: for a COPY the database falls silent until enough transactions wait.</summary>
    private static async Task FillBatchAsync(PostgresProxy proxy, string step)
    {
        if (step.StartsWith("copy", StringComparison.OrdinalIgnoreCase))
        {
            proxy.Stall();
            await Task.Delay(TimeSpan.FromMilliseconds(60), Cancellation);
            proxy.Resume();
            await Task.Delay(TimeSpan.FromMilliseconds(60), Cancellation);
        }
    }

    private static (string Step, Func<ProxyMessage, bool> Condition)[] Steps { get; } =
    [
        ("BEGIN", static message => message.Runs("BEGIN")),
        ("advance", static message => message.Runs("SELECT txcore.advance")),
        ("INSERT", static message => message.Runs("INSERT INTO txcore.transaction")),
        ("COPY", static message => message.Runs("COPY txcore.transaction")),
        ("copy data", static message => message.Type == 'd'),
        ("copy done", static message => message.Type == 'c'),
        ("COMMIT", static message => message.Runs("COMMIT")),
    ];
}
