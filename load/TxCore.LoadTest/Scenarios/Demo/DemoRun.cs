using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>The demo from nothing to a checked result: database, server, opening, load, check, clean-up.</summary>
internal sealed class DemoRun(DemoSettings settings, TimeProvider clock, TextWriter output)
{
    private static readonly TimeSpan FdatasyncTime = TimeSpan.FromSeconds(1);
    private const int LogonsAtOnce = 16;

    private readonly Journal _journal = new();
    private readonly Tally _tally = new();
    private readonly StatusProbe _status = new();
    private readonly AnswerLatencies _latencies = new();

    public async Task<RunReport> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var terminalAccounts = settings.TerminalAccounts();
        var frontendAccounts = settings.FrontendAccounts();

        // 1. A database of our own, and in it who may log on.
        output.WriteLine("starting PostgreSQL");
        await using var postgres = await RehearsalPostgres.StartAsync(cancellationToken);
        var database = await postgres.CreateDatabaseAsync(
            DemoSettings.Identity, now, [settings.Administrator, .. terminalAccounts, .. frontendAccounts], cancellationToken);
        var fdatasync = await Task.Run(() => FdatasyncProbe.Measure(postgres.DataDirectory, FdatasyncTime), cancellationToken);

        // 2. The server, as a process of its own.
        output.WriteLine("starting the server");
        using var directory = new TemporaryDirectory();
        await using var server = await ServerProcess.StartAsync(
            DemoSettings.Identity, database.WriterConnectionString, directory.FullPath, listenPort: 0, cancellationToken);
        using var stages = new ServerStages(server.AdminAddress);

        // 3. Something to sell.
        var card = new RaceCard(now);
        double seconds = (settings.WarmUp + settings.Duration).TotalSeconds;
        var plan = new SeatPlan((long)(settings.RatePerSecond * seconds * DemoLoad.FrontendShare));
        await OpenAsync(server.Address, card, plan, now, cancellationToken);

        // 4. The sources, and the load.
        output.WriteLine($"logging on {terminalAccounts.Count} terminals and {frontendAccounts.Count} frontends");
        await using var connections = new ConnectionSet();
        await connections.ConnectAsync(
            [.. terminalAccounts, .. frontendAccounts], server.Address, DemoSettings.AnswerTimeout, LogonsAtOnce, cancellationToken);
        var dispatcher = new Dispatcher(_journal, _tally, DemoSettings.InFlightMax, _latencies);
        var loop = Generator(connections.Clients, card, plan, dispatcher);
        IReadOnlyDictionary<string, StageLatency> stageLatencies = new Dictionary<string, StageLatency>();
        var sampler = new RunSampler(_tally, _latencies, loop);
        var figures = await DatabaseFigures.BeginAsync(database.CheckConnectionString, cancellationToken);
        await LiveView.RunAsync(
            async view => stageLatencies = await DriveAsync(loop, sampler, view, stages, cancellationToken), settings.WarmUp + settings.Duration);

        // 5. The server ends first: what it still has to write must be there when the check looks.
        await connections.DisposeAsync();
        await server.StopAsync();
        var postgresFigures = await figures.EndAsync([.. stageLatencies.Select(stage => StageRecord.Of(stage.Key, stage.Value))], cancellationToken);
        output.WriteLine("checking every answer against the database");
        var validation = await DatabaseValidation.RunAsync(
            database.CheckConnectionString, _journal, plan.Cells, rules: [], after: 0, isRunning: false, cancellationToken);
        var checks = new List<CheckResult>(validation.Checks) { _status.Check(), ServerEnd(server) };
        return new DemoReport(settings, _tally, _status, _latencies, loop).Build(
            now, stageLatencies, validation with { Checks = checks },
            new FdatasyncReport(fdatasync.PerSecond, fdatasync.P50Microseconds, fdatasync.P99Microseconds), sampler, postgresFigures);
    }

    private async Task OpenAsync(ServerAddress server, RaceCard card, SeatPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using TxCoreClient administrator = await settings.Administrator.ConnectAsync(server, DemoSettings.AnswerTimeout, cancellationToken);
        var opening = new Opening(administrator, _journal);
        await opening.OpenRacesAsync(card, cancellationToken);
        await opening.OpenSaleAsync(plan, now, cancellationToken);
    }

    private OpenLoop Generator(IReadOnlyList<TxCoreClient> clients, RaceCard card, SeatPlan plan, Dispatcher dispatcher)
    {
        var random = new Random(settings.Seed);
        SendSchedule schedule = settings.IsPoisson
            ? new PoissonRate(settings.RatePerSecond, new Random(random.Next()))
            : new ConstantRate(settings.RatePerSecond);
        var load = new DemoLoad(
            [.. clients.Take(settings.Terminals).Select(client => new Terminal(client))],
            [.. clients.Skip(settings.Terminals).Select(client => new Frontend(client))],
            new TerminalTraffic(card, dispatcher, _status, random),
            new FrontendTraffic(plan, dispatcher, random),
            random);
        return new OpenLoop(schedule, load, settings.WarmUp, settings.Duration);
    }

    private async Task<IReadOnlyDictionary<string, StageLatency>> DriveAsync(
        OpenLoop loop, RunSampler sampler, ILiveView view, ServerStages stages, CancellationToken cancellationToken)
    {
        // The first question makes the connection, so that the one that ends the warm-up comes in time.
        await stages.TakeAsync(cancellationToken);
        var monitor = new RunMonitor(_tally, _latencies, view, sampler.Take);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = sampler.FollowStagesAsync(stages, ended.Token);
        var generator = loop.RunAsync(cancellationToken);
        var warm = ForgetWarmUpAsync(stages, cancellationToken);
        await monitor.FollowAsync(generator, cancellationToken);
        await monitor.SettleAsync(() => _status.Open, DemoSettings.AnswerTimeout + TimeSpan.FromSeconds(5), cancellationToken);
        await warm;
        await ended.CancelAsync();
        await following;
        monitor.Last();
        return await stages.TakeAsync(cancellationToken);
    }

    /// <summary>Makes the server's histograms begin with the measured time.</summary>
    private async Task ForgetWarmUpAsync(ServerStages stages, CancellationToken cancellationToken)
    {
        await Task.Delay(settings.WarmUp, clock, cancellationToken);
        await stages.TakeAsync(cancellationToken);
    }

    private static CheckResult ServerEnd(ServerProcess server) => new(
        "the server drained and ended with code 0",
        server.ExitCode == 0 ? 0 : 1,
        server.ExitCode == 0 ? [] : [$"exit code {server.ExitCode?.ToString() ?? "none, it was killed"}; it wrote: {server.OutputTail}"]);
}
