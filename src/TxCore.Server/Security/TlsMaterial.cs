using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TxCore.Server.Security;

/// <summary>What one reading of the TLS files gave: the certificate with its key and chain, and whom client certificates may come from.</summary>
internal sealed class TlsMaterial
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private TlsMaterial(X509Certificate2 certificate, SslServerAuthenticationOptions options) => (Certificate, Options) = (certificate, options);

    /// <summary>The server's certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>How a handshake is done with it.</summary>
    public SslServerAuthenticationOptions Options { get; }

    /// <summary>Reads the files.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">A file is not what it should be, or key and certificate do not belong together.</exception>
    public static TlsMaterial Load(TlsSettings settings)
    {
        var certificate = settings.KeyPassword is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(settings.Certificate, password, settings.Key)
            : X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key);
        if (OperatingSystem.IsWindows())
        {
            // Windows takes no key that exists in memory alone.
            certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }

        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.Certificate);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = settings.Clients != ClientCertificates.None,

            // A session that is resumed shows no certificate again, and an authority may have been taken off the list meanwhile.
            AllowTlsResume = settings.Clients == ClientCertificates.None,
        };
        if (settings.ClientAuthorities is { } authorities)
        {
            options.CertificateChainPolicy = ClientPolicy(authorities);
            bool isOptional = settings.Clients == ClientCertificates.Optional;
            options.RemoteCertificateValidationCallback = (_, presented, _, errors) =>
                presented is null ? isOptional : errors == SslPolicyErrors.None;
        }

        return new TlsMaterial(certificate, options);
    }

    private static X509ChainPolicy ClientPolicy(string authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // A terminal whose certificate was lost is disabled, or gets another certificate registered; there is no list to ask for.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPemFile(authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new CryptographicException($"{authorities} holds no certificate.");
    }
}
