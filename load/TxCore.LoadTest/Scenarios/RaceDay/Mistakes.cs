using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A line that is wrong on purpose, and why it must be refused when nothing else stands against it.</summary>
internal readonly record struct WrongLine(WagerLine Line, ResultCode Code);

/// <summary>Makes lines with one mistake each. Used by the generator's thread alone.</summary>
internal sealed class Mistakes(BetMaker bets, Random random)
{
    private static readonly Func<CardRace, PoolDefinition, WagerLine, WrongLine?>[] All =
    [
        static (_, _, line) => new(line with { AmountCents = line.AmountCents + 50 }, ResultCode.AmountMismatch),
        static (race, _, line) => new(WithFirst(line, (byte)(race.RunnerCount + 1)), ResultCode.RunnerUnknown),
        static (race, _, line) => race.Scratched == 0 ? null : new(WithFirst(line, LowestScratched(race)), ResultCode.RunnerScratched),
        static (_, _, line) => line.Bases.Length < 2 ? null : new(WithFirst(line, line.Bases[1]), ResultCode.RunnerDuplicated),
        static (_, _, line) => new(line with { Bases = line.Bases[1..] }, ResultCode.WrongCount),
        static (_, pool, line) => (pool.Flags & BetPrice.TakesSmallFlexi) != 0 ? null : new(line with { StakeForm = StakeForm.Flexi, Stake = 50 }, ResultCode.FlexiNotAllowed),
        static (_, _, line) => new(line with { Stake = 0 }, ResultCode.StakeBelowMinimum),
        static (_, pool, line) => new(line with { Stake = (pool.MaximumCents / pool.BaseStakeCents) + 1 }, ResultCode.StakeAboveMaximum),
        static (_, pool, line) => new(line with { StakeForm = StakeForm.Value, Stake = pool.BaseStakeCents + 1 }, ResultCode.StakeNotMultiple),
        static (_, pool, line) => pool.Risks.Length > 0 ? null : new(line with { Risk = 4 }, ResultCode.RiskNotAllowed),
        static (_, pool, line) => (pool.Flags & BetPrice.TakesSpot) != 0 ? null : new(line with { Spot = true }, ResultCode.SpotNotAllowed),
        static (_, pool, line) => (pool.Flags & BetPrice.Ordered) != 0 ? null : new(line with { AllOrders = true }, ResultCode.AllOrdersNotAllowed),
        static (race, pool, line) => (pool.Flags & BetPrice.TakesComplement) != 0 ? null : new(line with { Complement = 1 }, ResultCode.ComplementNotAllowed),
        static (race, _, line) => NotOffered(race, line) is { } pool ? new(line with { Pool = pool }, ResultCode.PoolNotOffered) : null,
        static (_, _, line) => new(line with { Pool = OtherChannel(line.Pool) }, ResultCode.WrongChannel),
        static (_, _, line) => new(line with { Race = line.Race with { Race = 99 } }, ResultCode.UnknownRace),
    ];

    /// <summary>A wrong line on the race; null when the mistake drawn cannot be made there.</summary>
    public WrongLine? Line(CardRace race)
    {
        var make = All[random.Next(All.Length)];
        return bets.PickPool(race) is { } pool && bets.Unit(race, pool) is { } right ? make(race, pool, right) : null;
    }

    private static WagerLine WithFirst(WagerLine line, byte runner) => line with { Bases = [runner, .. line.Bases[1..]] };

    private static byte LowestScratched(CardRace race) => (byte)System.Numerics.BitOperations.TrailingZeroCount(race.Scratched);

    private static ushort OtherChannel(ushort pool) => (ushort)(pool >= BetTypes.OnlineOffset ? pool - BetTypes.OnlineOffset : pool + BetTypes.OnlineOffset);

    private static ushort? NotOffered(CardRace race, WagerLine line)
    {
        var channel = BetTypes.ChannelOf(line.Pool);
        ushort pool = Enumerable.Range((int)BetType.Win, (int)BetType.SuperFour).Select(type => BetTypes.PoolOf((BetType)type, channel))
            .FirstOrDefault(pool => race.Find(pool) is null);
        return pool == 0 ? null : pool;
    }
}
