using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>
/// The wagers of one race: frames whose source and sequence are patched in. Four in five are single win lines; places, pairs, and
/// tickets of two lines make up the rest.
/// </summary>
internal sealed class RaceSale
{
    public const byte Runners = 16;
    private readonly (byte[] Frame, bool Wins)[] _frames;

    public RaceSale(RaceId race, byte winner)
    {
        (Race, Winner) = (race, winner);
        _frames = [.. Enumerable.Range(0, 20 * Runners).Select(i => Make(i % 20, (byte)(1 + (i / 20))))];
    }

    /// <summary>The pools on sale.</summary>
    public static PoolDefinition[] Pools { get; } =
    [
        new((ushort)BetType.Win, 200, 3_000_000, 0, [], [], 1500), new((ushort)BetType.Place, 200, 3_000_000, 0, [], [], 1500),
        new((ushort)BetType.Quinella, 200, 3_000_000, 0, [], [], 2500),
    ];

    public RaceId Race { get; }

    public byte Winner { get; }

    /// <summary>The order of finish.</summary>
    public FinishPlace[] Finish => [.. Enumerable.Range(0, 4).Select(i => new FinishPlace(Runner(Winner + i), (byte)(i + 1)))];

    /// <summary>A frame of the mix, and whether it is a single win line on the winner.</summary>
    public (byte[] Frame, bool Wins) Pick(Random random) => _frames[random.Next(_frames.Length)];

    private (byte[] Frame, bool Wins) Make(int kind, byte runner) => kind switch
    {
        < 16 => (Encode(Line(BetType.Win, runner)), runner == Winner),
        16 or 17 => (Encode(Line(BetType.Place, runner)), false),
        18 => (Encode(Line(BetType.Quinella, runner, Runner(runner + 1))), false),
        _ => (Encode(Line(BetType.Win, runner), Line(BetType.Place, runner)), false),
    };

    private static byte Runner(int number) => (byte)(1 + ((number - 1) % Runners));

    private WagerLine Line(BetType type, params byte[] bases) => new(
        Race, (ushort)type, Formula.Unit, AllOrders: false, Spot: false, Risk: 0, Complement: 0, StakeForm.Multiple, Stake: 2, AmountCents: 400,
        Bases: bases, Associates: [], Legs: []);

    private static byte[] Encode(params WagerLine[] lines) =>
        Frame.Encode(new Wager(default, 1_767_225_600_000_000, 1, 12, PaymentMeans.Cash, [], [], 400 * lines.Length, lines));
}
