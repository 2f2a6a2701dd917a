using System.Diagnostics;
using System.Globalization;
using TxCore.Faults.Fleet;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Chaos;

/// <summary>
/// Faults without pause, several at a time, under load; after each round everything is settled and the history of every client compared with
/// the database. What is drawn depends on the seed alone; what it meets depends on the machine.
/// </summary>
internal sealed class ChaosRun(ChaosSettings settings, TimeProvider clock, TextWriter output)
{
    private const int RepeatsAtSettling = 20;
    private const int AnswersMax = 300;

    private readonly ChaosCounts _counts = new();
    private readonly Random _random = new(settings.Seed);
    private readonly Queue<Func<CancellationToken, Task>> _bag = new();
    private ServerFaults _server = null!;
    private PostgresFaults _postgres = null!;

    public async Task<ChaosReport> RunAsync(CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {settings.Seed}; starting PostgreSQL and the server"));
        await using var stage = await ChaosStage.StartAsync(settings, startedAt, cancellationToken);
        var cuts = new BatchCuts(stage, _counts, new Random(settings.Seed + 1_000));
        var check = new ChaosCheck(stage, _counts);
        (_server, _postgres) = (new ServerFaults(stage, _counts, _random), new PostgresFaults(stage, _counts, cuts, _random));
        var faults = TimeSpan.Zero;
        int rounds = 0;
        for (; faults < settings.Duration && _counts.Findings.Count == 0; rounds++)
        {
            long begin = Stopwatch.GetTimestamp();
            await BreakAsync(stage, cuts, Shorter(settings.Round, settings.Duration - faults), cancellationToken);
            faults += Stopwatch.GetElapsedTime(begin);
            await SettleAsync(stage);
            await check.RunAsync(cancellationToken);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {rounds + 1}: {faults.TotalSeconds:0} s of faults, {_counts.Faults.Values.Sum():N0} faults, {_counts.Cuts.Values.Sum():N0} cuts in batches, "
                + $"{Cut(stage):N0} clients cut, {stage.AmbiguousCommits:N0} ambiguous commits, {check.Entries:N0} entries, {_counts.Findings.Count} findings"));
        }

        await EndAsync(stage, cancellationToken);
        return new ChaosReport
        {
            StartedAt = startedAt,
            Seed = settings.Seed,
            Seconds = Math.Round(faults.TotalSeconds, 1),
            Rounds = rounds,
            Clients = stage.Fleet.Terminals.Count,
            Transactions = check.Entries,
            Answers = stage.Fleet.Outcomes,
            Logons = stage.Fleet.Terminals.Sum(static terminal => (long)terminal.Logons),
            Faults = new SortedDictionary<string, long>(_counts.Faults.ToDictionary(), StringComparer.Ordinal),
            BatchCuts = new SortedDictionary<string, long>(_counts.Cuts.ToDictionary(), StringComparer.Ordinal),
            ClientCuts = new SortedDictionary<string, long>(stage.ToServer.CutsByStep.ToDictionary(), StringComparer.Ordinal),
            AmbiguousCommits = stage.AmbiguousCommits,
            StoreRetries = stage.Retries,
            Skipped = stage.Disk.Refusal is { } refusal ? [$"disk of PostgreSQL full: {refusal}"] : [],
            Findings = [.. _counts.Findings],
            Machine = Machine.Describe(),
        };
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static long Cut(ChaosStage stage) => stage.ToServer.CutsByStep.Values.Sum();

    private async Task BreakAsync(ChaosStage stage, BatchCuts cuts, TimeSpan time, CancellationToken cancellationToken)
    {
        stage.Fleet.Produce();
        stage.ToServer.Cuts = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var cutting = cuts.RunAsync(stop.Token);
        long begin = Stopwatch.GetTimestamp();
        try
        {
            while (Stopwatch.GetElapsedTime(begin) < time && _counts.Findings.Count == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Next(stage)(cancellationToken);

                // Now and then the next fault meets what this one left behind.
                if (_random.Next(4) != 0 && !await stage.Fleet.SellsAsync(_random.Next(AnswersMax), settings.AnswerWithin))
                {
                    _counts.Find(Harm.Hanging, $"no answers within {settings.AnswerWithin.TotalSeconds:0} s after a fault; the server wrote: {stage.Server.Process.OutputTail}");
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await cutting;
            stage.ToServer.Cuts = false;
        }
    }

    /// <summary>Every kind of fault comes, in an order of the seed's.</summary>
    private Func<CancellationToken, Task> Next(ChaosStage stage)
    {
        if (_bag.Count == 0)
        {
            Func<CancellationToken, Task>[] all =
            [
                _server.KillAsync, _server.KillAsync, _server.KillAsync, _server.KillAsync, _server.KillBothAsync, _server.StopAsync,
                _ => _server.FreezeAsync(), _server.ReplaceAsync, _ => _server.JumpAsync(), _ => _server.JumpAsync(),
                _postgres.KillAsync, _postgres.KillAsync, _postgres.KillAsync, _postgres.KillAsync, _postgres.PauseAsync,
                _ => _postgres.BlackholeAsync(), _ => _postgres.DelayAsync(), _postgres.FillDiskAsync, _ => CutClientsAsync(stage),
            ];
            _random.Shuffle(all);
            Array.ForEach(all, _bag.Enqueue);
        }

        return _bag.Dequeue();
    }

    private Task CutClientsAsync(ChaosStage stage)
    {
        stage.ToServer.CutAll(stage.Server.Address, static () => true);
        _counts.CountFault("all clients cut at once");
        return Task.CompletedTask;
    }

    private async Task SettleAsync(ChaosStage stage)
    {
        foreach (string open in await stage.Fleet.SettleAsync(RepeatsAtSettling, settings.AnswerWithin))
        {
            _counts.Find(Harm.Hanging, open);
        }
    }

    private async Task EndAsync(ChaosStage stage, CancellationToken cancellationToken)
    {
        await stage.Server.LookAsync();
        await stage.Server.Process.StopAsync();
        if (stage.Server.Process.ExitCode != 0)
        {
            _counts.Find(Harm.Wrong, $"the last server ended with code {stage.Server.Process.ExitCode}: {stage.Server.Process.OutputTail}");
        }

        var verified = await ServerCommand.RunAsync(
            stage.Database.WriterConnectionString, cancellationToken, "verify", "--replay", "--anchor", "--data", stage.DataDirectory, "--shard",
            $"{ChaosSettings.Identity.Shard}", "--channel", $"{ChaosSettings.Identity.Channel}");
        if (verified.ExitCode != 0)
        {
            _counts.Find(Harm.Wrong, $"txcore verify --replay --anchor ended with code {verified.ExitCode}: {verified.Output}");
        }
    }
}
