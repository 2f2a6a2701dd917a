namespace TxCore.Server.Security;

/// <summary>Whether terminals present certificates.</summary>
internal enum ClientCertificates
{
    /// <summary>They are not asked for one.</summary>
    None,

    /// <summary>One that is presented must be right; without one a source logs on by password.</summary>
    Optional,

    /// <summary>There is no connection without one.</summary>
    Required,
}

/// <summary>TLS of the listeners, as the options say.</summary>
/// <param name="Certificate">PEM file of the certificate, the rest of its chain behind it.</param>
/// <param name="Key">PEM file of its private key; may be the same.</param>
/// <param name="KeyPassword">Password of an encrypted key; null when it is not.</param>
/// <param name="ClientAuthorities">PEM file of the authorities that issue client certificates; null when none are asked for.</param>
/// <param name="Clients">Whether terminals present certificates.</param>
internal sealed record TlsSettings(string Certificate, string Key, string? KeyPassword, string? ClientAuthorities, ClientCertificates Clients);
