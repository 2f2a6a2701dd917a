using System.Numerics;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>
/// Makes lines of every bet type and formula that a pool takes, priced by <see cref="BetPrice"/> for the runners that sellers believe are in the
/// race. Used by the generator's thread alone.
/// </summary>
internal sealed class BetMaker(Random random)
{
    /// <summary>Few spend more than this on one line; the largest fields would cost hundreds of thousands.</summary>
    private const long LineCentsMax = 60_000;

    private const int AttemptsMax = 4;
    private const int ReportLegsMax = 4;

    /// <summary>Bets in the proportion of <c>domain.md</c> section 4.2, by number of tickets: those with a low stake weigh more.</summary>
    private static readonly Dictionary<BetType, double> Weights = new()
    {
        [BetType.Win] = 22,
        [BetType.Place] = 20,
        [BetType.Quinella] = 9,
        [BetType.QuinellaPlace] = 9,
        [BetType.Exacta] = 6,
        [BetType.Trio] = 7,
        [BetType.Trifecta] = 5,
        [BetType.TwoOfFour] = 8,
        [BetType.MiniMulti] = 6,
        [BetType.Multi] = 6,
        [BetType.Tierce] = 6,
        [BetType.QuartePlus] = 5,
        [BetType.QuintePlus] = 14,
        [BetType.Pick5] = 5,
        [BetType.SuperFour] = 5,
    };

    /// <summary>A line on some pool of the race; null when the race has none that can be bet on by itself.</summary>
    public WagerLine? Line(CardRace race)
    {
        if (PickPool(race) is not { } pool)
        {
            return null;
        }

        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (Try(race, pool) is { } line)
            {
                return line;
            }
        }

        return Unit(race, pool);
    }

    /// <summary>The plainest line: one unit bet at the base stake; null when too few runners are left.</summary>
    public WagerLine? Unit(CardRace race, PoolDefinition pool)
    {
        byte risk = RiskOf(pool);
        int unit = BetPrice.UnitRunners(BetTypes.TypeOf(pool.Pool), risk);
        byte[] runners = race.Draw(unit, random);
        return runners.Length < unit
            ? null
            : Priced(pool, race.Left, new WagerLine(race.Id, pool.Pool, Formula.Unit, false, false, risk, 0, StakeForm.Multiple, Multiple(), 0, runners, [], []));
    }

    /// <summary>A pool of the race by the popularity of its bet, reports left out.</summary>
    public PoolDefinition? PickPool(CardRace race)
    {
        var pools = race.Pools.Where(pool => Weights.ContainsKey(BetTypes.TypeOf(pool.Pool))).ToArray();
        double drawn = random.NextDouble() * pools.Sum(pool => Weights[BetTypes.TypeOf(pool.Pool)]);
        return Array.Find(pools, pool => (drawn -= Weights[BetTypes.TypeOf(pool.Pool)]) < 0);
    }

    /// <summary>A report over the race and later ones of its meeting; null when there is none to be had.</summary>
    public WagerLine? Report(CardRace first, IEnumerable<CardRace> later)
    {
        ushort number = first.Pools.Count == 0 ? (ushort)0 : BetTypes.PoolOf(BetType.Report, BetTypes.ChannelOf(first.Pools[0].Pool));
        CardRace[] races = [first, .. later.Take(random.Next(1, ReportLegsMax))];
        if (first.Find(number) is not { } pool || races.Length < 2)
        {
            return null;
        }

        var legs = new ReportLeg[races.Length];
        for (int i = 0; i < races.Length; i++)
        {
            if (Leg(races[i], isLast: i == races.Length - 1) is not { } leg)
            {
                return null;
            }

            legs[i] = leg;
        }

        long multiple = random.Next(1, 4);
        long cents = BetPrice.ReportCents(first.Find(legs[0].Pool)!, legs[0], multiple);
        return new WagerLine(first.Id, pool.Pool, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, multiple, cents, [], [], legs);
    }

    /// <summary>Two thirds at one to three base stakes, and a long tail (<c>domain.md</c> section 4.2).</summary>
    public long Multiple() => random.NextDouble() < 0.66 ? random.Next(1, 4) : 4 + (long)(-Math.Log(1 - random.NextDouble()) * 6);

    private ReportLeg? Leg(CardRace race, bool isLast)
    {
        var pools = race.Pools.Where(pool => BetTypes.TypeOf(pool.Pool) is BetType.Win or BetType.Place or BetType.Quinella or BetType.QuinellaPlace
            or BetType.TwoOfFour).ToArray();
        if (pools.Length == 0)
        {
            return null;
        }

        var pool = pools[random.Next(pools.Length)];
        int unit = BetPrice.UnitRunners(BetTypes.TypeOf(pool.Pool), 0);
        byte[] runners = race.Draw(random.Next(unit, 4), random);
        (byte form, ushort carry) = isLast ? ((byte)0, (ushort)0) : random.NextDouble() < 0.7
            ? ((byte)1, (ushort)(25 * random.Next(1, 5)))
            : ((byte)2, (ushort)random.Next(1, 6));
        return runners.Length < unit ? null : new ReportLeg(race.Id.Race, form, carry, pool.Pool, runners);
    }

    private WagerLine? Try(CardRace race, PoolDefinition pool)
    {
        bool isOrdered = (pool.Flags & BetPrice.Ordered) != 0;
        byte risk = RiskOf(pool);
        int unit = BetPrice.UnitRunners(BetTypes.TypeOf(pool.Pool), risk);
        var formula = (pool.Flags & BetPrice.TakesCombined) == 0 || random.NextDouble() < 0.5 ? Formula.Unit : (Formula)random.Next(2, unit == 1 ? 3 : 5);
        bool allOrders = isOrdered && random.NextDouble() < 0.15;
        bool spot = formula == Formula.Unit && (pool.Flags & BetPrice.TakesSpot) != 0 && random.NextDouble() < 0.08;
        byte[] runners = race.Draw(race.RunnerCount, random);
        var (bases, associates) = formula switch
        {
            Formula.Unit => (Take(runners, spot ? random.Next(unit) : unit), []),
            Formula.Combined => (Take(runners, unit + random.Next(1, 5)), []),
            _ => Field(runners, unit, formula, isOrdered && !(allOrders && random.NextDouble() < 0.5)),
        };
        if (bases is null || associates is null)
        {
            return null;
        }

        byte complement = 0;
        int used = bases.Count(runner => runner != 0) + associates.Length;
        if (!spot && formula is Formula.Unit or Formula.Combined && (pool.Flags & BetPrice.TakesComplement) != 0 && used < runners.Length && random.NextDouble() < 0.1)
        {
            complement = runners[used];
        }

        var (form, stake) = Stake(pool, formula);
        var line = new WagerLine(race.Id, pool.Pool, formula, allOrders, spot, risk, complement, form, stake, 0, bases, associates, []);
        return Priced(pool, race.Left, line);
    }

    private (byte[]? Bases, byte[]? Associates) Field(byte[] runners, int unit, Formula formula, bool keepsPlaces)
    {
        int named = random.Next(1, unit);
        int free = unit - named;
        if (Take(runners, named) is not { } bases || runners.Length - named < free)
        {
            return (null, null);
        }

        byte[] associates = formula == Formula.ReducedField ? runners[named..Math.Min(runners.Length, named + free + random.Next(4))] : [];
        if (!keepsPlaces)
        {
            return (bases, associates);
        }

        // Bases of an order bet stand at their places; 0 is a free one.
        int[] places = [.. Enumerable.Range(0, unit)];
        random.Shuffle(places);
        byte[] placed = new byte[unit];
        for (int i = 0; i < named; i++)
        {
            placed[places[i]] = bases[i];
        }

        return (placed, associates);
    }

    private (StakeForm Form, long Stake) Stake(PoolDefinition pool, Formula formula)
    {
        double drawn = random.NextDouble();
        if (formula != Formula.Unit && pool.FlexiPercents.Length > 0 && drawn < 0.3)
        {
            return (StakeForm.Flexi, pool.FlexiPercents[random.Next(pool.FlexiPercents.Length)]);
        }

        return drawn > 0.9 ? (StakeForm.Value, pool.BaseStakeCents * Multiple()) : (StakeForm.Multiple, Multiple());
    }

    /// <summary>The line with its price; null when the pool would not take it at this one, or hardly anybody would spend it.</summary>
    private static WagerLine? Priced(PoolDefinition pool, int left, WagerLine line) =>
        BetPrice.Cents(pool, line, left) is { } cents && cents >= pool.BaseStakeCents && cents <= BigInteger.Min(pool.MaximumCents, LineCentsMax)
            ? line with { AmountCents = (long)cents }
            : null;

    private byte RiskOf(PoolDefinition pool) =>
        BetTypes.TypeOf(pool.Pool) is BetType.MiniMulti or BetType.Multi ? pool.Risks[random.Next(pool.Risks.Length)] : (byte)0;

    private static byte[]? Take(byte[] runners, int count) => runners.Length < count ? null : runners[..count];
}
