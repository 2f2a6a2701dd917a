using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
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

    public async Task<RunReport> RunAsync(CancellationToken cancellationToken)
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
        var kills = new KillRunner(
            new Killer([.. stages.All.Select(stage => stage.Shard)], postgres, clock, begin), dayClock, settings.Duration, settings.Kills);
        OpenLoop loop = null!;
        RunSampler sampler = null!;
        await LiveView.RunAsync(
            async view => (loop, sampler) = await DriveAsync(stages.All, kills, dayClock, view, cancellationToken), settings.Duration);

        // 4. The servers end first: what they still have to write must be there when the checks look.
        await Task.WhenAll(stages.All.Select(stage => stage.EndAsync()));
        output.WriteLine("checking every answer, and the books, against the databases");
        var results = new List<(ValidationResult Result, DayReplay Replay)>();
        foreach (var stage in stages.All)
        {
            results.Add(await stage.ValidateAsync(cancellationToken));
        }

        return new RaceDayReport(settings, _tally, _status, _latencies, loop).Build(
            startedAt, stages.All, results, kills.Done, new FdatasyncReport(fdatasync.PerSecond, fdatasync.P50Microseconds, fdatasync.P99Microseconds), sampler);
    }

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

    private async Task<(OpenLoop Loop, RunSampler Sampler)> DriveAsync(
        IReadOnlyList<ChannelStage> stages, KillRunner kills, DayClock dayClock, ILiveView view, CancellationToken cancellationToken)
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
        monitor.Last();
        return (loop, sampler);
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
