using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using TxCore.Sessions;

namespace TxCore.Server.Security;

/// <summary>Says who is at the other end of a connection of Kestrel's.</summary>
internal static class Peers
{
    public static SessionPeer Of(ConnectionContext connection)
    {
        string address = connection.RemoteEndPoint is IPEndPoint remote ? Text(remote.Address) : "";
        return connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate
            ? new SessionPeer(address, HashOf(certificate), certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false))
            : new SessionPeer(address);
    }

    /// <summary>The SHA-256 of a certificate, as sources are registered with it.</summary>
    public static string HashOf(X509Certificate2 certificate) => Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));

    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
