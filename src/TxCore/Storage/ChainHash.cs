using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TxCore.Storage;

/// <summary>
/// The hash chain over batches: SHA-256(previous hash (32) || shard (2) || row format (2) || batch (8) || first number (8) ||
/// last number (8) || rows (4) || the rows' tuples), integers big-endian. The first batch has 32 zero bytes before it.
/// </summary>
public static class ChainHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Bytes = 32;

    /// <summary>Bytes of what is hashed before the rows.</summary>
    public const int HeaderBytes = Bytes + 2 + 2 + 8 + 8 + 8 + 4;

    /// <summary>Starts the hash of a batch; the caller appends the tuples in order.</summary>
    public static void Begin(
        IncrementalHash hash, ReadOnlySpan<byte> previous, short shard, short rowFormat, long batch, long firstNumber, long lastNumber, int rows)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        previous.CopyTo(header);
        BinaryPrimitives.WriteInt16BigEndian(header[32..], shard);
        BinaryPrimitives.WriteInt16BigEndian(header[34..], rowFormat);
        BinaryPrimitives.WriteInt64BigEndian(header[36..], batch);
        BinaryPrimitives.WriteInt64BigEndian(header[44..], firstNumber);
        BinaryPrimitives.WriteInt64BigEndian(header[52..], lastNumber);
        BinaryPrimitives.WriteInt32BigEndian(header[60..], rows);
        hash.AppendData(header);
    }
}
