using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace TxCore.Wagering;

/// <summary>
/// Picks runners for a line with spot (<c>domain.md</c> section 1.4). The pick is an HMAC of the ticket's number under the receipt key,
/// so that nobody outside can foresee or steer it and a replay comes to the same; it is stored with the ticket all the same.
/// </summary>
internal static class SpotPicks
{
    private static ReadOnlySpan<byte> Purpose => "txcore/spot/v1\0"u8;

    /// <summary>Fills <paramref name="picks"/> with distinct runners of <paramref name="eligible"/> (bit n: runner n), in the order picked.</summary>
    public static void Pick(ReadOnlySpan<byte> key, short shard, long number, byte line, uint eligible, Span<byte> picks)
    {
        Span<byte> runners = stackalloc byte[32];
        int count = 0;
        for (; eligible != 0; eligible &= eligible - 1)
        {
            runners[count++] = (byte)BitOperations.TrailingZeroCount(eligible);
        }

        var stream = new KeyedStream(key, shard, number, line);
        for (int i = 0; i < picks.Length; i++)
        {
            int chosen = i + (int)stream.Below((uint)(count - i));
            picks[i] = runners[chosen];
            runners[chosen] = runners[i];
        }
    }

    /// <summary>Uniform numbers from HMAC-SHA-256 in counter mode; values that would favour the low ones are thrown away.</summary>
    private ref struct KeyedStream
    {
        private readonly ReadOnlySpan<byte> _key;
        private Block _message;
        private Block _block;
        private int _used;

        public KeyedStream(ReadOnlySpan<byte> key, short shard, long number, byte line)
        {
            _key = key;
            Span<byte> message = _message;
            Purpose.CopyTo(message);
            BinaryPrimitives.WriteInt16BigEndian(message[15..], shard);
            BinaryPrimitives.WriteInt64BigEndian(message[17..], number);
            message[25] = line;
            _used = Block.Bytes;
        }

        public uint Below(uint bound)
        {
            uint limit = uint.MaxValue - (uint)((1UL << 32) % bound);
            uint value;
            do
            {
                value = Next();
            }
            while (value > limit);
            return value % bound;
        }

        private uint Next()
        {
            Span<byte> block = _block;
            if (_used == Block.Bytes)
            {
                Span<byte> message = _message;
                HMACSHA256.HashData(_key, message[..27], block);
                message[26]++;
                _used = 0;
            }

            _used += sizeof(uint);
            return BinaryPrimitives.ReadUInt32BigEndian(block[(_used - sizeof(uint))..]);
        }
    }

    [System.Runtime.CompilerServices.InlineArray(Bytes)]
    private struct Block
    {
        public const int Bytes = 32;
        private byte _first;
    }
}
