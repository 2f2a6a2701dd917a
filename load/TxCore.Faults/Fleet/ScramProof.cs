using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Faults.Fleet;

/// <summary>The client's side of the logon, written from PROTOCOL.md section 5 and not from the SDK.</summary>
internal sealed class ScramProof(uint source, string password)
{
    private static readonly ConcurrentDictionary<(string Password, string Salt, string Iterations), byte[]> Salted = new();
    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    private string Bare => $"n={source},r={_nonce}";

    public byte[] ClientFirst() => Encoding.ASCII.GetBytes($"n,,{Bare}");

    public byte[] ClientFinal(byte[] serverFirst)
    {
        string challenge = Encoding.ASCII.GetString(serverFirst);
        string[] parts = challenge.Split(',');

        // Sources that share a credential share this too: thousands log on at once without the cost of thousands of derivations.
        byte[] salted = Salted.GetOrAdd((password, parts[1], parts[2]), static key => Rfc2898DeriveBytes.Pbkdf2(
            Encoding.ASCII.GetBytes(key.Password), Convert.FromBase64String(key.Salt[2..]), int.Parse(key.Iterations[2..]), HashAlgorithmName.SHA256, 32));
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        string withoutProof = $"c=biws,{parts[0]}";
        byte[] signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.ASCII.GetBytes($"{Bare},{challenge},{withoutProof}"));
        byte[] proof = [.. clientKey.Select((key, i) => (byte)(key ^ signature[i]))];
        return Encoding.ASCII.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }
}
