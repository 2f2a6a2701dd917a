using CsCheck;
using TxCore.Protocol;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>The stored form of settlements: a failure of the frozen bytes means that settlements already stored could not be read.</summary>
public sealed class SettlementCodecTests
{
    private static readonly Gen<PayableCombination> AnyPayable = Gen.Select(
        Gen.Int[1, 5], Gen.Byte, Gen.Byte[0, 31].Array[0, 7], Gen.UInt, Gen.Long, Gen.Long,
        static (rank, risk, runners, others, dividend, stake) => new PayableCombination((PayRank)rank, risk, runners, others, dividend, stake));

    private static readonly Gen<PoolSettlement> AnyPool = Gen.Select(
        Gen.UShort, Gen.Bool, Gen.Bool, Gen.Long.Array[9], AnyPayable.Array[0, 20],
        static (pool, refunded, nonRunners, cents, payables) => new PoolSettlement(
            pool, refunded, nonRunners, cents[0], cents[1], cents[2], cents[3], cents[4], cents[5], cents[6], cents[7], cents[8], payables));

    private static readonly Gen<CarriedStake> AnyCarried = Gen.Select(
        Gen.UInt, Gen.Byte, Gen.Byte, Gen.UShort, Gen.UShort, Gen.Long,
        static (day, meeting, race, pool, from, cents) => new CarriedStake(new RaceId(day, meeting, race), pool, from, cents));

    private static readonly Gen<RaceSettlement> AnySettlement = Gen.Select(
        Gen.Long, AnyPool.Array[0, 5], AnyCarried.Array[0, 5], static (basis, pools, carried) => new RaceSettlement(basis, pools, carried));

    [Fact]
    public void A_settlement_reads_as_it_was_written() => AnySettlement.Sample(
        static settlement =>
        {
            byte[] bytes = SettlementCodec.Encode(settlement);
            Assert.Equal(SettlementCodec.SizeOf(settlement), bytes.Length);
            Assert.True(SettlementCodec.TryDecode(bytes, out var read));
            Assert.Equivalent(settlement, read, strict: true);
            Assert.Equal(bytes, SettlementCodec.Encode(read!));
        },
        iter: 200,
        threads: 1);

    [Fact]
    public void A_settlement_cut_short_or_with_bytes_behind_it_is_none() => AnySettlement.Sample(
        static settlement =>
        {
            byte[] bytes = SettlementCodec.Encode(settlement);
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.False(SettlementCodec.TryDecode(bytes.AsSpan(0, length), out _));
            }

            Assert.False(SettlementCodec.TryDecode([.. bytes, 0], out _));
        },
        iter: 30,
        threads: 1);

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Byte.Array[0, 300].Sample(
        static bytes =>
        {
            if (SettlementCodec.TryDecode(bytes, out var settlement))
            {
                Assert.Equal(bytes, SettlementCodec.Encode(settlement!));
            }
        },
        iter: 20_000,
        threads: 1);

    [Fact]
    public void A_buffer_that_is_too_small_is_replaced_and_a_large_one_is_kept()
    {
        var settlement = new RaceSettlement(1, [], [new CarriedStake(new RaceId(20251105, 1, 2), 1, 3, 500)]);
        byte[] buffer = new byte[4];
        int size = SettlementCodec.Encode(settlement, ref buffer);
        byte[] grown = buffer;
        Assert.Equal(size, SettlementCodec.Encode(settlement, ref buffer));
        Assert.Same(grown, buffer);
        Assert.True(SettlementCodec.TryDecode(buffer.AsSpan(0, size), out _));
    }

    [Fact]
    public void The_stored_bytes_are_frozen()
    {
        var payable = new PayableCombination(PayRank.BonusThree, 0, [1, 2, 3], 0x1F0, 450, 1200);
        var pool = new PoolSettlement(12, false, true, 1, 9, 2, 3, 4, 5, 6, 7, 8, [payable]);
        var settlement = new RaceSettlement(513, [pool], [new CarriedStake(new RaceId(20251105, 1, 2), 1, 3, 500)]);
        Assert.Equal(
            "01020000000000000100" + "6900" + "0C0002"
            + "0100000000000000" + "0900000000000000" + "0200000000000000030000000000000004000000000000000500000000000000060000000000000007000000000000000800000000000000"
            + "0100" + "1A00" + "0500" + "03010203" + "F0010000" + "C201000000000000" + "B004000000000000"
            + "0100" + "1200" + "E1013501" + "0102" + "0100" + "0300" + "F401000000000000",
            Convert.ToHexString(SettlementCodec.Encode(settlement)));
    }

    [Fact]
    public void A_money_move_takes_24_bytes_and_reads_as_it_was_written()
    {
        var move = new MoneyMove(new RaceId(20251105, 1, 2), 1003, 1234, -5);
        byte[] bytes = new byte[MoneyMove.Bytes];
        var writer = new WireWriter(bytes);
        move.Write(ref writer);
        var reader = new WireReader(bytes);
        Assert.Equal((24, move), (writer.Position, MoneyMove.Read(ref reader)));
    }
}
