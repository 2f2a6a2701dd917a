using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Makes random pools, wagers and results: mostly right ones, and in proportion ones with one thing wrong.</summary>
internal sealed class WagerGenerator(Random random)
{
    /// <summary>Larger field lines than this are made seldom: settling them enumerates every unit bet.</summary>
    private const int FieldMax = 10;

    private static readonly BetType[] LegTypes = [BetType.Win, BetType.Place, BetType.Quinella, BetType.QuinellaPlace, BetType.TwoOfFour];

    public PoolDefinition[] Pools()
    {
        uint legBase = Any(100u, 150u, 200u);
        var pools = new List<PoolDefinition>();
        for (var type = BetType.Win; type <= BetType.Report; type++)
        {
            bool isWanted = type switch
            {
                BetType.Win => Chance(95),
                BetType.TicTrois => Chance(10),
                BetType.Report => Chance(80),
                _ => Chance(55),
            };
            if (isWanted)
            {
                pools.Add(Pool(type, legBase));
            }
        }

        return [.. pools];
    }

    /// <summary>A wager on one of the races; about two thirds are acceptable.</summary>
    public Wager Wager(TransactionHeader header, List<ReferenceRace> open, List<ReferenceRace> all, byte[][] players)
    {
        int count = Chance(75) ? 1 : Chance(95) ? random.Next(2, 5) : 20;
        var lines = new List<WagerLine>();
        for (int i = 0; i < count; i++)
        {
            var races = open.Count > 0 && !Chance(4) ? open : all;
            lines.Add(AnyLine(races[random.Next(races.Count)], all));
        }

        if (Chance(24))
        {
            int at = random.Next(count);
            lines[at] = Spoil(lines[at]);
        }

        byte[] player = Chance(35) ? players[random.Next(players.Length)] : [];
        var means = (PaymentMeans)random.Next(0, 4);
        means = player.Length == 0 && means == PaymentMeans.Account && !Chance(5) ? PaymentMeans.Cash : means;
        byte[] authorisation = means == PaymentMeans.Account && !Chance(3) ? [1, 2, 3] : [];
        long amount = unchecked(lines.Aggregate(0L, static (sum, line) => unchecked(sum + line.AmountCents)) + (Chance(2) ? 1 : 0));
        return new Wager(header, 1, 0, 5, means, Chance(1) && player.Length > 0 ? player[..9] : player, authorisation, amount, [.. lines]);
    }

    /// <summary>An order of finish, sometimes with dead heats, sometimes short.</summary>
    public FinishPlace[] Finish(ReferenceRace race)
    {
        byte[] runners = race.RunnersLeft();
        random.Shuffle(runners);
        int classified = Chance(85) ? runners.Length : random.Next(0, runners.Length + 1);
        var finish = new FinishPlace[classified];
        bool hasDeadHeats = Chance(20);
        for (int i = 0; i < classified;)
        {
            int width = hasDeadHeats && Chance(30) ? Any(2, 2, 2, 3, 3, 4) : 1;
            for (int j = i; j < Math.Min(i + width, classified); j++)
            {
                finish[j] = new FinishPlace(runners[j], (byte)(i + 1));
            }

            i += width;
        }

        return Chance(8) ? SpoilFinish(race, finish) : finish;
    }

    private FinishPlace[] SpoilFinish(ReferenceRace race, FinishPlace[] finish)
    {
        if (finish.Length == 0)
        {
            return [new FinishPlace((byte)(race.RunnerCount + 1), 1)];
        }

        int at = random.Next(finish.Length);
        finish[at] = random.Next(3) switch
        {
            0 => new FinishPlace((byte)random.Next(0, 32), finish[at].Place),
            1 => new FinishPlace(finish[at].Runner, (byte)(finish[at].Place + 1)),
            _ => new FinishPlace(finish[random.Next(finish.Length)].Runner, finish[at].Place),
        };
        return finish;
    }

    private PoolDefinition Pool(BetType type, uint legBase)
    {
        bool isLeg = LegTypes.Contains(type) || type == BetType.Report;
        uint baseStake = isLeg ? legBase : Any(100u, 150u, 200u, 300u);
        bool ordered = type is BetType.Exacta or BetType.Trifecta or BetType.Tierce or BetType.QuartePlus or BetType.QuintePlus or BetType.SuperFour;
        ordered ^= Chance(4) && !isLeg && type is not (BetType.Multi or BetType.MiniMulti);
        int flags = (ordered ? 1 : 0) | (Chance(60) ? 2 : 0) | (Chance(90) ? 4 : 0) | (Chance(60) ? 8 : 0) | (Chance(30) ? 16 : 0) | (Chance(40) ? 32 : 0);
        byte[] risks = type == BetType.Multi ? [4, 5, 6, 7] : type == BetType.MiniMulti ? [4, 5, 6] : [];
        return new PoolDefinition(
            (ushort)type, baseStake, baseStake * Any(60L, 600L, 6_000L, 20_000L), (byte)flags, Any<byte[]>([25, 50], [50], [10, 25, 50], []), risks,
            Any<ushort>(0, 1390, 1500, 2670, 3185, 3565, 1390, 2670, 9900));
    }

    private WagerLine AnyLine(ReferenceRace race, List<ReferenceRace> all)
    {
        // Bets that name more runners than there are cannot be right.
        int left = Chance(97) ? race.RunnersLeft().Length : int.MaxValue;
        var offered = race.Pools.FindAll(pool => pool.Type is not (BetType.Report or BetType.TicTrois)
            && UnitBets.Runners(pool.Type, pool.Definition.Risks.LastOrDefault()) <= left);
        bool canReport = all.Count(other => other.Id.Meeting == race.Id.Meeting && other.Status == RaceStatus.Open) > 1;
        if (offered.Count == 0 || Chance(canReport ? 12 : 1))
        {
            return Report(race, all);
        }

        var pool = offered[random.Next(offered.Count)];
        byte risk = pool.Definition.Risks.Length > 0 ? pool.Definition.Risks[random.Next(pool.Definition.Risks.Length)] : (byte)0;
        int k = UnitBets.Runners(pool.Type, risk);
        byte[] runners = race.RunnersLeft();
        random.Shuffle(runners);
        var line = new WagerLine(
            race.Id, pool.Number, Formula.Unit, pool.IsOrdered && Chance(25), false, risk, 0, StakeForm.Multiple, Any(1L, 1, 1, 2, 3, 5), 0,
            runners[..Math.Min(k, runners.Length)], [], []);
        line = runners.Length > k && pool.TakesCombined && Chance(55) ? Several(line, pool, k, runners) : MaybeSpot(line, pool, k);
        return Priced(race, pool, WithComplement(line, pool, runners));
    }

    private WagerLine Several(WagerLine line, ReferencePool pool, int k, byte[] runners)
    {
        switch (k > 1 ? random.Next(3) : 0)
        {
            case 0:
                return line with { Formula = Formula.Combined, Bases = runners[..random.Next(k + 1, Math.Min(k + 4, runners.Length + 1))] };
            case 1:
                int bases = random.Next(1, k);
                int to = Math.Min(runners.Length, k + random.Next(0, 4));
                return line with { Formula = Formula.ReducedField, Bases = Places(line, pool, k, runners[..bases]), Associates = runners[bases..to] };
            default:
                int few = runners.Length > FieldMax && !Chance(3) ? Math.Max(1, k - 2) : random.Next(1, k);
                return line with { Formula = Formula.TotalField, Bases = Places(line, pool, k, runners[..few]) };
        }
    }

    /// <summary>Bases of an order bet in a field keep their places; in all orders the places may be left out.</summary>
    private byte[] Places(WagerLine line, ReferencePool pool, int k, byte[] bases)
    {
        if (!pool.IsOrdered || (line.AllOrders && Chance(50)))
        {
            return bases;
        }

        int[] places = [.. Enumerable.Range(0, k)];
        random.Shuffle(places);
        byte[] placed = new byte[k];
        for (int i = 0; i < bases.Length; i++)
        {
            placed[places[i]] = bases[i];
        }

        return placed;
    }

    private WagerLine MaybeSpot(WagerLine line, ReferencePool pool, int k) =>
        pool.TakesSpot && Chance(20) ? line with { Spot = true, Bases = line.Bases[..Math.Min(line.Bases.Length, random.Next(0, k))] } : line;

    private WagerLine WithComplement(WagerLine line, ReferencePool pool, byte[] runners)
    {
        byte[] free = [.. runners.Except(line.Bases).Except(line.Associates)];
        return pool.TakesComplement && free.Length > 0 && Chance(40) ? line with { Complement = free[random.Next(free.Length)] } : line;
    }

    private WagerLine Priced(ReferenceRace race, ReferencePool pool, WagerLine line)
    {
        bool hasFlexi = pool.Definition.FlexiPercents.Length > 0 && (line.Formula != Formula.Unit || pool.TakesSmallFlexi);
        if (hasFlexi && Chance(25))
        {
            line = line with { StakeForm = StakeForm.Flexi, Stake = pool.Definition.FlexiPercents[random.Next(pool.Definition.FlexiPercents.Length)] };
        }
        else if (Chance(15))
        {
            line = line with { StakeForm = StakeForm.Value, Stake = pool.Definition.BaseStakeCents * Any(1L, 1, 2, 7) };
        }

        decimal each = line.StakeForm switch
        {
            StakeForm.Flexi => line.Stake * pool.Definition.BaseStakeCents / 100m,
            StakeForm.Value => line.Stake,
            _ => line.Stake * pool.Definition.BaseStakeCents,
        };
        return line with { AmountCents = (long)(each * ReferenceWagers.Combinations(race, pool, line)) };
    }

    private WagerLine Report(ReferenceRace race, List<ReferenceRace> all)
    {
        var meeting = all.Where(other => other.Id.Day == race.Id.Day && other.Id.Meeting == race.Id.Meeting && other.Status == RaceStatus.Open)
            .OrderBy(static other => other.Id.Race).ToList();
        while (meeting.Count > 2 && Chance(50))
        {
            meeting.RemoveAt(random.Next(meeting.Count));
        }

        var legs = meeting.Select((other, i) => Leg(other, isLast: i == meeting.Count - 1)).ToArray();
        if (legs.Length == 0)
        {
            legs = [Leg(race, isLast: false)];
        }

        var first = meeting.Count > 0 ? meeting[0] : race;
        long stake = Any(1L, 1, 2, 5, 100);
        return new WagerLine(
            first.Id, (ushort)BetType.Report, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, stake,
            ReferenceReports.Bets(legs[0]) * stake * (first.Pool((ushort)BetType.Report)?.Definition.BaseStakeCents ?? 100), [], [], legs);
    }

    private ReportLeg Leg(ReferenceRace race, bool isLast)
    {
        var pools = race.Pools.FindAll(static pool => LegTypes.Contains(pool.Type));
        var type = pools.Count == 0 ? BetType.Win : pools[random.Next(pools.Count)].Type;
        byte[] runners = race.RunnersLeft();
        random.Shuffle(runners);
        int least = UnitBets.Runners(type, 0);
        bool isPercent = Chance(65);
        ushort carry = isPercent ? Any<ushort>(25, 50, 75, 100, 100) : Any<ushort>(1, 2, 5, 1000);
        return new ReportLeg(
            race.Id.Race, (byte)(isLast ? 0 : isPercent ? 1 : 2), isLast ? (ushort)0 : carry, (ushort)type,
            runners[..Math.Min(runners.Length, random.Next(least, 4))]);
    }

    /// <summary>Makes one thing wrong, or at least other than it was.</summary>
    private WagerLine Spoil(WagerLine line)
    {
        byte any = (byte)random.Next(0, 33);
        switch (random.Next(20))
        {
            case 0:
                return line with { AmountCents = line.AmountCents + Any(-1L, 1, 100) };
            case 1:
                return line with { Stake = Any(0L, -5, long.MaxValue, long.MinValue, 1_000, 33) };
            case 2:
                return line with { Bases = [.. line.Bases, any] };
            case 3:
                return line with { Bases = line.Bases[..(line.Bases.Length / 2)] };
            case 4:
                return line with { Bases = [.. line.Bases.Reverse().Skip(1).Append(any)] };
            case 5:
                return line with { Bases = [.. line.Bases, .. line.Bases.Take(1)] };
            case 6:
                return line with { Complement = Any(any, line.Bases.FirstOrDefault()) };
            case 7:
                return line with { Risk = (byte)random.Next(0, 9) };
            case 8:
                return line with { AllOrders = !line.AllOrders };
            case 9:
                return line with { Spot = !line.Spot };
            case 10:
                return line with { Formula = (Formula)random.Next(0, 6) };
            case 11:
                return line with { Associates = [.. line.Associates, any] };
            case 12:
                return line with { Associates = [] };
            case 13:
                return line with { StakeForm = (StakeForm)random.Next(0, 5) };
            case 14:
                return line with { Pool = Any<ushort>((ushort)random.Next(0, 18), (ushort)(line.Pool + 1000), 16, 99) };
            case 15:
                return line with { Race = line.Race with { Race = (byte)random.Next(0, 12) } };
            case 16:
                return line with { Bases = [0, .. line.Bases.Skip(1)] };
            default:
                return SpoilLegs(line);
        }
    }

    private WagerLine SpoilLegs(WagerLine line)
    {
        if (line.Legs.Length == 0)
        {
            return line with { Legs = [new ReportLeg(line.Race.Race, 0, 0, 1, [1])] };
        }

        int at = random.Next(line.Legs.Length);
        var leg = line.Legs[at];
        ReportLeg[] legs = [.. line.Legs];
        legs[at] = random.Next(8) switch
        {
            0 => leg with { Race = (byte)(leg.Race + random.Next(-2, 3)) },
            1 => leg with { CarryForm = (byte)random.Next(0, 4) },
            2 => leg with { Carry = Any<ushort>(0, 30, 1001, 100) },
            3 => leg with { Bases = [.. leg.Bases, (byte)random.Next(0, 33)] },
            4 => leg with { Bases = [.. leg.Bases, .. leg.Bases] },
            5 => leg with { Bases = [.. leg.Bases.Skip(1)] },
            6 => leg with { Pool = Any<ushort>(6, 1001, 99, 17, 2) },
            _ => leg with { Race = legs[0].Race },
        };
        return line with { Legs = legs };
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Any<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
