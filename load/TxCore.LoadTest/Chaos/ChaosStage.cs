using System.Globalization;
using TxCore.Faults.Fleet;
using TxCore.Faults.Proxies;
using TxCore.LoadTest.Hosting;
using TxCore.Postgres.PrivatePostgres;

namespace TxCore.LoadTest.Chaos;

/// <summary>
/// Everything that a run of faults breaks: a PostgreSQL of its own, a server as a process, a proxy between them, a proxy between clients and
/// server, the file of a clock that may be wrong, and the fleet.
/// </summary>
internal sealed class ChaosStage : IAsyncDisposable
{
    private const int StartAttemptsMax = 20;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly ChaosSettings _settings;
    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly List<ChaosServer> _servers = [];
    private readonly Lock _gate = new();
    private Task _looking = Task.CompletedTask;

    private ChaosStage(ChaosSettings settings, SmallDisk disk) => (_settings, Disk) = (settings, disk);

    public SmallDisk Disk { get; }

    public RehearsalPostgres Postgres { get; private set; } = null!;

    public RehearsalDatabase Database { get; private set; } = null!;

    /// <summary>Between server and PostgreSQL.</summary>
    public PostgresProxy ToPostgres { get; private set; } = null!;

    /// <summary>Between clients and server.</summary>
    public ClientProxy ToServer { get; private set; } = null!;

    public FleetDay Day { get; } = new(ChaosSettings.Identity);

    public TerminalFleet Fleet { get; private set; } = null!;

    /// <summary>The server that serves.</summary>
    public ChaosServer Server { get; private set; } = null!;

    /// <summary>Keys and anchor file of the server.</summary>
    public string DataDirectory => _directory.FullPath;

    /// <summary>Commits whose reply was lost, over all servers.</summary>
    public long AmbiguousCommits => Sum(static server => server.AmbiguousCommits);

    public long Retries => Sum(static server => server.Retries);

    public static async Task<ChaosStage> StartAsync(ChaosSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stage = new ChaosStage(settings, await SmallDisk.MountAsync(ChaosSettings.DiskMegabytes));
        try
        {
            await stage.StartAsync(now, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts a server on the shard; clients are led to it once it serves. One that cannot start because its database is away is started
    /// again, as a supervisor would.
    /// </summary>
    public async Task StartServerAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var process = await ServerProcess.StartAsync(
                    ChaosSettings.Identity, ToPostgres.ConnectionString, DataDirectory, listenPort: 0, cancellationToken, "--rehearsal-clock", ClockFile);
                Server = new ChaosServer(process);
                lock (_gate)
                {
                    _servers.Add(Server);
                }

                ToServer.LeadTo(Server.Address);
                return;
            }
            catch (InvalidOperationException) when (attempt < StartAttemptsMax)
            {
                await Task.Delay(Look, cancellationToken);
            }
        }
    }

    /// <summary>Makes the server's clock wrong.</summary>
    public void SetClock(TimeSpan wrongBy)
    {
        // Put in place whole: the server may look at any moment.
        string next = ClockFile + ".next";
        File.WriteAllText(next, ((long)wrongBy.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        File.Move(next, ClockFile, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _looking;
        await (Fleet?.DisposeAsync() ?? default);
        await (ToServer?.DisposeAsync() ?? default);
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await (ToPostgres?.DisposeAsync() ?? default);
        await (Postgres?.DisposeAsync() ?? default);
        await Disk.DisposeAsync();
        _directory.Dispose();
        _ended.Dispose();
    }

    private string ClockFile => Path.Combine(_directory.FullPath, "clock");

    private async Task StartAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        SetClock(TimeSpan.Zero);
        Postgres = await RehearsalPostgres.StartAsync(cancellationToken, new PrivatePostgresOptions
        {
            BaseDirectory = Disk.FullPath,
            ExtraSettings = new Dictionary<string, string>(StringComparer.Ordinal) { ["max_wal_size"] = "256MB" },
        });
        Database = await Postgres.CreateDatabaseAsync(ChaosSettings.Identity, now, _settings.Accounts, cancellationToken);
        ToPostgres = PostgresProxy.Start(Database.WriterConnectionString);
        var cuts = new Random(_settings.Seed);
        ToServer = ClientProxy.Start(() => LinkFault.Draw(cuts, framesMax: 120));
        await StartServerAsync(cancellationToken);
        Fleet = new TerminalFleet(ToServer.Address, (address, complain) => Terminals(now, address, complain));
        _looking = LookAsync();
    }

    private IEnumerable<Terminal> Terminals(DateTimeOffset now, Func<System.Net.IPEndPoint?> address, Action<string> complain)
    {
        var channel = ChaosSettings.Identity.Channel;
        var random = new Random(_settings.Seed + 1);
        yield return new Terminal(
            ChaosSettings.Control, ChaosSettings.PasswordOfAll, channel, new ControlMix(ChaosSettings.Control, Day, now, random), random, address, complain);
        for (int i = 0; i < _settings.Terminals; i++)
        {
            uint source = ChaosSettings.FirstTerminal + (uint)i;
            var own = new Random(_settings.Seed + 2 + i);
            yield return new Terminal(source, ChaosSettings.PasswordOfAll, channel, new TransactionMix(source, Day, own), own, address, complain);
        }
    }

    /// <summary>Asks the serving server again and again: what a killed one knew goes with it.</summary>
    private async Task LookAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            await Server.LookAsync();
            await Task.Delay(Look, CancellationToken.None);
        }
    }

    private long Sum(Func<ChaosServer, long> figure)
    {
        lock (_gate)
        {
            return _servers.Sum(figure);
        }
    }
}
