using TxCore.Client.Programme;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A PostgreSQL of the run's own with a database and a server process for each channel; disposal leaves nothing behind.</summary>
internal sealed class PrivateDayHost : IDayHost
{
    private static readonly TimeSpan FdatasyncTime = TimeSpan.FromSeconds(1);

    private readonly RehearsalPostgres _postgres;
    private readonly List<PrivateDayShard> _shards = [];

    private PrivateDayHost(RehearsalPostgres postgres) => _postgres = postgres;

    public string Description => "private";

    public IReadOnlyList<ChannelStage> Stages { get; private set; } = [];

    public ServerStages Servers { get; private set; } = null!;

    public FdatasyncReport? Fdatasync { get; private set; }

    public IReadOnlyList<RunSetting> Findings => [];

    public static async Task<PrivateDayHost> StartAsync(
        IReadOnlyList<Channel> channels, TimeProvider clock, TextWriter output, CancellationToken cancellationToken)
    {
        output.WriteLine("starting PostgreSQL");
        var host = new PrivateDayHost(await RehearsalPostgres.StartAsync(cancellationToken));
        try
        {
            var fdatasync = await Task.Run(() => FdatasyncProbe.Measure(host._postgres.DataDirectory, FdatasyncTime), cancellationToken);
            host.Fdatasync = new FdatasyncReport(fdatasync.PerSecond, fdatasync.P50Microseconds, fdatasync.P99Microseconds);
            output.WriteLine($"starting {channels.Count} servers and logging their sources on");
            var stages = new List<ChannelStage>();
            foreach (var channel in channels)
            {
                var sources = ChannelSources.Of(AccountBook.Invented(RunSettings.FirstPrivateSource), channel);
                var shard = await PrivateDayShard.StartAsync(
                    RaceDaySettings.Identity(channel), sources, host._postgres, clock.GetUtcNow(), cancellationToken);
                host._shards.Add(shard);
                stages.Add(new ChannelStage(shard, sources));
            }

            host.Stages = stages;
            host.Servers = new ServerStages([.. host._shards.Select<PrivateDayShard, Func<Uri>>(shard => () => shard.Stage.AdminAddress)]);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public Task<IReadOnlyList<ProgrammeDay>> RenumberAsync(
        IReadOnlyList<ProgrammeDay> days, uint businessDay, CancellationToken cancellationToken) => Task.FromResult(days);

    public Killer? CreateKiller(TimeProvider clock, DateTimeOffset begin) => new([.. _shards.Select(shard => shard.Stage)], _postgres, clock, begin);

    public async ValueTask DisposeAsync()
    {
        Servers?.Dispose();
        await Task.WhenAll(_shards.Select(shard => shard.DisposeAsync().AsTask()));
        await _postgres.DisposeAsync();
    }
}
