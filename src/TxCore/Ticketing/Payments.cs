using System.Buffers.Binary;
using System.Security.Cryptography;
using TxCore.Protocol;

namespace TxCore.Ticketing;

/// <summary>What is to be done with money, as stored behind the entry that decided it (<c>Addendum</c>).</summary>
/// <param name="Kind">Capture, void or refund.</param>
/// <param name="Hold">The number of the hold.</param>
/// <param name="AmountCents">The amount, in cents.</param>
/// <param name="Authorisation">The payment authorisation; empty for a refund.</param>
public readonly record struct PaymentOrder(PaymentKind Kind, long Hold, long AmountCents, byte[] Authorisation)
{
    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public int Bytes => 1 + 8 + 8 + 1 + Authorisation.Length;

    /// <summary>Writes the order.</summary>
    public void Write(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        writer.Byte((byte)Kind);
        writer.Int64(Hold);
        writer.Int64(AmountCents);
        writer.CountedBytes(Authorisation);
    }

    /// <summary>Reads the order that an addendum begins with; false when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> addendum, out PaymentOrder order)
    {
        var reader = new WireReader(addendum);
        order = new PaymentOrder(
            (PaymentKind)reader.Byte(), reader.Int64(), reader.Int64(), reader.CountedBytes(Wire.AuthorisationBytesMax).ToArray());
        return !reader.Failed && order.Kind != PaymentKind.None;
    }
}

/// <summary>
/// Payment authorisations that were used: recorded on a hold, captured or put on the list to be voided. One is never used twice. Kept as
/// half of their SHA-256, in many small tables, so that growing never keeps the deciding thread.
/// </summary>
public sealed class UsedAuthorisations
{
    private const int Tables = 1024;
    private readonly HashSet<UInt128>?[] _tables = new HashSet<UInt128>?[Tables];

    /// <summary>Authorisations used.</summary>
    public int Count { get; private set; }

    /// <summary>All of them as stored, in no order.</summary>
    public IEnumerable<UInt128> All => _tables.Where(static table => table is not null).SelectMany(static table => table!);

    /// <summary>True when an authorisation was used.</summary>
    public bool Contains(ReadOnlySpan<byte> authorisation)
    {
        var mark = MarkOf(authorisation);
        return TableOf(mark)?.Contains(mark) == true;
    }

    /// <summary>Marks an authorisation as used; it may be already.</summary>
    public void Add(ReadOnlySpan<byte> authorisation) => Add(MarkOf(authorisation));

    /// <summary>Puts back what a snapshot held.</summary>
    public void Add(UInt128 mark)
    {
        ref var table = ref _tables[(int)(mark % Tables)];
        table ??= [];
        Count += table.Add(mark) ? 1 : 0;
    }

    private HashSet<UInt128>? TableOf(UInt128 mark) => _tables[(int)(mark % Tables)];

    private static UInt128 MarkOf(ReadOnlySpan<byte> authorisation)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(authorisation, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
