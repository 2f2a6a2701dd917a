using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TxCore.LoadTest.Engine;

/// <summary>The keys of invented persons, made from an index whenever one is needed: ten million of them take no memory.</summary>
internal class PersonKeys(int seed)
{
    public const int KeyBytes = 32;

    public byte[] Of(int person)
    {
        byte[] key = new byte[KeyBytes];
        Write(person, key);
        return key;
    }

    public virtual void Write(int person, Span<byte> key)
    {
        Span<byte> text = stackalloc byte[12];
        "TXLT"u8.CopyTo(text);
        BinaryPrimitives.WriteInt32LittleEndian(text[4..], seed);
        BinaryPrimitives.WriteInt32LittleEndian(text[8..], person);
        SHA256.HashData(text, key);
    }

    /// <summary>A number that is always the same for a person and a purpose: what he does is decided by it.</summary>
    public uint Fate(int person, uint purpose)
    {
        ulong mixed = ((ulong)(uint)person << 32 | purpose) ^ ((ulong)(uint)seed * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (uint)((mixed ^ (mixed >> 31)) >> 16);
    }
}
