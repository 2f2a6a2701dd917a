using System.Buffers.Binary;

namespace TxCore.Postgres;

/// <summary>Walks the fields of a COPY tuple: each is a length (4, -1 for NULL) and so many bytes.</summary>
internal static class TupleFields
{
    /// <summary>The position behind <paramref name="fields"/> fields from <paramref name="position"/> on; -1 when the bytes end before.</summary>
    public static int Skip(ReadOnlySpan<byte> bytes, int position, int fields)
    {
        for (int field = 0; field < fields; field++)
        {
            if (bytes.Length - position < 4)
            {
                return -1;
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(bytes[position..]);
            position += 4 + Math.Max(length, 0);
        }

        return position <= bytes.Length ? position : -1;
    }
}
