using System.Buffers.Binary;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>The plain form of a row: its key columns, its checksum, and the whole tuple as bytes; the typed columns stay NULL.</summary>
internal static class PlainTuple
{
    /// <summary>The COPY tuple that stores <paramref name="tuple"/> in plain form.</summary>
    public static byte[] Of(ReadOnlySpan<byte> tuple)
    {
        var keys = tuple[2..KeysEnd(tuple)];
        var checksum = tuple[^RowFormat.ChecksumFieldBytes..];
        byte[] plain = new byte[2 + keys.Length + checksum.Length + 4 + tuple.Length];
        BinaryPrimitives.WriteInt16BigEndian(plain, RowFormat.KeyColumnCount + 2);
        keys.CopyTo(plain.AsSpan(2));
        checksum.CopyTo(plain.AsSpan(2 + keys.Length));
        var stored = plain.AsSpan(2 + keys.Length + checksum.Length);
        BinaryPrimitives.WriteInt32BigEndian(stored, tuple.Length);
        tuple.CopyTo(stored[4..]);
        return plain;
    }

    /// <summary>Where the key columns end in a tuple.</summary>
    public static int KeysEnd(ReadOnlySpan<byte> tuple)
    {
        int position = 2;
        for (int field = 0; field < RowFormat.KeyColumnCount; field++)
        {
            position += 4 + BinaryPrimitives.ReadInt32BigEndian(tuple[position..]);
        }

        return position;
    }
}
