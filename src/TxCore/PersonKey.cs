using System.Buffers.Binary;

namespace TxCore;

/// <summary>A person as a keyed hash (HMAC-SHA-256, <c>domain.md</c> section 3.4); the identity behind it is never here. Ordered as its bytes.</summary>
public readonly record struct PersonKey(ulong A, ulong B, ulong C, ulong D) : IComparable<PersonKey>
{
    /// <summary>The key of 32 bytes.</summary>
    public static PersonKey Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    /// <summary>The 32 bytes of the key.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
    }

    /// <inheritdoc/>
    public int CompareTo(PersonKey other) =>
        A != other.A ? A.CompareTo(other.A) : B != other.B ? B.CompareTo(other.B) : C != other.C ? C.CompareTo(other.C) : D.CompareTo(other.D);
}
