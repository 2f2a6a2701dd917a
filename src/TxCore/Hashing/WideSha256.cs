using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TxCore.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4) of eight messages of one length at once, each in its own lane of a vector. A tree is millions of messages of one or two
/// blocks, where the library's fixed cost of a call is most of the time. It takes the same time whatever it hashes.
/// </summary>
internal static class WideSha256
{
    /// <summary>Messages at once.</summary>
    public const int Lanes = 8;

    /// <summary>Bytes of a block.</summary>
    public const int BlockBytes = 64;

    private const int BlockWords = 16;
    private const int StateWords = 8;
    private const int HashBytes = StateWords * sizeof(uint);

    /// <summary>Whether the processor has such vectors.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    private static ReadOnlySpan<uint> Start =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static ReadOnlySpan<uint> RoundWords =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>Puts the end of a message behind its data: a bit, zeros, and the length in bits.</summary>
    /// <param name="message">The blocks of the message.</param>
    /// <param name="length">Bytes of its data, nine less than the blocks hold or fewer.</param>
    public static void Pad(Span<byte> message, int length)
    {
        message[length..].Clear();
        message[length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(message[^sizeof(long)..], length * 8L);
    }

    /// <summary>Hashes padded messages that lie behind each other.</summary>
    /// <param name="messages">The eight messages.</param>
    /// <param name="blocks">Blocks of each.</param>
    /// <param name="hashes">Receives the eight hashes.</param>
    public static void Hash(ReadOnlySpan<byte> messages, int blocks, Span<byte> hashes)
    {
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[StateWords];
        Begin(state);
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[BlockWords];
        for (int block = 0; block < blocks; block++)
        {
            Load(messages[(block * BlockBytes)..], blocks * BlockBytes, words);
            Compress(state, words);
        }

        var result = MemoryMarshal.Cast<Vector256<uint>, uint>(state);
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < StateWords; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(hashes[((lane * HashBytes) + (i * sizeof(uint)))..], result[(i * Lanes) + lane]);
            }
        }
    }

    /// <summary>The state before the first block.</summary>
    public static void Begin(Span<Vector256<uint>> state)
    {
        for (int i = 0; i < StateWords; i++)
        {
            state[i] = Vector256.Create(Start[i]);
        }
    }

    /// <summary>Spreads a block of each message over the lanes; the messages begin <paramref name="stride"/> bytes apart.</summary>
    public static void Load(ReadOnlySpan<byte> messages, int stride, Span<Vector256<uint>> words)
    {
        var lanes = MemoryMarshal.Cast<Vector256<uint>, uint>(words);
        for (int lane = 0; lane < Lanes; lane++)
        {
            var from = messages.Slice(lane * stride, BlockBytes);
            for (int i = 0; i < BlockWords; i++)
            {
                lanes[(i * Lanes) + lane] = BinaryPrimitives.ReadUInt32BigEndian(from[(i * sizeof(uint))..]);
            }
        }
    }

    /// <summary>Takes a block of each message into the state; the words are used up.</summary>
    public static void Compress(Span<Vector256<uint>> state, Span<Vector256<uint>> words)
    {
        // The names are those of FIPS 180-4 section 6.2.2; words is the last 16 of the message schedule, round after round.
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (int t = 0; t < RoundWords.Length; t++)
        {
            var word = words[t & 15];
            if (t >= BlockWords)
            {
                var w15 = words[(t + 1) & 15];
                var w2 = words[(t + 14) & 15];
                var small0 = Rotate(w15, 7) ^ Rotate(w15, 18) ^ (w15 >>> 3);
                var small1 = Rotate(w2, 17) ^ Rotate(w2, 19) ^ (w2 >>> 10);
                word += small0 + words[(t + 9) & 15] + small1;
                words[t & 15] = word;
            }

            var t1 = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + (g ^ (e & (f ^ g))) + Vector256.Create(RoundWords[t]) + word;
            var t2 = (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) ^ (c & (a ^ b)));
            (h, g, f, e) = (g, f, e, d + t1);
            (d, c, b, a) = (c, b, a, t1 + t2);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static Vector256<uint> Rotate(Vector256<uint> value, int bits) => (value >>> bits) | (value << (32 - bits));
}
