using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace TxCore.Ticketing.Draws;

/// <summary>
/// The two hashes that bind a draw (<c>domain.md</c> section 3.3, draw v1): the commitment, published before the randomness exists, and the seed,
/// which nobody knows before it does. Both cover the name of the draw, the root of its list and the operator's secret.
/// </summary>
public static class DrawCommitment
{
    /// <summary>Most characters of a draw name.</summary>
    public const int NameCharactersMax = 32;

    /// <summary>Bytes of the operator's secret.</summary>
    public const int SecretBytes = 32;

    /// <summary>Bytes of a beacon's randomness.</summary>
    public const int BeaconBytes = 32;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Whether a text can name a draw: 1 to <see cref="NameCharactersMax"/> ASCII letters, digits, '-', '_' or '.'.</summary>
    public static bool IsName(string name) => name.Length is >= 1 and <= NameCharactersMax && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>The commitment C: SHA-256 of <c>"txcore/draw/commit/v1" 00 name 00 R s</c>.</summary>
    /// <exception cref="ArgumentException">The name, the root or the secret is not one.</exception>
    public static byte[] Commit(string drawName, ReadOnlySpan<byte> root, ReadOnlySpan<byte> secret) =>
        SHA256.HashData(Message("txcore/draw/commit/v1", drawName, root, secret));

    /// <summary>The seed: HMAC-SHA-256 under the beacon's randomness B of <c>"txcore/draw/seed/v1" 00 name 00 R s</c>.</summary>
    /// <exception cref="ArgumentException">The randomness, the name, the root or the secret is not one.</exception>
    public static byte[] Seed(ReadOnlySpan<byte> beacon, string drawName, ReadOnlySpan<byte> root, ReadOnlySpan<byte> secret)
    {
        Check(beacon, BeaconBytes, "randomness of a beacon", nameof(beacon));
        return HMACSHA256.HashData(beacon, Message("txcore/draw/seed/v1", drawName, root, secret));
    }

    private static byte[] Message(string purpose, string drawName, ReadOnlySpan<byte> root, ReadOnlySpan<byte> secret)
    {
        if (!IsName(drawName))
        {
            throw new ArgumentException(
                $"The name of a draw is 1 to {NameCharactersMax} ASCII letters, digits, '-', '_' or '.'.", nameof(drawName));
        }

        Check(root, MerkleRoot.HashBytes, "root", nameof(root));
        Check(secret, SecretBytes, "secret", nameof(secret));
        return [.. Encoding.ASCII.GetBytes(purpose), 0, .. Encoding.ASCII.GetBytes(drawName), 0, .. root, .. secret];
    }

    private static void Check(ReadOnlySpan<byte> bytes, int length, string what, string name)
    {
        if (bytes.Length != length)
        {
            throw new ArgumentException($"A {what} has {length} bytes, not {bytes.Length}.", name);
        }
    }
}
