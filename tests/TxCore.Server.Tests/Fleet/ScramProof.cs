using System.Security.Cryptography;
using System.Text;

namespace TxCore.Server.Tests.Fleet;

/// <summary>The client's side of the logon, written from PROTOCOL.md section 5 and not from the SDK.</summary>
internal sealed class ScramProof(uint source, string password)
{
    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    private string Bare => $"n={source},r={_nonce}";

    public byte[] ClientFirst() => Encoding.ASCII.GetBytes($"n,,{Bare}");

    public byte[] ClientFinal(byte[] serverFirst)
    {
        string challenge = Encoding.ASCII.GetString(serverFirst);
        string[] parts = challenge.Split(',');
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.ASCII.GetBytes(password), Convert.FromBase64String(parts[1][2..]), int.Parse(parts[2][2..]), HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        string withoutProof = $"c=biws,{parts[0]}";
        byte[] signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.ASCII.GetBytes($"{Bare},{challenge},{withoutProof}"));
        byte[] proof = [.. clientKey.Select((key, i) => (byte)(key ^ signature[i]))];
        return Encoding.ASCII.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }
}
