using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Server.Options;
using TxCore.Server.Security;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Server.Hosting;

/// <summary>Runs the server: databases, shards, listeners, until a signal or a failure; then drains and says how it ended.</summary>
internal sealed class ServerHost(ServerOptions options, TimeProvider hostClock, TextWriter output)
{
    /// <summary>Connections above those of the shards that may be open while they are told so, or shake hands.</summary>
    private const int ConnectionsSpare = 1024;

    /// <summary>Longest wait for connections to end by themselves once their sessions were told to.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(0.5);

    private readonly ServedShards _shards = new();
    private TlsReloader? _tls;
    private PrivateDatabases? _private;

    /// <summary>Serves until told to stop; returns the exit code.</summary>
    public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var loggers = LoggerFactory.Create(logging => LogOutput.Configure(logging, options.LogFormat));
        var logger = loggers.CreateLogger("TxCore");
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop, logger));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop, logger));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload);
        try
        {
            _tls = options.Tls is { } settings ? new TlsReloader(settings, hostClock, logger) : null;
            return await ServeAsync(logger, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (Exception refused) when (ExitCodeOf(refused) is { } code)
        {
            ServerEvents.CannotStart(logger, refused.Message);
            return code;
        }
        finally
        {
            await CleanUpAsync();
        }
    }

    private async Task<ExitCode> ServeAsync(ILogger logger, CancellationToken stop)
    {
        using var rehearsal = await RehearsalClockAsync(stop);
        var clock = rehearsal ?? hostClock;
        await using var admin = await AdminHost.StartAsync(options, _shards, _tls, clock, stop);
        bool hasSample = options.Connection is null;
        if (hasSample)
        {
            _private = await PrivateDatabases.StartAsync(options, clock, logger, stop);
        }

        var passwords = new List<string>();
        foreach (var identity in options.Shards)
        {
            string connection = options.Connection ?? _private![identity];
            if (hasSample)
            {
                passwords.Add(await SampleDay.RegisterAsync(connection, identity, stop));
            }

            var shard = await ShardHost.StartAsync(
                options.ForShard(identity), connection, new KeyStore(DataDirectory(), identity), options.PartitionDays, clock, logger, stop);
            _shards.Add(shard);
        }

        var builder = BareHost.CreateBuilder();
        Listen(builder);
        await using var app = builder.Build();
        await app.StartAsync(stop);
        var ports = BoundPorts(app);
        for (int i = 0; hasSample && i < ports.Length; i++)
        {
            await SampleDay.DefineAsync(_shards.All[i].Shard, passwords[i], options.Listen.Address, ports[i], _tls?.ForSelf(), clock, output, stop);
        }

        _shards.MarkStarted();
        for (int i = 0; i < ports.Length; i++)
        {
            var identity = _shards.All[i].Shard.Identity;
            await output.WriteLineAsync(
                $"READY listen={options.Listen.Address}:{ports[i]} admin={options.Admin.Address}:{admin.Port} shard={identity.Shard} channel={identity.Channel.ToString().ToLowerInvariant()}");
        }

        await output.FlushAsync(stop);
        return await WaitAndDrainAsync(app, stop);
    }

    private async Task<RehearsalClock?> RehearsalClockAsync(CancellationToken stop)
    {
        if (options.RehearsalClock is not { } file)
        {
            return null;
        }

        await RehearsalMark.RequireAsync(options.Connection!, stop);
        return new RehearsalClock(file, hostClock);
    }

    private async Task<ExitCode> WaitAndDrainAsync(WebApplication app, CancellationToken stop)
    {
        using var reloading = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reloads = _tls?.RunAsync(reloading.Token) ?? Task.CompletedTask;
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        var failures = _shards.All.Select(static host => (Task)host.Shard.Failure.Failed).ToArray();

        // One shard's failure leaves the others running; the process ends when it is stopped or the last shard has failed.
        var first = await Task.WhenAny(stopped.Task, Task.WhenAll(failures));
        var drained = await Task.WhenAll(_shards.All.Select(host => host.DrainAsync(options.DrainTime)));
        using var limit = new CancellationTokenSource(CloseTime);
        await app.StopAsync(limit.Token);
        await reloading.CancelAsync();
        await reloads.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failed = _shards.All.FirstOrDefault(static host => host.Shard.Failure.HasFailed);
        if (failed is not null)
        {
            return failed.Shard.Failure.ExitCode;
        }

        return first == stopped.Task && drained.All(static done => done) ? ExitCode.Ok : ExitCode.NotDrained;
    }

    private void Listen(WebApplicationBuilder builder) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax + ConnectionsSpare;
        for (int i = 0; i < _shards.All.Count; i++)
        {
            var services = _shards.All[i].Shard.Services;
            int port = options.Listen.Port == 0 ? 0 : options.Listen.Port + i;
            kestrel.Listen(options.Listen.Address, port, listen =>
            {
                if (_tls is { } tls)
                {
                    listen.UseHttps(tls.Handshake(options.LogonTime));
                }

                listen.Run(connection => new Session(connection.Transport, services, Peers.Of(connection)).RunAsync());
            });
        }
    });

    /// <summary>The ports Kestrel has bound, in the order they were asked for.</summary>
    private static int[] BoundPorts(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features
            .Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses;
        return [.. addresses.Select(static address => new Uri(address).Port)];
    }

    /// <summary>The data directory; without one the keys live and end with the private PostgreSQL, also when this process is killed.</summary>
    private string DataDirectory() => options.Data is { } data ? Path.GetFullPath(data) : Path.Combine(_private!.InstancePath, "keys");

    private static ExitCode? ExitCodeOf(Exception fault) => fault switch
    {
        StoreFencedException => ExitCode.Fenced,
        StoreRefusedException or DayArchivedException or PostgresNotFoundException or Npgsql.NpgsqlException => ExitCode.StoreRefused,
        RestoredTooOldException => ExitCode.RestoredTooOld,
        OptionException or ArgumentException => ExitCode.Usage,
        IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException => ExitCode.Usage,
        InvalidDataException => ExitCode.StageFailed,
        _ => null,
    };

    private void Reload(PosixSignalContext context)
    {
        context.Cancel = true;
        _tls?.Reload(isForced: true);
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop, ILogger logger)
    {
        context.Cancel = true;
        ServerEvents.SignalReceived(logger, context.Signal.ToString());
        stop.Cancel();
    }

    private async Task CleanUpAsync()
    {
        foreach (var shard in _shards.All)
        {
            await shard.DisposeAsync();
        }

        if (_private is not null)
        {
            await _private.DisposeAsync();
        }
    }
}
