using System.Security.Cryptography;
using System.Text;

namespace TxCore.Identity.Keys;

/// <summary>
/// The fields of a person as the database holds them: AES-256-GCM under a data key of this person and this version, the data key wrapped
/// by the master key. Both are bound to the person's key and event, so that a row moved to another person does not open.
/// </summary>
/// <param name="Nonce">Nonce of the fields, 12 bytes.</param>
/// <param name="Ciphertext">The fields, padded, with the tag of 16 bytes behind them.</param>
/// <param name="WrappedKey">Nonce (12), wrapped data key (32), tag (16).</param>
/// <param name="MasterKeyId">The master key that wraps it.</param>
internal sealed record SealedRecord(byte[] Nonce, byte[] Ciphertext, byte[] WrappedKey, string MasterKeyId)
{
    public const int WrappedBytes = NonceBytes + KeyBytes + TagBytes;

    private const int NonceBytes = 12;
    private const int KeyBytes = 32;
    private const int TagBytes = 16;

    // The length of a ciphertext must not tell one person from another.
    private const int PaddedBytes = 512;

    /// <summary>Seals the fields (JSON, which bears spaces behind it) under a fresh data key: no nonce is ever used twice with one.</summary>
    public static SealedRecord Seal(MasterKey master, byte[] personKey, string subject, ReadOnlySpan<byte> json)
    {
        byte[] padded = new byte[(json.Length + PaddedBytes - 1) / PaddedBytes * PaddedBytes];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded);
        byte[] dataKey = RandomNumberGenerator.GetBytes(KeyBytes);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        byte[] ciphertext = new byte[padded.Length + TagBytes];
        using (var cipher = new AesGcm(dataKey, TagBytes))
        {
            cipher.Encrypt(nonce, padded, ciphertext.AsSpan(0, padded.Length), ciphertext.AsSpan(padded.Length), Bound("fields", personKey, subject));
        }

        var made = new SealedRecord(nonce, ciphertext, Wrap(master, dataKey, personKey, subject), master.Id);
        CryptographicOperations.ZeroMemory(dataKey);
        CryptographicOperations.ZeroMemory(padded);
        return made;
    }

    /// <summary>The fields.</summary>
    /// <exception cref="IdentityRefusedException">Another master key wraps it, or it was changed or belongs to another person.</exception>
    public byte[] Open(MasterKey master, byte[] personKey, string subject)
    {
        byte[] dataKey = Unwrap(master, personKey, subject);
        try
        {
            byte[] json = new byte[Math.Max(0, Ciphertext.Length - TagBytes)];
            using var cipher = new AesGcm(dataKey, TagBytes);
            cipher.Decrypt(Nonce, Ciphertext.AsSpan(0, json.Length), Ciphertext.AsSpan(json.Length), json, Bound("fields", personKey, subject));
            return json;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw Unfit(personKey, "fields");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>The same record with its data key wrapped by another master key.</summary>
    public SealedRecord Rewrap(MasterKey from, MasterKey to, byte[] personKey, string subject)
    {
        byte[] dataKey = Unwrap(from, personKey, subject);
        var made = this with { WrappedKey = Wrap(to, dataKey, personKey, subject), MasterKeyId = to.Id };
        CryptographicOperations.ZeroMemory(dataKey);
        return made;
    }

    private static byte[] Wrap(MasterKey master, byte[] dataKey, byte[] personKey, string subject)
    {
        byte[] wrapped = new byte[WrappedBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(master.Key, TagBytes);
        cipher.Encrypt(
            wrapped.AsSpan(0, NonceBytes), dataKey, wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes),
            Bound("key", personKey, subject));
        return wrapped;
    }

    private byte[] Unwrap(MasterKey master, byte[] personKey, string subject)
    {
        if (MasterKeyId != master.Id)
        {
            throw new IdentityRefusedException(
                $"The identity of {Convert.ToHexStringLower(personKey)} is sealed under master key {MasterKeyId}; the key given is {master.Id}.");
        }

        byte[] dataKey = new byte[KeyBytes];
        try
        {
            using var cipher = new AesGcm(master.Key, TagBytes);
            cipher.Decrypt(
                WrappedKey.AsSpan(0, NonceBytes), WrappedKey.AsSpan(NonceBytes, KeyBytes), WrappedKey.AsSpan(NonceBytes + KeyBytes), dataKey,
                Bound("key", personKey, subject));
            return dataKey;
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw Unfit(personKey, "data key");
        }
    }

    private static IdentityRefusedException Unfit(byte[] personKey, string what) => new(
        $"The {what} of {Convert.ToHexStringLower(personKey)} cannot be opened: changed in the database, or taken from another person.");

    /// <summary>What is bound: a label with its end, the person's key (32 bytes), the event.</summary>
    private static byte[] Bound(string part, byte[] personKey, string subject) =>
        [.. Encoding.ASCII.GetBytes($"txcore/identity/{part}/v1\0"), .. personKey, .. Encoding.UTF8.GetBytes(subject)];
}
