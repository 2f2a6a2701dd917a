using System.Buffers.Binary;
using System.Security.Cryptography;
using TxCore.Hashing;
using TxCore.Storage;

namespace TxCore.Wagering;

/// <summary>The keys that receipts are sealed with, by epoch. PostgreSQL never has them.</summary>
public sealed class ReceiptKeys(IReadOnlyDictionary<ushort, byte[]> keys)
{
    private readonly Dictionary<ushort, WideHmac> _wide = WideHmac.IsSupported
        ? keys.ToDictionary(static pair => pair.Key, static pair => new WideHmac(pair.Value, Receipt.MessageBytes))
        : [];

    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>The key of an epoch; throws <see cref="KeyNotFoundException"/> naming the epoch when it is missing.</summary>
    public ReadOnlySpan<byte> this[ushort epoch] =>
        keys.TryGetValue(epoch, out byte[]? key) ? key : throw new KeyNotFoundException($"The receipt key of epoch {epoch} is missing.");

    /// <summary>The key of an epoch made ready for eight codes at once; null where the processor has no such vectors.</summary>
    internal WideHmac? Wide(ushort epoch) => _wide.GetValueOrDefault(epoch);

    /// <summary>True when the epoch has a key.</summary>
    public bool Has(ushort epoch) => keys.ContainsKey(epoch);
}

/// <summary>
/// What is printed on a ticket (<c>domain.md</c> section 1.10): a serial of 13 Crockford base-32 characters and 2 check characters
/// (number modulo 1,021), and a control code of 8 characters, the first 40 bits of an HMAC-SHA-256 that only the host can make.
/// </summary>
public static class Receipt
{
    /// <summary>Characters of a serial.</summary>
    public const int SerialChars = 13 + 2;

    /// <summary>Characters of a control code.</summary>
    public const int ControlCodeChars = 8;

    /// <summary>Bytes of the message that a control code seals.</summary>
    internal const int MessageBytes = 18 + 2 + 8 + 4 + 8 + 8;

    private const int CheckModulus = 1021;

    private static ReadOnlySpan<byte> Alphabet => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"u8;

    private static ReadOnlySpan<byte> Purpose => "txcore/receipt/v1\0"u8;

    /// <summary>Writes the serial of a number as ASCII.</summary>
    public static void WriteSerial(long number, Span<byte> destination)
    {
        for (int i = 12; i >= 0; i--)
        {
            destination[i] = Alphabet[(int)((ulong)number >> ((12 - i) * 5)) & 31];
        }

        int check = (int)(number % CheckModulus);
        destination[13] = Alphabet[check >> 5];
        destination[14] = Alphabet[check & 31];
    }

    /// <summary>Writes the control code of an accepted ticket or order as ASCII.</summary>
    public static void WriteControlCode(ReadOnlySpan<byte> key, short shard, in Entry entry, Span<byte> destination)
    {
        Span<byte> message = stackalloc byte[MessageBytes];
        WriteMessage(shard, in entry, message);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message, mac);
        WriteControlCode(BinaryPrimitives.ReadUInt64BigEndian(mac), destination);
    }

    /// <summary>Writes a control code from the first 64 bits of its HMAC.</summary>
    internal static void WriteControlCode(ulong mac, Span<byte> destination)
    {
        for (int i = 0; i < ControlCodeChars; i++)
        {
            destination[i] = Alphabet[(int)(mac >> (59 - (i * 5))) & 31];
        }
    }

    /// <summary>Writes what a control code seals.</summary>
    internal static void WriteMessage(short shard, in Entry entry, Span<byte> message)
    {
        Purpose.CopyTo(message);
        BinaryPrimitives.WriteInt16BigEndian(message[18..], shard);
        BinaryPrimitives.WriteInt64BigEndian(message[20..], entry.Number);
        BinaryPrimitives.WriteUInt32BigEndian(message[28..], entry.Source);
        BinaryPrimitives.WriteInt64BigEndian(message[32..], entry.AmountCents);
        BinaryPrimitives.WriteInt64BigEndian(message[40..], entry.SequencedAt);
    }

    /// <summary>True when <paramref name="code"/> is the control code of the entry; takes the same time wherever they differ.</summary>
    public static bool ControlCodeFits(ReadOnlySpan<byte> key, short shard, in Entry entry, ReadOnlySpan<byte> code)
    {
        Span<byte> expected = stackalloc byte[ControlCodeChars];
        WriteControlCode(key, shard, in entry, expected);
        return CryptographicOperations.FixedTimeEquals(expected, code);
    }
}
