using System.Buffers.Binary;
using System.Security.Cryptography;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The ECDSA P-256 key that signs the head of the chain, kept in a PEM file that PostgreSQL cannot read. Whoever verifies needs the public
/// half only.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;

    private SigningKey(ECDsa key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    /// <summary>First 16 hexadecimal digits of the SHA-256 of the public key.</summary>
    public string Id { get; }

    /// <summary>Reads a key, private or public, from a PEM file.</summary>
    /// <exception cref="StoreRefusedException">The file is missing or holds no such key.</exception>
    public static async Task<SigningKey> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(await File.ReadAllTextAsync(path, cancellationToken));
            return new SigningKey(key);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or CryptographicException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new StoreRefusedException($"The signing key {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the key, or makes one that only this user can read, with the public half beside it in <c>{path}.pub</c>.</summary>
    public static async Task<SigningKey> LoadOrCreateAsync(string path, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            await WriteNewAsync(path, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellationToken);
            await File.WriteAllTextAsync(path + ".pub", key.ExportSubjectPublicKeyInfoPem() + "\n", cancellationToken);
        }

        return await LoadAsync(path, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    internal byte[] Sign(ShardIdentity identity, ChainHead head, long signedAt) =>
        _key.SignData(Message(identity, head, signedAt), HashAlgorithmName.SHA256);

    internal bool Verify(ShardIdentity identity, ChainHead head, long signedAt, byte[] signature) =>
        _key.VerifyData(Message(identity, head, signedAt), signature, HashAlgorithmName.SHA256);

    internal byte[] Sign(ShardIdentity identity, DaySeal seal, long sealedAt) =>
        _key.SignData(Message(identity, seal, sealedAt), HashAlgorithmName.SHA256);

    internal bool Verify(ShardIdentity identity, DaySeal seal, long sealedAt, byte[] signature) =>
        _key.VerifyData(Message(identity, seal, sealedAt), signature, HashAlgorithmName.SHA256);

    internal byte[] Sign(ReadOnlySpan<byte> message) => _key.SignData(message, HashAlgorithmName.SHA256);

    internal bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => _key.VerifyData(message, signature, HashAlgorithmName.SHA256);

    /// <summary>What is signed of a day: "day" (3), day (4), first batch (8), rows (8), then what is signed of its end as a head.</summary>
    private static byte[] Message(ShardIdentity identity, DaySeal seal, long sealedAt)
    {
        byte[] head = Message(identity, seal.End, sealedAt);
        byte[] message = new byte[3 + 4 + 8 + 8 + head.Length];
        "day"u8.CopyTo(message);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(3), seal.BusinessDay);
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(7), seal.FirstBatch);
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(15), seal.Rows);
        head.CopyTo(message, 23);
        return message;
    }

    /// <summary>What is signed: shard (2), channel (1), batch (8), number (8), hash (32), microseconds since 1970 (8), big-endian.</summary>
    private static byte[] Message(ShardIdentity identity, ChainHead head, long signedAt)
    {
        byte[] message = new byte[2 + 1 + 8 + 8 + ChainHash.Bytes + 8];
        BinaryPrimitives.WriteInt16BigEndian(message, identity.Shard);
        message[2] = (byte)identity.Channel;
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(3), head.Batch);
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(11), head.Number);
        head.Hash.CopyTo(message.AsSpan(19));
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(19 + ChainHash.Bytes), signedAt);
        return message;
    }

    private static async Task WriteNewAsync(string path, string text, UnixFileMode mode, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        await using var writer = new StreamWriter(path, options);
        await writer.WriteLineAsync(text.AsMemory(), cancellationToken);
    }
}
