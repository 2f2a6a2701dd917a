using System.Security.Cryptography;

namespace TxCore.Identity.Keys;

/// <summary>
/// The key that wraps the data key of every person, kept in an owner-only file outside the database: 64 hexadecimal digits. Without it a
/// copy of the database, or a backup, says nothing.
/// </summary>
public sealed class MasterKey : IDisposable
{
    /// <summary>Bytes of the key (AES-256).</summary>
    public const int Bytes = 32;

    private readonly byte[] _key;

    private MasterKey(byte[] key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(key, "txcore/identity/master/id/v1"u8))[..16];
    }

    /// <summary>Sixteen hexadecimal digits that name the key and say nothing of it.</summary>
    public string Id { get; }

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>Makes a key in a new file.</summary>
    /// <exception cref="IdentityRefusedException">The file is there already.</exception>
    public static MasterKey Create(string path)
    {
        byte[] key = RandomNumberGenerator.GetBytes(Bytes);
        SecretFile.Create(path, Convert.ToHexStringLower(key));
        return new MasterKey(key);
    }

    /// <summary>Reads a key.</summary>
    /// <exception cref="IdentityRefusedException">The file is missing, readable for others, or holds no such key.</exception>
    public static MasterKey Read(string path)
    {
        string text = SecretFile.Read(path, "master key").Trim();
        return text.Length == 2 * Bytes && text.All(char.IsAsciiHexDigit)
            ? new MasterKey(Convert.FromHexString(text))
            : throw new IdentityRefusedException($"The file {path} is no master key file: it must hold {2 * Bytes} hexadecimal digits.");
    }

    /// <summary>Overwrites and deletes the file. What only this key opens is lost: databases, their backups and their logs.</summary>
    public static void Destroy(string path)
    {
        Read(path).Dispose();
        SecretFile.Destroy(path);
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
