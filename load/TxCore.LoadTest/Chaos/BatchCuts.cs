using TxCore.Faults.Fleet;
using TxCore.Faults.Proxies;

namespace TxCore.LoadTest.Chaos;

/// <summary>
/// Cuts the server's connection to PostgreSQL at one message of a batch after the other: before it, when it is sent, in the middle of its
/// reply, after it; and holds a COMMIT back until the server has asked what became of it. Runs beside all other faults.
/// </summary>
internal sealed class BatchCuts(ChaosStage stage, ChaosCounts counts, Random random)
{
    private const int PauseMillisecondsMax = 250;
    private static readonly TimeSpan FireWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FillTime = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(3);
    private const int OutcomesLater = 500;

    private static readonly Step[] Steps =
    [
        new("Parse of a statement", static message => message.Type == 'P', IsAnswered: false) { Reconnects = true },
        new("Bind of advance", static message => message.Type == 'B' && Carries(message, "txcore.advance"), IsAnswered: false),
        new("Execute of advance", static message => message.Type == 'E' && Carries(message, "txcore.advance")),
        new("Bind of INSERT", static message => message.Type == 'B' && Carries(message, "INSERT INTO txcore.transaction"), IsAnswered: false),
        new("Execute of INSERT", static message => message.Type == 'E' && Carries(message, "INSERT INTO txcore.transaction")),
        new("COPY", static message => message.Runs("COPY txcore.transaction"), IsAnswered: false) { IsLarge = true },
        new("CopyData", static message => message.Type == 'd', IsAnswered: false) { IsLarge = true },
        new("CopyDone", static message => message.Type == 'c') { IsLarge = true },
        new("COMMIT", IsBatchCommit) { Weight = 5 },
    ];

    /// <summary>Whoever has it keeps everybody else from stalling the connection.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Cuts until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var drawn = Steps.SelectMany(static step => Enumerable.Repeat(step, step.Weight)).ToArray();
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(random.Next(PauseMillisecondsMax), CancellationToken.None);
            await Turn.WaitAsync(CancellationToken.None);
            try
            {
                await (random.Next(12) == 0 ? DeliverLateAsync(stop) : CutAsync(drawn[random.Next(drawn.Length)], stop));
            }
            finally
            {
                Turn.Release();
            }
        }
    }

    /// <summary>The writer's COMMIT; those of snapshots and readers, which nothing waits for, come as simple queries.</summary>
    private static bool IsBatchCommit(ProxyMessage message) => message.Type == 'E' && message.Runs("COMMIT");

    private static bool Carries(ProxyMessage message, string text) => message.Sql?.Contains(text, StringComparison.OrdinalIgnoreCase) is true;

    private async Task CutAsync(Step step, CancellationToken stop)
    {
        var positions = Enum.GetValues<CutPosition>().Where(position => step.IsAnswered || position is CutPosition.Before or CutPosition.AfterForward).ToArray();
        var position = positions[random.Next(positions.Length)];
        var rule = stage.ToPostgres.CutWhen(step.Condition, position);
        if (step.Reconnects)
        {
            stage.ToPostgres.CutAll();
        }

        if (step.IsLarge)
        {
            // Few rows are inserted, many are copied: PostgreSQL falls silent until enough transactions wait.
            stage.ToPostgres.Stall();
            await Task.Delay(FillTime, CancellationToken.None);
            stage.ToPostgres.Resume();
        }

        if (await FiresAsync(rule, stop))
        {
            counts.CountCut($"{step.Name}, {Name(position)}");
        }
    }

    /// <summary>A COMMIT that arrives when the server has long settled the batch must find nothing to commit.</summary>
    private async Task DeliverLateAsync(CancellationToken stop)
    {
        var held = stage.ToPostgres.HoldFrontendWhen(IsBatchCommit);
        if (!await FiresAsync(held, stop))
        {
            return;
        }

        // Answers that were on their way come too; so many more are those of later batches.
        bool isSettled = await stage.Fleet.SellsAsync(OutcomesLater, LateBy);
        string said = await held.ReleaseAsync();
        counts.CountCut("COMMIT, delivered late");
        if (isSettled && said == "COMMIT")
        {
            counts.Find(Harm.Doubled, "a COMMIT delivered after the batch had been settled without it was carried out");
        }
    }

    private static async Task<bool> FiresAsync(ProxyRule rule, CancellationToken stop)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(stop);
        within.CancelAfter(FireWithin);
        await rule.Fired.WaitAsync(within.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (rule.Fired.IsCompleted || rule.Withdraw())
        {
            return rule.Fired.IsCompleted;
        }

        // It was taken at this moment and will fire, unless its connection ended by another fault.
        await rule.Fired.WaitAsync(FireWithin, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return rule.Fired.IsCompleted;
    }

    private static string Name(CutPosition position) => position switch
    {
        CutPosition.Before => "before it",
        CutPosition.AfterForward => "sent",
        CutPosition.InReply => "half its reply",
        _ => "reply lost",
    };

    /// <summary>A message of a batch.</summary>
    private sealed record Step(string Name, Func<ProxyMessage, bool> Condition, bool IsAnswered = true)
    {
        /// <summary>Only a new connection has it.</summary>
        public bool Reconnects { get; init; }

        /// <summary>Only a large batch has it.</summary>
        public bool IsLarge { get; init; }

        /// <summary>How often it is drawn.</summary>
        public int Weight { get; init; } = 1;
    }
}
