using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Testing.Shards;

/// <summary>The client's half of SCRAM-SHA-256 in the fewest lines, apart from the SDK's own.</summary>
internal sealed class ScramExchange(uint source, string password)
{
    private readonly string _firstBare = $"n={source},r={Convert.ToBase64String(RandomNumberGenerator.GetBytes(18))}";

    // A thousand logons of a test derive the one key once.
    private static readonly ConcurrentDictionary<(string Password, string Salt, string Iterations), byte[]> ClientKeys = new();

    internal byte[] ClientFirst => Encoding.UTF8.GetBytes("n,," + _firstBare);

    internal byte[] ClientFinal(byte[] serverFirst)
    {
        string text = Encoding.UTF8.GetString(serverFirst);
        string[] parts = text.Split(',');
        byte[] key = [.. ClientKeys.GetOrAdd((password, parts[1], parts[2]), Derive)];
        string bare = $"c=biws,{parts[0]}";
        byte[] signature = HMACSHA256.HashData(SHA256.HashData(key), Encoding.UTF8.GetBytes($"{_firstBare},{text},{bare}"));
        for (int i = 0; i < key.Length; i++)
        {
            key[i] ^= signature[i];
        }

        return Encoding.UTF8.GetBytes($"{bare},p={Convert.ToBase64String(key)}");
    }

    private static byte[] Derive((string Password, string Salt, string Iterations) secret)
    {
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(secret.Password), Convert.FromBase64String(secret.Salt[2..]), int.Parse(secret.Iterations[2..]),
            HashAlgorithmName.SHA256, 32);
        return HMACSHA256.HashData(salted, "Client Key"u8);
    }
}
