using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;
using TxCore.Wagering;

namespace TxCore.Tests.Wagering.Totals;

/// <summary>A race with a pool of every bet type, and lines on it of every formula.</summary>
internal static class TotalsRace
{
    public const byte Runners = 9;
    private const byte Ordered = 1;
    private const byte Combined = 4;
    private const byte Spot = 8;

    public static readonly RaceId Id = Messages.Race with { Race = 5 };

    public static readonly PoolDefinition[] Pools =
    [
        Of(BetType.Win, 0), Of(BetType.Place, 0), Of(BetType.Quinella, 0), Of(BetType.QuinellaPlace, 0), Of(BetType.TwoOfFour, 0), Of(BetType.Trio, 0),
        Of(BetType.Exacta, Ordered), Of(BetType.Trifecta, Ordered), Of(BetType.Tierce, Ordered), Of(BetType.QuartePlus, Ordered),
        Of(BetType.QuintePlus, Ordered), Of(BetType.SuperFour, Ordered), Of(BetType.Pick5, 0),
        Of(BetType.MiniMulti, 0) with { Risks = [4, 5, 6] }, Of(BetType.Multi, 0) with { Risks = [4, 5, 6, 7] },
    ];

    public static PoolDefinition Of(BetType type, byte flags, ushort takeout = 2000) =>
        new((ushort)type, 150, 1_000_000_000, (byte)(flags | Combined | Spot), [25, 50], [], takeout);

    public static RaceDefine Define(long sequence, byte runners = Runners, RaceId? race = null, params PoolDefinition[] pools) =>
        Messages.DefineRace(TestShard.Admin, sequence, race ?? Id) with { RunnerCount = runners, Pools = pools.Length == 0 ? Pools : pools };

    /// <summary>A bench with the race defined and opened, and source 1 logged on.</summary>
    public static DeciderBench Bench(byte runners = Runners, params PoolDefinition[] pools)
    {
        var bench = new DeciderBench();
        bench.LogOn(TestShard.Admin);
        bench.LogOn(1);
        bench.Take(Frame.Encode(Define(1, runners, null, pools)));
        bench.Take(Messages.RaceControl(MessageType.RaceOpen, TestShard.Admin, 2, Id));
        return bench;
    }

    /// <summary>A line priced as the host prices it.</summary>
    public static WagerLine Line(
        BetType type, Formula formula, byte[] bases, byte[]? associates = null, bool allOrders = false, byte risk = 0, int runners = Runners,
        long stake = 1, StakeForm form = StakeForm.Multiple, bool spot = false, RaceId? race = null)
    {
        bool isOrdered = Array.Find(Pools, pool => pool.Pool == (ushort)type)!.Flags is var flags && (flags & Ordered) != 0;
        int unit = BetRules.Find(type)!.Value.UnitRunners(risk);
        int named = bases.Count(static runner => runner != 0);
        long combinations = formula switch
        {
            Formula.Unit => BetRules.Unit(unit, allOrders),
            Formula.Combined => BetRules.Combined(unit, named, allOrders),
            Formula.ReducedField => BetRules.Field(unit, unit - named, associates!.Length, isOrdered, allOrders),
            _ => BetRules.Field(unit, unit - named, runners - named, isOrdered, allOrders),
        };
        long cents = form == StakeForm.Flexi ? combinations * 150 * stake / 100 : combinations * 150 * stake;
        return new WagerLine(race ?? Id, (ushort)type, formula, allOrders, spot, risk, 0, form, stake, cents, bases, associates ?? [], []);
    }

    /// <summary>A random line that is taken, whatever its pool; <paramref name="running"/> are the runners not scratched.</summary>
    public static WagerLine Random(Random random, byte[] running)
    {
        byte[] shuffled = [.. running];
        random.Shuffle(shuffled);
        var pool = Pools[random.Next(Pools.Length)];
        var type = (BetType)pool.Pool;
        byte risk = pool.Risks.Length == 0 ? (byte)0 : pool.Risks[random.Next(pool.Risks.Length)];
        int unit = BetRules.Find(type)!.Value.UnitRunners(risk);
        bool isOrdered = (pool.Flags & Ordered) != 0;
        bool allOrders = isOrdered && random.Next(2) == 0;
        var formula = unit == 1 ? (Formula)random.Next(1, 3) : (Formula)random.Next(1, 5);
        var form = formula == Formula.Unit || random.Next(2) == 0 ? StakeForm.Multiple : StakeForm.Flexi;
        long stake = form == StakeForm.Flexi ? 50 : random.Next(1, 4);
        int bases = formula switch
        {
            Formula.Unit => unit,
            Formula.Combined => random.Next(unit + 1, Math.Min(unit + 3, running.Length) + 1),
            _ => random.Next(1, unit),
        };
        int associates = formula == Formula.ReducedField ? random.Next(unit - bases, running.Length - bases + 1) : 0;
        bool spot = formula == Formula.Unit && random.Next(3) == 0;
        byte[] named = spot ? shuffled[..random.Next(unit)] : shuffled[..bases];
        if (formula >= Formula.ReducedField && isOrdered)
        {
            byte[] places = [.. named, .. new byte[unit - bases]];
            random.Shuffle(places);
            named = places;
        }

        // Half a base stake needs a second unit bet.
        var line = Line(type, formula, named, shuffled[bases..(bases + associates)], allOrders, risk, running.Length, stake, form, spot);
        return line.AmountCents >= 150 ? line : line with { StakeForm = StakeForm.Multiple, Stake = 1, AmountCents = 150 };
    }
}
