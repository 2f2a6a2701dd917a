using System.Security.Cryptography;
using System.Text;
using TxCore.Storage;

namespace TxCore.Sessions;

/// <summary>
/// The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677), without channel binding. An unknown source gets a challenge
/// like any other and fails at the proof, so that nobody learns which sources exist.
/// </summary>
public sealed class ScramServer
{
    private const int NonceBytes = 18;
    private static readonly byte[] MockKey = RandomNumberGenerator.GetBytes(32);
    private readonly SourceRecord _source;
    private readonly bool _known;
    private readonly string _clientFirstBare;
    private readonly string _serverFirst;
    private readonly string _nonce;

    private ScramServer(SourceRecord source, bool known, string clientFirstBare, string clientNonce)
    {
        _source = source;
        _known = known;
        _clientFirstBare = clientFirstBare;
        _nonce = clientNonce + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        _serverFirst = $"r={_nonce},s={Convert.ToBase64String(source.Salt)},i={source.Iterations}";
    }

    /// <summary>The server-first message.</summary>
    public byte[] ServerFirst => Encoding.UTF8.GetBytes(_serverFirst);

    /// <summary>Starts an exchange from a client-first message; null when that is not one for <paramref name="sourceId"/>.</summary>
    public static ScramServer? Start(uint sourceId, SourceRecord? source, ReadOnlySpan<byte> clientFirst)
    {
        string text = Encoding.UTF8.GetString(clientFirst);
        string prefix = $"n,,n={sourceId},r=";
        if (!text.StartsWith(prefix, StringComparison.Ordinal) || text.Length <= prefix.Length || text.Length > 512)
        {
            return null;
        }

        string nonce = text[prefix.Length..];
        if (nonce.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        bool known = source is { Disabled: false };
        return new ScramServer(source ?? Mock(sourceId), known, text[3..], nonce);
    }

    /// <summary>Checks a client-final message; true gives the server-final message to send with the logon reply.</summary>
    public bool TryFinish(ReadOnlySpan<byte> clientFinal, out byte[] serverFinal)
    {
        serverFinal = [];
        string text = Encoding.UTF8.GetString(clientFinal);
        int proofAt = text.LastIndexOf(",p=", StringComparison.Ordinal);
        if (proofAt < 0 || text[..proofAt] != $"c=biws,r={_nonce}")
        {
            return false;
        }

        Span<byte> proof = stackalloc byte[64];
        if (!Convert.TryFromBase64String(text[(proofAt + 3)..], proof, out int bytes) || bytes != SHA256.HashSizeInBytes)
        {
            return false;
        }

        byte[] authMessage = Encoding.UTF8.GetBytes($"{_clientFirstBare},{_serverFirst},{text[..proofAt]}");
        Span<byte> clientKey = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(_source.StoredKey, authMessage, clientKey);
        for (int i = 0; i < clientKey.Length; i++)
        {
            clientKey[i] ^= proof[i];
        }

        Span<byte> storedKey = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(clientKey, storedKey);
        if (!CryptographicOperations.FixedTimeEquals(storedKey, _source.StoredKey) || !_known)
        {
            return false;
        }

        byte[] signature = HMACSHA256.HashData(_source.ServerKey, authMessage);
        serverFinal = Encoding.UTF8.GetBytes("v=" + Convert.ToBase64String(signature));
        return true;
    }

    private static SourceRecord Mock(uint sourceId)
    {
        byte[] salt = HMACSHA256.HashData(MockKey, BitConverter.GetBytes(sourceId))[..16];
        byte[] key = HMACSHA256.HashData(MockKey, salt);
        return new SourceRecord(sourceId, 0, default, default, 1, salt, ScramCredential.DefaultIterations, key, key, Disabled: true);
    }
}

/// <summary>Makes what a server stores of a password (RFC 5802): salt, iterations, stored key, server key.</summary>
/// <param name="Salt">Salt.</param>
/// <param name="Iterations">Iterations.</param>
/// <param name="StoredKey">Stored key, 32 bytes.</param>
/// <param name="ServerKey">Server key, 32 bytes.</param>
public sealed record ScramCredential(byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>PBKDF2 iterations of new credentials; the least that RFC 7677 allows, since credentials are random and long.</summary>
    public const int DefaultIterations = 4096;

    /// <summary>Makes the credential of a password with a random salt.</summary>
    public static ScramCredential Create(string password, int iterations = DefaultIterations) =>
        Create(password, RandomNumberGenerator.GetBytes(16), iterations);

    /// <summary>Makes the credential of a password with a given salt.</summary>
    public static ScramCredential Create(string password, byte[] salt, int iterations)
    {
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new ScramCredential(salt, iterations, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }
}
