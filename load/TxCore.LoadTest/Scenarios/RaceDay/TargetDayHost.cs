using System.Globalization;
using TxCore.Client.Programme;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A server that somebody else runs, in whose shard the day of one channel is held.</summary>
internal sealed class TargetDayHost : IDayHost
{
    private readonly TargetHost _target;
    private readonly TargetDayShard _shard;
    private readonly bool _hasAdmin;

    private TargetDayHost(TargetHost target, TargetDayShard shard, ChannelSources sources)
    {
        (_target, _shard, _hasAdmin) = (target, shard, target.Stages is not null);
        Servers = target.Stages ?? new ServerStages();
        Stages = [new ChannelStage(shard, sources)];
    }

    public string Description => _target.Description;

    public IReadOnlyList<ChannelStage> Stages { get; }

    public ServerStages Servers { get; }

    public FdatasyncReport? Fdatasync => null;

    public IReadOnlyList<RunSetting> Findings =>
    [
        new("the server's clock", ClockText(_shard.ClockAhead)),
        new("kills", "none: a target's processes are its operators'"),
        new(
            "txcore day balance, txcore verify --replay",
            "not measured (remote): they take the server's command line and its owner's rights; the other checks are made over the read-only connection"),
        new("how the server ends", "not measured (remote): it goes on"),
        .. _hasAdmin ? Array.Empty<RunSetting>() : [new RunSetting("stages of the server", "not measured (remote): --admin asks the server for them")],
    ];

    /// <exception cref="TargetRefusedException">The target may not be driven, or does not let the sources in.</exception>
    public static async Task<TargetDayHost> StartAsync(
        TargetHost target, RaceDaySettings settings, TimeProvider clock, TextWriter output, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var accounts = settings.GivenSources is { } lines
            ? AccountBook.Given(lines)
            : AccountBook.Invented(settings.FirstSource ?? AccountBook.FirstOf(now));
        var sources = ChannelSources.Of(accounts, target.Address.Identity.Channel, run: (uint)now.ToUnixTimeSeconds());
        output.WriteLine($"driving {target.Description}, channel {target.Address.Identity.Channel}, and logging {sources.Sellers.Count} sources on");
        return new TargetDayHost(target, await TargetDayShard.StartAsync(target, sources, clock, cancellationToken), sources);
    }

    public Task<IReadOnlyList<ProgrammeDay>> RenumberAsync(
        IReadOnlyList<ProgrammeDay> days, uint businessDay, CancellationToken cancellationToken) =>
        _shard.RenumberAsync(days, businessDay, cancellationToken);

    public Killer? CreateKiller(TimeProvider clock, DateTimeOffset begin) => null;

    private static string ClockText(TimeSpan ahead) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ahead.Duration().TotalMilliseconds:0} ms {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} this machine's, by an answer and the way it took");

    public async ValueTask DisposeAsync()
    {
        Servers.Dispose();
        await _shard.DisposeAsync();
    }
}
