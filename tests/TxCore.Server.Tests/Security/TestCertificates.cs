using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TxCore.Server.Tests.Security;

/// <summary>An authority of a test and the certificates it issues, as PEM files in a directory.</summary>
internal sealed class TestCertificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-1);

    private readonly string _directory;
    private readonly X509Certificate2 _authority;

    public TestCertificates(string directory, string name)
    {
        _directory = directory;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(From, From.AddDays(300));
        AuthorityFile = Path.Combine(directory, $"{name}.pem");
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    public string AuthorityFile { get; }

    /// <summary>Issues the server's certificate for localhost to a file with its key; returns its SHA-256.</summary>
    public string IssueServer(string file) => Issue(Path.Combine(_directory, file), "txcore", ServerAuthentication);

    /// <summary>Issues a client certificate with a common name; returns the file with certificate and key.</summary>
    public string IssueClient(string name)
    {
        string file = Path.Combine(_directory, $"{name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.pem");
        Issue(file, name, ClientAuthentication);
        return file;
    }

    private string Issue(string path, string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_authority, From, From.AddDays(100), RandomNumberGenerator.GetBytes(8));

        // Moved into place, as renewals do it: nobody ever reads half of a file.
        File.WriteAllText($"{path}.new", issued.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        File.Move($"{path}.new", path, overwrite: true);
        return Convert.ToHexStringLower(issued.GetCertHash(HashAlgorithmName.SHA256));
    }
}
