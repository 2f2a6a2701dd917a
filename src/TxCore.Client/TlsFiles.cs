using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TxCore.Client;

/// <summary>Makes the TLS settings of a client from PEM files, as operators hand them out.</summary>
public static class TlsFiles
{
    /// <summary>Settings that trust the authorities of a file and may present a client certificate.</summary>
    /// <param name="serverName">The name in the server's certificate.</param>
    /// <param name="authorities">PEM file of the authorities the server's certificate may come from; null for those of the system.</param>
    /// <param name="certificate">
    /// PEM file of the client certificate, with its chain behind it; null for none. It is read anew for each connection, so a renewed
    /// certificate counts from the next one on.
    /// </param>
    /// <param name="key">PEM file of its private key; null when it is in <paramref name="certificate"/>.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file does not hold what it should.</exception>
    public static SslClientAuthenticationOptions Options(string serverName, string? authorities = null, string? certificate = null, string? key = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(serverName);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        }

        if (certificate is not null)
        {
            // Read once now, so that a wrong file is told at once; SslStream takes the one chosen per connection.
            using var first = Load(certificate, key);
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => Load(certificate, key);
        }

        return options;
    }

    private static X509Certificate2 Load(string certificate, string? key)
    {
        var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null) : pair;
    }
}
