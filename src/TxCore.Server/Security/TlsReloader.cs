using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using TxCore.Server.Hosting;

namespace TxCore.Server.Security;

/// <summary>
/// Keeps the TLS files in effect: read again when one of them changes, and on SIGHUP. New connections get what was read last; those that are
/// up keep theirs. Files that do not fit together (half of a renewal) change nothing and are tried again.
/// </summary>
internal sealed class TlsReloader
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TlsSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private volatile TlsMaterial _material;
    private string _loaded;
    private string _failed = "";

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="Options.OptionException">They cannot be read, or do not fit together.</exception>
    public TlsReloader(TlsSettings settings, TimeProvider clock, ILogger logger)
    {
        (_settings, _clock, _logger) = (settings, clock, logger);
        _loaded = Stamp();
        try
        {
            _material = TlsMaterial.Load(settings);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            throw new Options.OptionException($"The files of tls-certificate, tls-key or tls-client-authorities cannot be used: {fault.Message}");
        }

        ServerEvents.CertificateLoaded(logger, _material.Certificate.Subject, _material.Certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>What is in effect now.</summary>
    public TlsMaterial Current => _material;

    /// <summary>Time until the certificate in effect ends; negative when it has.</summary>
    public TimeSpan ValidFor => _material.Certificate.NotAfter.ToUniversalTime() - _clock.GetUtcNow().UtcDateTime;

    /// <summary>How a listener shakes hands.</summary>
    public TlsHandshakeCallbackOptions Handshake(TimeSpan timeout) => new()
    {
        HandshakeTimeout = timeout,
        OnConnection = _ => ValueTask.FromResult(_material.Options),
    };

    /// <summary>How this process connects to itself: to the very certificate that it serves with.</summary>
    public SslClientAuthenticationOptions ForSelf() => new()
    {
        TargetHost = "localhost",
        RemoteCertificateValidationCallback = (_, presented, _, _) =>
            presented is X509Certificate2 certificate && Peers.HashOf(certificate) == Peers.HashOf(_material.Certificate),
    };

    /// <summary>Looks at the files every second.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            Reload(isForced: false);
        }
    }

    /// <summary>Reads the files if they changed, or in any case.</summary>
    public void Reload(bool isForced)
    {
        lock (_gate)
        {
            string stamp = Stamp();
            if (stamp == _loaded && !isForced)
            {
                return;
            }

            try
            {
                _material = TlsMaterial.Load(_settings);
                (_loaded, _failed) = (stamp, "");
                ServerEvents.CertificateLoaded(_logger, _material.Certificate.Subject, _material.Certificate.NotAfter.ToUniversalTime());
            }
            catch (Exception fault) when (IsUnreadable(fault))
            {
                if (stamp != _failed || isForced)
                {
                    ServerEvents.CertificateNotLoaded(_logger, fault.Message);
                }

                _failed = stamp;
            }
        }
    }

    private static bool IsUnreadable(Exception fault) =>
        fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    /// <summary>Changes with the files; links are followed, as renewals often move a link.</summary>
    private string Stamp() => string.Join(
        '|', new[] { _settings.Certificate, _settings.Key, _settings.ClientAuthorities }.OfType<string>().Select(static path =>
        {
            var file = new FileInfo(path);
            var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? $"{target.FullName}:{target.Length}:{target.LastWriteTimeUtc.Ticks}" : $"{target.FullName}:-";
        }));
}
