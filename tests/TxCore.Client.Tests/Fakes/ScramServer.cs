using System.Security.Cryptography;
using System.Text;

namespace TxCore.Client.Tests.Fakes;

/// <summary>The server's side of SCRAM-SHA-256, written from the RFC's formulas and apart from the client's.</summary>
internal sealed class ScramServer(string password, byte[] clientFirst)
{
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private readonly string _clientFirstBare = Encoding.UTF8.GetString(clientFirst)[3..];
    private string _serverFirst = "";

    public byte[] ServerFirst()
    {
        string clientNonce = _clientFirstBare[(_clientFirstBare.IndexOf(",r=", StringComparison.Ordinal) + 3)..];
        _serverFirst = $"r={clientNonce}{Convert.ToBase64String(RandomNumberGenerator.GetBytes(12))},s={Convert.ToBase64String(_salt)},i=4096";
        return Encoding.UTF8.GetBytes(_serverFirst);
    }

    /// <summary>The server-final message, or null when the proof is wrong.</summary>
    public byte[]? ServerFinal(byte[] clientFinal)
    {
        string text = Encoding.UTF8.GetString(clientFinal);
        int proofAt = text.IndexOf(",p=", StringComparison.Ordinal);
        byte[] proof = Convert.FromBase64String(text[(proofAt + 3)..]);
        byte[] auth = Encoding.UTF8.GetBytes($"{_clientFirstBare},{_serverFirst},{text[..proofAt]}");
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(password, _salt, 4096, HashAlgorithmName.SHA256, 32);
        byte[] storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        byte[] signature = HMACSHA256.HashData(storedKey, auth);
        byte[] clientKey = [.. proof.Zip(signature, (a, b) => (byte)(a ^ b))];
        return SHA256.HashData(clientKey).AsSpan().SequenceEqual(storedKey)
            ? Encoding.UTF8.GetBytes("v=" + Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), auth)))
            : null;
    }
}
