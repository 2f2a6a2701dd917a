using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>A run from nothing, or from a server that is there, to a checked record of it.</summary>
internal sealed class ScenarioRun(RunSettings settings, TimeProvider clock, TextWriter output)
{
    private const int LogonsAtOnce = 16;
    private static readonly TimeSpan SettleMargin = TimeSpan.FromSeconds(5);

    private readonly Journal _journal = new();
    private readonly Tally _tally = new();
    private readonly StatusProbe _status = new();
    private readonly AnswerLatencies _latencies = new();
    private readonly ThresholdWatch _thresholds = new(settings.Thresholds);
    private readonly Random _random = new(settings.Seed);

    /// <exception cref="TargetRefusedException">The target may not be driven.</exception>
    /// <exception cref="PostgresNotFoundException">There is no PostgreSQL for a private run.</exception>
    public async Task<RunRecord> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var plan = new LoadPlan(settings.EffectiveSimulations, _random.Next(), settings.IsPoisson);

        // 1. Who sends, to what.
        var accounts = Enrol(now);
        await using var host = await StartHostAsync(accounts, now, settings.EffectiveWarmUp + plan.During, cancellationToken);
        FdatasyncReport? fdatasync = null;
        if (host.DataDirectory is { } directory)
        {
            var rate = await Task.Run(() => FdatasyncProbe.Measure(directory, settings.FdatasyncTime), cancellationToken);
            fdatasync = new FdatasyncReport(rate.PerSecond, rate.P50Microseconds, rate.P99Microseconds);
        }

        // 2. What is sold, and the connections.
        bool isProxied = settings.Tap is not null || settings.Scenarios.Any(item => item.Scenario.NeedsProxy);
        await using var proxy = isProxied ? FrameProxy.Start(host.Address, settings.Tap ?? new PassingTap()) : null;
        await using TxCoreClient administrator = await LogOnAsync(accounts.Administrator, host.Address, cancellationToken);
        var context = await ContextAsync(administrator, plan, proxy, now, cancellationToken);
        foreach (var item in settings.Scenarios)
        {
            await item.Scenario.PrepareAsync(context, cancellationToken);
        }

        if (host is TargetHost given)
        {
            await given.RequireSameDatabaseAsync(_journal[0].Source, _journal[0].Number, cancellationToken);
        }

        output.WriteLine($"logging on {accounts.All.Count - 1} sources");
        await using var connections = new ConnectionSet();
        await connections.ConnectAsync(
            [.. accounts.All.Skip(1)], proxy?.Address ?? host.Address, settings.AnswerTimeout, LogonsAtOnce, cancellationToken);
        context.Connected(connections.Clients);

        // 3. The load.
        var database = host.CheckConnectionString is { } check ? await DatabaseFigures.BeginAsync(cancellationToken, check) : null;
        var load = new MixedLoad(
            [.. settings.Scenarios.Select(item => (item.Scenario.CreateLoad(context), item.Weight))], new Random(_random.Next()));
        var generator = new LoadGenerator(plan, settings.EffectiveWarmUp, load, () => _tally.InFlight);
        context.Generator = generator;
        var sampler = new RunSampler(_tally, _latencies, generator);
        var during = new RunningValidation(settings, host, _journal);
        var builder = new RunRecordBuilder(_tally, sampler, generator);
        await LiveView.RunAsync(
            view => DriveAsync(context, host, sampler, builder, during, view, cancellationToken), settings.EffectiveWarmUp + plan.During);

        // 4. The end of everything that still writes, and the check.
        await connections.DisposeAsync();
        await administrator.DisposeAsync();
        var ended = await host.EndAsync();
        var figures = database is null ? null : await database.EndAsync(cancellationToken);
        var checks = await CheckAsync(host, during, ended, cancellationToken);
        var head = new RunHead(
            settings.Name, settings.ScenarioText, settings.Preset, settings.Describe(plan, accounts.All.Count - 1), settings.Seed,
            settings.EffectiveWarmUp, now, host.Description);
        var end = new RunEnd(
            fdatasync, host.Stages?.Taken ?? [], figures, checks, _thresholds.Results(builder.Figures()), _status.Failed + _status.Open);
        return builder.Build(head, end) with { Findings = [.. settings.Scenarios.SelectMany(item => item.Scenario.Findings)] };
    }

    private async Task<TxCoreClient> LogOnAsync(SourceAccount administrator, ServerAddress server, CancellationToken cancellationToken)
    {
        try
        {
            return await administrator.ConnectAsync(server, settings.AnswerTimeout, cancellationToken);
        }
        catch (TxCoreClientException fault) when (settings.Target is not null)
        {
            throw TargetHost.NotLoggedOn(administrator, fault);
        }
    }

    private AccountBook Enrol(DateTimeOffset now)
    {
        var accounts = settings switch
        {
            { GivenSources: { } lines } => AccountBook.Given(lines),
            { Target: not null } => AccountBook.Invented(settings.FirstSource ?? AccountBook.FirstOf(now)),
            _ => AccountBook.Invented(RunSettings.FirstPrivateSource),
        };
        foreach (var item in settings.Scenarios)
        {
            item.Scenario.Enrol(accounts);
        }

        return accounts;
    }

    private async Task<ILoadHost> StartHostAsync(AccountBook accounts, DateTimeOffset now, TimeSpan load, CancellationToken cancellationToken)
    {
        if (settings.Target is { } target)
        {
            output.WriteLine($"driving {target.Host}:{target.Port}");
            return await TargetHost.StartAsync(target, accounts.All, cancellationToken);
        }

        output.WriteLine("starting PostgreSQL and the server");
        return await PrivateHost.StartAsync(RunSettings.PrivateIdentity, accounts.All, now, cancellationToken, load);
    }

    private async Task<ScenarioContext> ContextAsync(
        TxCoreClient administrator, LoadPlan plan, FrameProxy? proxy, DateTimeOffset now, CancellationToken cancellationToken) => new()
        {
            Administrator = administrator,
            Journal = _journal,
            Dispatcher = new Dispatcher(_journal, _tally, settings.InFlightMax, _latencies),
            Tally = _tally,
            Status = _status,
            Plan = plan,
            WarmUp = settings.EffectiveWarmUp,
            Random = _random,
            Now = now,
            Proxy = proxy,
            Numbers = new FreeNumbers(await administrator.DefinitionsAsync(cancellationToken), now),
        };

    private async Task DriveAsync(
        ScenarioContext context, ILoadHost host, RunSampler sampler, RunRecordBuilder builder, RunningValidation during, ILiveView view,
        CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var loadEnded = new CancellationTokenSource();
        var generator = context.Generator;
        var sending = generator.RunAsync(ending.Token);
        Task[] beside =
        [
            .. settings.Scenarios.Select(item => item.Scenario.BesideAsync(context, loadEnded.Token)),
            settings.Beside?.Invoke(host, generator, loadEnded.Token) ?? Task.CompletedTask,
            during.RunAsync(view, loadEnded.Token),
            sampler.FollowStagesAsync(host.Stages, loadEnded.Token),
        ];
        var monitor = new RunMonitor(_tally, _latencies, view, second =>
        {
            var taken = sampler.Take(second);
            if (generator.IsMeasuring && _thresholds.Look(builder.Figures()))
            {
                ending.Cancel();
            }

            return taken;
        });
        await monitor.FollowAsync(sending, cancellationToken);
        await monitor.SettleAsync(() => _status.Open, settings.AnswerTimeout + SettleMargin, cancellationToken);
        await loadEnded.CancelAsync();
        await Task.WhenAll(beside);
        await sampler.TakeLastStagesAsync(host.Stages, cancellationToken);
        monitor.Last();
    }

    private async Task<IReadOnlyList<CheckResult>> CheckAsync(
        ILoadHost host, RunningValidation during, CheckResult? ended, CancellationToken cancellationToken)
    {
        if (settings.BeforeValidation is { } before)
        {
            await before(host);
        }

        var checks = new List<CheckResult>();
        if (settings.Validates && host.CheckConnectionString is not null)
        {
            output.WriteLine("checking every answer against the database");
            checks.AddRange((await during.CheckAsync(isRunning: false, cancellationToken)).Checks);
            checks.Add(_status.Check());
        }

        checks.AddRange(during.Broken);
        if (ended is not null)
        {
            checks.Add(ended);
        }

        return checks;
    }

    private sealed class PassingTap : IFrameTap;
}
