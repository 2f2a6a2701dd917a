namespace TxCore.Sessions;

/// <summary>Who is at the other end of a connection, as far as the transport knows.</summary>
/// <param name="Address">Its network address, for limits and the log; empty when there is none.</param>
/// <param name="CertificateHash">SHA-256 of the client certificate in lower-case hexadecimal; null without one. The transport has verified it.</param>
/// <param name="CertificateName">Common name of the certificate's subject; null without one.</param>
public sealed record SessionPeer(string Address, string? CertificateHash = null, string? CertificateName = null)
{
    /// <summary>A peer of which nothing is known.</summary>
    public static SessionPeer Unknown { get; } = new("");

    /// <summary>True when the certificate is the one registered: by its hash, or by the common name that its issuer has vouched for.</summary>
    public bool Presents(string registered) => CertificateHash is not null && (registered == CertificateHash || registered == CertificateName);
}
