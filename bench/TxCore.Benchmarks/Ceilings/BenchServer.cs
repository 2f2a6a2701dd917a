using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>A shard behind Kestrel in this process, on any store, with one open race and as many sources as connections.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    public const string Password = "benchmark password";
    private readonly Shard _shard;
    private readonly WebApplication _app;

    private BenchServer(Shard shard, WebApplication app)
    {
        (_shard, _app) = (shard, app);
        Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public int Port { get; }

    public Shard Shard => _shard;

    public static async Task<BenchServer> StartAsync(IShardStore store, IShardReader reader, ShardIdentity identity, int window)
    {
        var keys = new ReceiptKeys(new Dictionary<ushort, byte[]> { [1] = new byte[ReceiptKeys.KeyBytes] });
        var options = new ShardOptions { Identity = identity };
        var shard = await Shard.StartAsync(
            options, store, reader, keys, new AnySource(window), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Run(connection => new Session(connection.Transport, shard.Services).RunAsync())));
        var app = builder.Build();
        await app.StartAsync();
        var server = new BenchServer(shard, app);
        await server.OpenRaceAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _shard.DrainAsync(TimeSpan.FromSeconds(5));
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _shard.DisposeAsync();
    }

    private async Task OpenRaceAsync()
    {
        var control = new ControlHeader(1, 0, 1);
        long later = TimeProvider.System.GetUnixMicroseconds() + 86_400_000_000;
        PoolDefinition[] pools = [new((ushort)BetType.Win, 200, 3_000_000, 0, [], [])];
        using var admin = new RawConnection(1, Password, 16);
        await admin.LogOnAsync(Port);
        foreach (var race in (RaceId[])[WagerFrames.Race, WagerFrames.ClosedRace])
        {
            await admin.SubmitAsync(header => Frame.Encode(new RaceDefine(header, control, race, later, later, 16, pools)));
        }

        var opened = await admin.SubmitAsync(header => new RaceControl(header, control, WagerFrames.Race, 0, 0).Encode(MessageType.RaceOpen));
        if (opened.Code is not (ResultCode.Accepted or ResultCode.RaceState))
        {
            throw new InvalidOperationException($"The race was not opened: {opened.Code}.");
        }
    }

    private sealed class AnySource(int window) : ISourceDirectory
    {
        private readonly ScramCredential _credential = ScramCredential.Create(Password);

        public SourceRecord? Find(uint id) => new(
            id, 7, Channel.Retail, id == 1 ? SourceRole.Admin : SourceRole.Submit, window, _credential.Salt, _credential.Iterations,
            _credential.StoredKey, _credential.ServerKey, Disabled: false);
    }
}
