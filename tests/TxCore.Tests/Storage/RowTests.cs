using CsCheck;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Tests.Storage;

/// <summary>Rows as written and read back.</summary>
public sealed class RowTests
{
    private static readonly Gen<long> Time = Gen.Long[1, 4_000_000_000_000_000];

    private static readonly Gen<Entry> AnyEntry = Gen.Select(
        Gen.Select(Gen.Long, Gen.UInt, Gen.Long, Gen.Long), Gen.Select(Gen.UShort, Gen.UShort, Time, Time), Gen.Select(Gen.Long, Gen.Int, Gen.Long, Gen.Long, Time),
        Gen.Select(Gen.Byte, Gen.Byte),
        static (name, kind, rest, fault) => new Entry
        {
            Number = name.Item1,
            Source = name.Item2,
            Sequence = name.Item3,
            Previous = name.Item4,
            BusinessDay = 20251105,
            Kind = (MessageType)kind.Item1,
            Code = (ResultCode)kind.Item2,
            SequencedAt = kind.Item3,
            ReceivedAt = kind.Item4,
            Fingerprint = rest.Item1,
            Outlet = rest.Item2,
            Reference = rest.Item3,
            AmountCents = rest.Item4,
            ExpiresAt = rest.Item5,
            FaultLine = fault.Item1,
            FaultField = (BodyField)fault.Item2,
        });

    [Fact]
    public void A_row_reads_back_as_it_was_written() =>
        Gen.Select(AnyEntry, Gen.Byte.Array[0, 300]).Sample(static (entry, command) =>
        {
            var rows = new RowWriter(3);
            rows.Append(in entry, new RowDetail { Line = 1, AmountCents = entry.AmountCents, Race = 1, Pool = 65_535, Sale = uint.MaxValue }, command);
            rows.Append(in entry, new RowDetail { Line = 2 }, default);
            Assert.Equal(2, rows.RowCount);
            Assert.True(StoredRow.TryRead(rows.Row(0).Span, out var row));
            Assert.Equal(entry, row.Entry);
            Assert.Equal((3, 1), (row.Shard, row.Line));
            Assert.Equal(command, row.Command.ToArray());
            Assert.Equal(row.Checksum, RowWriter.Checksum(rows.Row(0).Span[..^RowFormat.ChecksumFieldBytes]));
            Assert.True(StoredRow.TryRead(rows.Row(1).Span, out var second));
            Assert.Equal((2, 0), (second.Line, second.Command.Length));
        });

    [Fact]
    public void One_changed_bit_changes_the_checksum() =>
        Gen.Select(AnyEntry, Gen.Int[0, 10_000]).Sample(static (entry, at) =>
        {
            var rows = new RowWriter(3);
            rows.Append(in entry, new RowDetail { Line = 1 }, [1, 2, 3]);
            byte[] tuple = rows.Row(0).ToArray()[..^RowFormat.ChecksumFieldBytes];
            int before = RowWriter.Checksum(tuple);
            tuple[at / 8 % tuple.Length] ^= (byte)(1 << (at % 8));
            Assert.NotEqual(before, RowWriter.Checksum(tuple));
        });

    [Fact]
    public void Damaged_tuples_are_read_or_refused_but_never_throw() =>
        Gen.Select(AnyEntry, Gen.Int).Sample(static (entry, seed) =>
        {
            var rows = new RowWriter(3);
            rows.Append(in entry, new RowDetail { Line = 1 }, [1, 2, 3]);
            byte[] tuple = rows.Row(0).ToArray();
            var random = new Random(seed);
            for (int i = 0; i < 4; i++)
            {
                tuple[random.Next(tuple.Length)] = (byte)random.Next(256);
                StoredRow.TryRead(tuple.AsSpan(0, random.Next(tuple.Length + 1)), out _);
                StoredRow.TryRead(tuple, out _);
            }
        }, iter: 5000);

    [Fact]
    public void Days_are_what_postgresql_counts()
    {
        Assert.Equal(0, RowFormat.PostgresDate(20000101));
        Assert.Equal(9440, RowFormat.PostgresDate(20251105));
        Assert.Equal(20251105, RowFormat.BusinessDay(9440));
        Assert.Equal(20000229, RowFormat.BusinessDay(59));
    }
}
