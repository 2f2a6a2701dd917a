using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Client.Logon;

/// <summary>
/// The client's side of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677). The password stays here: the server sees a proof,
/// and has to prove in turn that it knows the credential.
/// </summary>
internal sealed class ScramClient
{
    /// <summary>A server that asks for fewer rounds than RFC 7677 demands would make the proof cheap to guess from.</summary>
    public const int IterationsMin = 4096;

    /// <summary>More rounds than this would let a false server keep the client computing (a second or so).</summary>
    public const int IterationsMax = 10_000_000;

    private const string Gs2Header = "n,,";
    private readonly string _password;
    private readonly string _nonce;
    private readonly string _clientFirstBare;
    private byte[]? _serverSignature;

    public ScramClient(string user, string password, string? nonce = null)
    {
        _password = password;
        _nonce = nonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        _clientFirstBare = $"n={user},r={_nonce}";
    }

    /// <summary>The client-first message.</summary>
    public byte[] ClientFirst() => Encoding.UTF8.GetBytes(Gs2Header + _clientFirstBare);

    /// <summary>Answers a server-first message with the client-final message; null when the message is not acceptable.</summary>
    public byte[]? ClientFinal(ReadOnlySpan<byte> serverFirst)
    {
        string text = Encoding.UTF8.GetString(serverFirst);
        string[] parts = text.Split(',');
        if (parts.Length < 3 || !parts[0].StartsWith("r=", StringComparison.Ordinal) || !parts[1].StartsWith("s=", StringComparison.Ordinal)
            || !parts[2].StartsWith("i=", StringComparison.Ordinal))
        {
            return null;
        }

        // A nonce that does not extend ours is an answer to somebody else's logon, played again.
        string nonce = parts[0][2..];
        byte[] salt = new byte[text.Length];
        if (nonce.Length <= _nonce.Length || !nonce.StartsWith(_nonce, StringComparison.Ordinal)
            || !Convert.TryFromBase64String(parts[1][2..], salt, out int saltBytes)
            || !int.TryParse(parts[2].AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            || iterations is < IterationsMin or > IterationsMax)
        {
            return null;
        }

        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(_password), salt.AsSpan(0, saltBytes), iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        string withoutProof = $"c=biws,r={nonce}";
        byte[] authMessage = Encoding.UTF8.GetBytes($"{_clientFirstBare},{text},{withoutProof}");
        byte[] proof = HMACSHA256.HashData(SHA256.HashData(clientKey), authMessage);
        for (int i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), authMessage);
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>True when the server-final message proves that the server knows the credential.</summary>
    public bool Verify(ReadOnlySpan<byte> serverFinal)
    {
        if (_serverSignature is null || !serverFinal.StartsWith("v="u8))
        {
            return false;
        }

        string text = Encoding.UTF8.GetString(serverFinal[2..]);
        int end = text.IndexOf(',', StringComparison.Ordinal);
        Span<byte> signature = stackalloc byte[SHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(end < 0 ? text : text[..end], signature, out int length)
            && CryptographicOperations.FixedTimeEquals(signature[..length], _serverSignature);
    }
}
