using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>Lines as no terminal would send them: each is decided, none ends the decider or is taken for more than its pool allows.</summary>
public sealed class AnyLineTests
{
    private const long Maximum = 1_000_000_000_000;

    private static readonly Gen<long> Stake = Gen.OneOf(Gen.Long, Gen.Long[-2, 5], Gen.Long[0, 100], Gen.Int[1, 5000].Select(static multiple => multiple * 200L));

    private static readonly Gen<byte[]> Runners = Gen.OneOf(
        Gen.Byte[0, 32].Array[0, 31],
        Gen.Int[0, 31].Select(static count => Enumerable.Range(1, count).Select(static runner => (byte)runner).ToArray()));

    private static readonly Gen<byte[]> Others = Gen.OneOf(
        Gen.Const(Array.Empty<byte>()),
        Gen.Byte[0, 32].Array[0, 31],
        Gen.Int[1, 15].Select(static count => Enumerable.Range(32 - count, count).Select(static runner => (byte)runner).ToArray()));

    private static readonly Gen<WagerLine> AnyLine = Gen.Select(
        Gen.UShort[0, 18], Gen.Byte[0, 5], Gen.Byte[0, 31], Gen.Select(Gen.Byte[0, 8], Gen.Byte[0, 3]), Gen.Byte[0, 4], Stake, Runners, Others,
        static (pool, formula, flags, small, form, stake, bases, others) => new WagerLine(
            Messages.Race with { Race = 5 }, pool, (Formula)formula, (flags & 1) != 0, flags > 28, small.Item1, flags % 7 == 0 ? small.Item2 : (byte)0, (StakeForm)form,
            stake, stake, bases, others, []));

    [Fact]
    public void Any_line_is_decided()
    {
        var bench = new DeciderBench().OpenAll();
        uint admin = TestShard.Admin;
        PoolDefinition[] pools =
        [
            .. Enumerable.Range(1, 17).Select(static type => new PoolDefinition((ushort)type, type % 2 == 0 ? 1U : 200U, Maximum, (byte)(type % 16), [25, 50], [4, 5, 6, 7])),
        ];
        var race = Messages.DefineRace(admin, bench.Next(admin), Messages.Race with { Race = 5 }) with { RunnerCount = 31, Pools = pools };
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Risk), Define(race with { Pools = [pools[0] with { Risks = [8] }] }));
        Assert.Equal((ResultCode.Accepted, BodyField.None), Define(race));
        bench.Take(Messages.RaceControl(MessageType.RaceOpen, admin, bench.Next(admin), race.Race));
        AnyLine.Sample(
            line =>
            {
                var outcome = bench.Do(Messages.Wager(1, bench.Next(1), line));
                Assert.True(outcome.Code != ResultCode.Accepted || (outcome.AmountCents > 0 && outcome.AmountCents <= Maximum));
            },
            iter: 20_000,
            threads: 1);

        (ResultCode Code, BodyField Field) Define(RaceDefine message)
        {
            var outcome = bench.Do(message with { Header = Messages.Name(admin, bench.Next(admin)) });
            return (outcome.Code, outcome.Field);
        }
    }
}
