using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TxCore.Ticketing.Draws;

/// <summary>Random 64-bit words, one after the other.</summary>
internal interface IWords
{
    /// <summary>The next word.</summary>
    ulong Next();
}

/// <summary>
/// The words of a seed: HMAC-SHA-256 of the numbers 0, 1, 2, ... (eight bytes, big endian) under the seed, each block read as four words, big
/// endian. Nothing is allocated after construction.
/// </summary>
internal sealed class SeededWords(ReadOnlySpan<byte> seed) : IWords, IDisposable
{
    private const int BlockWords = SHA256.HashSizeInBytes / sizeof(ulong);

    // One keyed hash for all blocks: making it anew for each doubles the time.
    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, seed);
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private ulong _blocks;
    private int _used = BlockWords;

    /// <inheritdoc/>
    public ulong Next()
    {
        if (_used == BlockWords)
        {
            Fill();
        }

        return BinaryPrimitives.ReadUInt64BigEndian(_block.AsSpan(sizeof(ulong) * _used++));
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void Fill()
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, _blocks++);
        _hash.AppendData(number);
        _hash.GetHashAndReset(_block);
        _used = 0;
    }
}
