using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TxCore.Server.Metrics;
using TxCore.Server.Options;
using TxCore.Server.Security;

namespace TxCore.Server.Hosting;

/// <summary>The admin address: health, figures and metrics. It answers from before the shards start until after they have drained.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    /// <summary>A receiver that hangs must not hold up the end of the process.</summary>
    private const int OtlpTimeoutMilliseconds = 2000;

    private readonly WebApplication _app;
    private readonly ServerMeters _meters;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sampling;

    private AdminHost(WebApplication app, ServerMeters meters, MeterSampler sampler)
    {
        (_app, _meters) = (app, meters);
        _sampling = sampler.RunAsync(_stopping.Token);
    }

    /// <summary>The port that is bound.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public static async Task<AdminHost> StartAsync(
        ServerOptions options, ServedShards shards, TlsReloader? tls, TimeProvider clock, CancellationToken cancellationToken)
    {
        var builder = BareHost.CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Admin, static listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.Clear().AddService("txcore", serviceVersion: Version()))
            .WithMetrics(metrics => Export(metrics, options));
        var app = builder.Build();
        AdminEndpoints.Map(app, shards);
        app.MapPrometheusScrapingEndpoint("/metrics");
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var meters = new ServerMeters(shards, tls);
        return new AdminHost(app, meters, new MeterSampler(shards, meters, clock));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sampling;
        await _app.DisposeAsync();
        _meters.Dispose();
        _stopping.Dispose();
    }

    private static void Export(MeterProviderBuilder metrics, ServerOptions options)
    {
        metrics.AddMeter("TxCore.*", "System.Runtime").AddPrometheusExporter();
        if (options.OtlpEndpoint is { } endpoint)
        {
            metrics.AddOtlpExporter((exporter, reader) =>
            {
                (exporter.Endpoint, exporter.Protocol, exporter.TimeoutMilliseconds) = (endpoint, OtlpExportProtocol.HttpProtobuf, OtlpTimeoutMilliseconds);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.OtlpInterval.TotalMilliseconds;
            });
        }
    }

    private static string Version() =>
        typeof(AdminHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
