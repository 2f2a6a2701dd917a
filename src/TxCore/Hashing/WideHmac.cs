using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace TxCore.Hashing;

/// <summary>
/// HMAC-SHA-256 (FIPS 198-1) of eight short messages at once under one key, whose two key blocks are hashed once and for all: what is left
/// are two blocks for eight codes, where a call of the library hashes four for one.
/// </summary>
internal sealed class WideHmac
{
    /// <summary>Messages at once.</summary>
    public const int Lanes = WideSha256.Lanes;

    private const int StateWords = 8;
    private const int BlockWords = 16;
    private const int BlockBytes = WideSha256.BlockBytes;
    private readonly Vector256<uint>[] _inner = new Vector256<uint>[StateWords];
    private readonly Vector256<uint>[] _outer = new Vector256<uint>[StateWords];
    private readonly int _messageBytes;

    /// <summary>A key of at most 64 bytes, and the length of all messages, at most 55 bytes.</summary>
    public WideHmac(ReadOnlySpan<byte> key, int messageBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, BlockBytes, nameof(key));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(messageBytes, BlockBytes - 1 - sizeof(long));
        _messageBytes = messageBytes;
        Begin(key, 0x36, _inner);
        Begin(key, 0x5c, _outer);
    }

    /// <summary>Whether the processor has such vectors.</summary>
    public static bool IsSupported => WideSha256.IsSupported;

    /// <summary>The first 64 bits of the code of each message.</summary>
    /// <param name="blocks">Eight blocks of 64 bytes, each beginning with its message; the rest of a block is overwritten.</param>
    /// <param name="codes">Receives the eight codes.</param>
    public void Compute(Span<byte> blocks, Span<ulong> codes)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            Pad(blocks.Slice(lane * BlockBytes, BlockBytes), _messageBytes);
        }

        Span<Vector256<uint>> state = stackalloc Vector256<uint>[StateWords];
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[BlockWords];
        _inner.CopyTo(state);
        WideSha256.Load(blocks, BlockBytes, words);
        WideSha256.Compress(state, words);

        // The outer message is the inner hash, which lies in the lanes already.
        state.CopyTo(words);
        words[StateWords..].Clear();
        words[StateWords] = Vector256.Create(0x8000_0000u);
        words[BlockWords - 1] = Vector256.Create((uint)((BlockBytes + SHA256.HashSizeInBytes) * 8));
        _outer.CopyTo(state);
        WideSha256.Compress(state, words);
        for (int lane = 0; lane < Lanes; lane++)
        {
            codes[lane] = ((ulong)state[0][lane] << 32) | state[1][lane];
        }
    }

    /// <summary>The end of a message behind a key block: a bit, zeros, and the length of both in bits.</summary>
    private static void Pad(Span<byte> block, int length)
    {
        WideSha256.Pad(block, length);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(block[^sizeof(long)..], (BlockBytes + length) * 8L);
    }

    private static void Begin(ReadOnlySpan<byte> key, byte mask, Span<Vector256<uint>> state)
    {
        Span<byte> blocks = stackalloc byte[Lanes * BlockBytes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            var block = blocks.Slice(lane * BlockBytes, BlockBytes);
            block.Fill(mask);
            for (int i = 0; i < key.Length; i++)
            {
                block[i] ^= key[i];
            }
        }

        Span<Vector256<uint>> words = stackalloc Vector256<uint>[BlockWords];
        WideSha256.Begin(state);
        WideSha256.Load(blocks, BlockBytes, words);
        WideSha256.Compress(state, words);
    }
}
