using TxCore.Benchmarks.Ceilings;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Benchmarks.Micro;

/// <summary>
/// Wagers as a peak brings them: mostly single win and place lines, then pairs, trios, order bets, multis and fields, some on account,
/// some of several lines, one in ten wrong (<c>domain.md</c> section 4.2, the bet mix).
/// </summary>
internal static class WagerMix
{
    private const byte Ordered = 1;
    private const byte Complement = 2;
    private const byte Combined = 4;
    private static readonly byte[] Player = [.. Enumerable.Range(0, Wire.PersonKeyBytes).Select(static i => (byte)i)];

    /// <summary>Every bet type that a race can offer.</summary>
    public static PoolDefinition[] Pools() =>
    [
        Pool(BetType.Win, 200, 0), Pool(BetType.Place, 200, 0), Pool(BetType.Quinella, 200, Complement | Combined, 50),
        Pool(BetType.QuinellaPlace, 200, Complement | Combined, 50), Pool(BetType.Trio, 200, Complement | Combined, 50),
        Pool(BetType.TwoOfFour, 300, Complement | Combined, 25, 50), Pool(BetType.Multi, 300, Combined, 25, 50) with { Risks = [4, 5, 6, 7] },
        Pool(BetType.Tierce, 100, Ordered | Complement | Combined, 50), Pool(BetType.QuartePlus, 150, Ordered | Complement | Combined, 50),
        Pool(BetType.QuintePlus, 200, Ordered | Complement | Combined, 25, 50), Pool(BetType.Pick5, 100, Complement | Combined, 10, 25, 50),
        Pool(BetType.SuperFour, 100, Ordered | Complement | Combined, 50),
    ];

    /// <summary>The frames of the mix, without source and sequence, and how many of them are refused.</summary>
    public static (byte[][] Frames, int Refused) Make()
    {
        WagerLine[] single = [Line(BetType.Win, 400, [7])];
        WagerLine[][] tickets =
        [
            single, single, single, [Line(BetType.Win, 400, [3])], [Line(BetType.Place, 400, [4])], [Line(BetType.Place, 400, [11])],
            [Line(BetType.Win, 400, [9]), Line(BetType.Place, 400, [9])],
            [Line(BetType.Quinella, 400, [5, 8])], [Line(BetType.QuinellaPlace, 2400, [1, 2, 3, 4], Formula.Combined)],
            [Line(BetType.Trio, 6000, [6], Formula.ReducedField, [1, 2, 3, 4, 5, 7])], [Line(BetType.Trio, 400, [2, 9, 14])],
            [Line(BetType.TwoOfFour, 600, [10, 12])], [Line(BetType.Multi, 600, [1, 2, 3, 4, 5], risk: 5)],
            [Line(BetType.Tierce, 1200, [1, 5, 9], allOrders: true)],
            [Line(BetType.QuintePlus, 8400, [1, 2, 3, 4, 5, 6, 7], Formula.Combined)],
            [Line(BetType.QuintePlus, 4800, [3, 7, 9, 11, 0], Formula.TotalField)],
            [Line(BetType.QuartePlus, 300, [4, 3, 2, 1])], [Line(BetType.Pick5, 200, [1, 3, 5, 7, 9])],
            [Line(BetType.Win, 500, [7])], [Line(BetType.Trio, 400, [2, 2, 5])],
        ];
        byte[][] frames = [.. tickets.Select(static (lines, i) => Encode(lines, isOnAccount: i % 5 == 4))];
        return (frames, 2);
    }

    private static PoolDefinition Pool(BetType type, uint baseStakeCents, int flags, params byte[] flexi) =>
        new((ushort)type, baseStakeCents, 3_000_000, (byte)flags, flexi, []);

    private static WagerLine Line(
        BetType type, long amountCents, byte[] bases, Formula formula = Formula.Unit, byte[]? associates = null, bool allOrders = false, byte risk = 0) => new(
        WagerFrames.Race, (ushort)type, formula, allOrders, Spot: false, risk, Complement: 0, StakeForm.Multiple, Stake: 2, amountCents, bases,
        associates ?? [], []);

    private static byte[] Encode(WagerLine[] lines, bool isOnAccount) => Frame.Encode(new Wager(
        new TransactionHeader(0, 0, 0), 1_767_225_600_000_000, 1, 12, isOnAccount ? PaymentMeans.Account : PaymentMeans.Cash,
        isOnAccount ? Player : [], isOnAccount ? [1, 2, 3, 4] : [], lines.Sum(static line => line.AmountCents), lines));
}
