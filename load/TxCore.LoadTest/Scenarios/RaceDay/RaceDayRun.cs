using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Thresholds;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>
/// A racing day to balanced books: servers of its own, or one that is there; programme, sale, results, payments, on its own servers kills in
/// between, and the checks.
/// </summary>
internal sealed class RaceDayRun(RaceDaySettings asked, TimeProvider clock, TextWriter output)
{
    /// <summary>Time to open a day: each race is defined and opened by a commit of its own.</summary>
    private static readonly TimeSpan ImportTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ImportTimeOfRace = TimeSpan.FromMilliseconds(100);

    /// <summary>When a business day begins, after midnight UTC: the server's default.</summary>
    private static readonly TimeSpan DayStart = TimeSpan.FromHours(3);

    private readonly Tally _tally = new();
    private readonly AnswerLatencies _latencies = new();
    private readonly StatusProbe _status = new();

    /// <exception cref="TargetRefusedException">The target may not be driven.</exception>
    /// <exception cref="DayFileException">Something in the programme or the shares is wrong.</exception>
    public async Task<RunRecord> RunAsync(CancellationToken cancellationToken)
    {
        // 1. The day, and a server for each channel. The channel of a target is that of its database.
        await using var target = asked.Target is { } given ? await TargetHost.FindAsync(given, cancellationToken) : null;
        var settings = target is null ? asked : asked with { Channels = [target.Address.Identity.Channel], Kills = 0 };
        var days = await DayFiles.ReadAsync(settings, cancellationToken);
        await using IDayHost host = target is null
            ? await PrivateDayHost.StartAsync(settings.Channels, clock, output, cancellationToken)
            : await TargetDayHost.StartAsync(target, settings, clock, output, cancellationToken);

        // 2. The programme, compressed into the time from a moment on by which its races are open.
        var startedAt = clock.GetUtcNow();
        var begin = startedAt + ImportTime + (ImportTimeOfRace * days.Max(day => day.Races.Count));
        var dayClock = new DayClock(clock, begin);
        days = await host.RenumberAsync(days, BusinessDay(begin), cancellationToken);
        var timetables = Timetable.Plan(days, begin, BusinessDay(begin), settings.Duration, settings.Seed);
        output.WriteLine($"importing {days.Max(day => day.Races.Count)} races");
        await Task.WhenAll(host.Stages.Select((stage, i) => OpenAsync(stage, timetables[i], dayClock, settings, cancellationToken)));

        // 3. The day.
        var killer = host.CreateKiller(clock, begin);
        var kills = killer is null ? null : new KillRunner(killer, dayClock, settings.Duration, settings.Kills);
        var figures = await DatabaseFigures.BeginAsync(cancellationToken, [.. host.Stages.Select(stage => stage.CheckConnectionString)]);
        RunRecordBuilder builder = null!;
        await LiveView.RunAsync(
            async view => builder = await DriveAsync(host, kills, dayClock, settings, view, cancellationToken), settings.Duration);

        // 4. Servers of the run's own end first: what they still have to write must be there when the checks look.
        await Task.WhenAll(host.Stages.Select(stage => stage.EndAsync()));
        var postgresFigures = await figures.EndAsync(cancellationToken);
        output.WriteLine("checking every answer, and the books, against the databases");
        var results = new List<(ValidationResult Result, DayReplay Replay)>();
        foreach (var stage in host.Stages)
        {
            results.Add(await stage.ValidateAsync(cancellationToken));
        }

        CheckResult[] checks =
        [
            .. results.SelectMany(result => result.Result.Checks), _status.Check(), .. killer is null ? Array.Empty<CheckResult>() : [killer.Check(settings.Kills)],
        ];
        var head = new RunHead(
            "race-day", "race-day", Preset: null, Describe(settings, host.Stages), settings.Seed, TimeSpan.Zero, startedAt, host.Description);
        var thresholds = new ThresholdWatch(settings.Thresholds).Results(builder.Figures());
        var end = new RunEnd(host.Fdatasync, host.Servers.Taken, postgresFigures, checks, thresholds, _status.Failed + _status.Open);
        return builder.Build(head, end) with
        {
            Findings = [.. host.Findings, .. results.SelectMany(result => result.Result.Unchecked).Select(NotMeasured)],
            Kills = killer?.Done ?? [],
            RaceDay = RaceDayFigures.Of(host.Stages, results.Select(result => result.Replay)),
        };
    }

    private static RunSetting NotMeasured(string rule) => new(
        "a rule of the books", $"not measured (remote), for the reader may not call what the database's views call, see load/README.md: {rule}");

    private static IReadOnlyList<RunSetting> Describe(RaceDaySettings settings, IEnumerable<ChannelStage> stages) =>
    [
        .. settings.Describe(),
        .. stages.Select(stage => new RunSetting(
            stage.Identity.Channel == Protocol.Channel.Retail ? "terminals" : "frontends", $"{stage.Sellers}")),
    ];

    private async Task OpenAsync(
        ChannelStage stage, Timetable timetable, DayClock dayClock, RaceDaySettings settings, CancellationToken cancellationToken)
    {
        await stage.OpenAsync(timetable, dayClock, _tally, _latencies, _status, settings, cancellationToken);
        if (dayClock.Now > TimeSpan.Zero)
        {
            throw new InvalidOperationException(
                $"The races were open {dayClock.Now.TotalSeconds:0.0} s too late: this machine, the server or the way between them is too slow or too busy.");
        }
    }

    private async Task<RunRecordBuilder> DriveAsync(
        IDayHost host, KillRunner? kills, DayClock dayClock, RaceDaySettings settings, ILiveView view, CancellationToken cancellationToken)
    {
        var (stages, servers) = (host.Stages, host.Servers);
        await dayClock.UntilAsync(TimeSpan.Zero, cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var races = Task.WhenAll(stages.Select(stage => stage.Director.RunAsync(ending.Token)));
        var supervisors = Task.WhenAll(stages.Select(stage => stage.Director.SuperviseAsync(ending.Token)));
        var killing = kills?.RunAsync(ending.Token) ?? Task.CompletedTask;
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
}
