using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.LoadTest.Validation;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A racing day from nothing to balanced books: databases, servers, import, sale, results, payments, kills in between, checks.</summary>
internal sealed class RaceDayRun(RaceDaySettings settings, TimeProvider clock, TextWriter output)
{
    private static readonly TimeSpan FdatasyncTime = TimeSpan.FromSeconds(1);

    /// <summary>Time to import a day: each race is defined and opened by a commit of its own.</summary>
    private static readonly TimeSpan ImportTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ImportTimeOfRace = TimeSpan.FromMilliseconds(100);

    /// <summary>When a business day begins, after midnight UTC: the server's default.</summary>
    private static readonly TimeSpan DayStart = TimeSpan.FromHours(3);

    private readonly Tally _tally = new();
    private readonly AnswerLatencies _latencies = new();
    private readonly StatusProbe _status = new();

    public async Task<RunRecord> RunAsync(CancellationToken cancellationToken)
    {
        // 1. The day, and a database and a server for each channel.
        var days = await DayFiles.ReadAsync(settings, cancellationToken);
        output.WriteLine("starting PostgreSQL");
        await using var postgres = await RehearsalPostgres.StartAsync(cancellationToken);
        var fdatasync = await Task.Run(() => FdatasyncProbe.Measure(postgres.DataDirectory, FdatasyncTime), cancellationToken);
        output.WriteLine($"starting {settings.Channels.Count} servers and logging their sources on");
        await using var stages = new StageSet();
        foreach (var channel in settings.Channels)
        {
            stages.Add(await ChannelStage.StartAsync(channel, postgres, clock.GetUtcNow(), cancellationToken));
        }

        // 2. The programme, compressed into the time from a moment on by which it is imported.
        var startedAt = clock.GetUtcNow();
        var begin = startedAt + ImportTime + (ImportTimeOfRace * days.Max(day => day.Races.Count));
        var dayClock = new DayClock(clock, begin);
        var timetables = Timetable.Plan(days, begin, BusinessDay(begin), settings.Duration, settings.Seed);
        output.WriteLine($"importing {days.Max(day => day.Races.Count)} races");
        await Task.WhenAll(stages.All.Select((stage, i) => ImportAsync(stage, timetables[i], dayClock, cancellationToken)));

        // 3. The day.
        var killer = new Killer([.. stages.All.Select(stage => stage.Shard)], postgres, clock, begin);
        var kills = new KillRunner(killer, dayClock, settings.Duration, settings.Kills);
        string[] databases = [.. stages.All.Select(stage => stage.Shard.Database.CheckConnectionString)];
        var figures = await DatabaseFigures.BeginAsync(cancellationToken, databases);
        using var servers = new ServerStages([.. stages.All.Select<ChannelStage, Func<Uri>>(stage => () => stage.Shard.AdminAddress)]);
        RunRecordBuilder builder = null!;
        await LiveView.RunAsync(
            async view => builder = await DriveAsync(stages.All, kills, servers, dayClock, view, cancellationToken), settings.Duration);

        // 4. The servers end first: what they still have to write must be there when the checks look.
        await Task.WhenAll(stages.All.Select(stage => stage.EndAsync()));
        var postgresFigures = await figures.EndAsync(cancellationToken);
        output.WriteLine("checking every answer, and the books, against the databases");
        var results = new List<(ValidationResult Result, DayReplay Replay)>();
        foreach (var stage in stages.All)
        {
            results.Add(await stage.ValidateAsync(cancellationToken));
        }

        CheckResult[] checks = [.. results.SelectMany(result => result.Result.Checks), _status.Check(), killer.Check(settings.Kills)];
        var head = new RunHead("race-day", "race-day", Preset: null, Describe(stages.All), settings.Seed, TimeSpan.Zero, startedAt, "private");
        var end = new RunEnd(
            new FdatasyncReport(fdatasync.PerSecond, fdatasync.P50Microseconds, fdatasync.P99Microseconds), servers.Taken, postgresFigures, checks,
            new ThresholdWatch(settings.Thresholds).Results(builder.Figures()), _status.Failed + _status.Open);
        return builder.Build(head, end) with
        {
            Kills = killer.Done,
            RaceDay = RaceDayFigures.Of(stages.All, results.Select(result => result.Replay)),
        };
    }

    private IReadOnlyList<RunSetting> Describe(IEnumerable<ChannelStage> stages) =>
    [
        .. settings.Describe(),
        .. stages.Select(stage => new RunSetting(
            stage.Identity.Channel == Protocol.Channel.Retail ? "terminals" : "frontends", $"{stage.Sellers}")),
    ];

    private async Task ImportAsync(ChannelStage stage, Timetable timetable, DayClock dayClock, CancellationToken cancellationToken)
    {
        await stage.ImportAsync(timetable, cancellationToken);
        stage.Prepare(timetable, dayClock, _tally, _latencies, _status, settings);
        await stage.Director.PrepareAsync(cancellationToken);
        if (dayClock.Now > TimeSpan.Zero)
        {
            throw new InvalidOperationException($"The import ended {dayClock.Now.TotalSeconds:0.0} s too late: the machine is too slow or too busy.");
        }
    }

    private async Task<RunRecordBuilder> DriveAsync(
        IReadOnlyList<ChannelStage> stages, KillRunner kills, ServerStages servers, DayClock dayClock, ILiveView view, CancellationToken cancellationToken)
    {
        await dayClock.UntilAsync(TimeSpan.Zero, cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var races = Task.WhenAll(stages.Select(stage => stage.Director.RunAsync(ending.Token)));
        var supervisors = Task.WhenAll(stages.Select(stage => stage.Director.SuperviseAsync(ending.Token)));
        var killing = kills.RunAsync(ending.Token);
        var load = new DayLoad(stages, races, _tally, dayClock, settings.Duration, new Random(settings.Seed));
        var loop = new OpenLoop(new ConstantRate(settings.RatePerSecond), load, TimeSpan.Zero, settings.Duration);
        var sampler = new RunSampler(_tally, _latencies, loop);
        var monitor = new RunMonitor(_tally, _latencies, view, sampler.Take);
        var following = sampler.FollowStagesAsync(servers, ending.Token);
        try
        {
            await monitor.FollowAsync(loop.RunAsync(cancellationToken), cancellationToken);
            await monitor.SettleAsync(() => _status.Open, RaceDaySettings.AnswerTimeout, cancellationToken);
            await races;
            await killing;
        }
        finally
        {
            await ending.CancelAsync();
        }

        await supervisors;
        await following;
        await sampler.TakeLastStagesAsync(servers, cancellationToken);
        monitor.Last();
        return new RunRecordBuilder(_tally, sampler, loop);
    }

    private static uint BusinessDay(DateTimeOffset time)
    {
        var day = (time.UtcDateTime - DayStart).Date;
        return (uint)((day.Year * 10_000) + (day.Month * 100) + day.Day);
    }

    /// <summary>The stages that have been started, ended together.</summary>
    private sealed class StageSet : IAsyncDisposable
    {
        private readonly List<ChannelStage> _stages = [];

        public IReadOnlyList<ChannelStage> All => _stages;

        public void Add(ChannelStage stage) => _stages.Add(stage);

        public async ValueTask DisposeAsync() => await Task.WhenAll(_stages.Select(stage => stage.DisposeAsync().AsTask()));
    }
}
