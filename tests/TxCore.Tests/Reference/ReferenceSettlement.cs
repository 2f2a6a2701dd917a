using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>
/// Settles a race by enumerating the unit bets of every standing line and looking each one up in the payable combinations
/// (<c>domain.md</c> sections 1.6 to 1.9).
/// </summary>
internal sealed class ReferenceSettlement(ReferenceRace race, IReadOnlyDictionary<RaceId, ReferenceRace> races)
{
    private readonly ReferenceReports _reports = new(races);
    private readonly Dictionary<ushort, List<Stake>> _stakes = race.Pools.ToDictionary(static pool => pool.Number, static _ => new List<Stake>());

    /// <summary>Settles the race; a refusal when a report waits for an earlier race.</summary>
    public Ruling Settle(SortedDictionary<ushort, long> carryOvers)
    {
        if (!Collect())
        {
            return new Ruling(ResultCode.EarlierRaceUnpublished, BodyField.Dividends);
        }

        foreach (var pool in race.Pools.Where(static pool => pool.Type != BetType.Report))
        {
            pool.Result = Settle(pool, _stakes[pool.Number]);
            if (!race.IsVoid)
            {
                carryOvers[pool.Number] = carryOvers.GetValueOrDefault(pool.Number) + pool.Result.CarryOverCents;
            }
        }

        race.IsPublished = true;
        race.OwedCents = 0;
        foreach (var ticket in race.Tickets.Where(static ticket => ticket.Stands))
        {
            Owe(ticket);
        }

        return Ruling.Accepted;
    }

    /// <summary>Gain and refund of a line that is no report, once its race is settled or void.</summary>
    public static (long Gain, long Refund) Value(ReferenceRace race, Ticket ticket, int number)
    {
        var line = ticket.Wager!.Lines[number - 1];
        if (race.IsVoid)
        {
            return (0, line.AmountCents);
        }

        var pool = race.Pool(line.Pool)!;
        return Stake.Of(race, pool, ticket, number).Value(pool.Result!);
    }

    private bool Collect()
    {
        bool canSettle = true;
        foreach (var ticket in race.Tickets.Where(static ticket => ticket.Stands))
        {
            for (int number = 1; number <= ticket.Wager!.Lines.Length; number++)
            {
                var line = ticket.Wager.Lines[number - 1];
                if (line.Legs.Any(leg => (line.Race with { Race = leg.Race }) == race.Id))
                {
                    canSettle &= CollectReport(line);
                }
                else if (line.Legs.Length == 0 && line.Race == race.Id)
                {
                    _stakes[line.Pool].Add(Stake.Of(race, race.Pool(line.Pool)!, ticket, number));
                }
            }
        }

        return canSettle;
    }

    private bool CollectReport(WagerLine line)
    {
        _reports.Follow(line, out var waiting);
        if (waiting is null || waiting.Race != race)
        {
            return waiting is null;
        }

        _stakes[waiting.Pool.Number].Add(Stake.OfLeg(waiting, isCarried: waiting.Leg != line.Legs[0]));
        return true;
    }

    private PoolResult Settle(ReferencePool pool, List<Stake> stakes)
    {
        var result = new PoolResult
        {
            GrossCents = stakes.Where(static stake => !stake.IsCarried).Sum(static stake => stake.Cents),
            ReportInCents = stakes.Where(static stake => stake.IsCarried).Sum(static stake => stake.Cents),
            CarryInCents = pool.CarryInCents,
        };

        var payables = race.IsVoid ? [] : Payables.Of(race, pool);
        result.IsRefunded = payables.Count == 0;
        if (!result.IsRefunded)
        {
            stakes.ForEach(stake => stake.CountOn(payables));
            Share(pool, result, payables, stakes.Sum(static stake => stake.ScratchedCents));
        }

        if (result.IsRefunded)
        {
            (result.RefundCents, result.CarryOverCents) = (result.GrossCents + result.ReportInCents, result.CarryInCents);
            return result;
        }

        foreach (var stake in stakes)
        {
            result.WinnersCents += stake.Value(result).Gain;
        }

        if (result.Payables.Count > 0)
        {
            long left = result.GrossCents + result.ReportInCents + result.CarryInCents - result.RefundCents - result.TakeoutCents - result.WinnersCents;
            (result.BreakageCents, result.TopUpCents) = (Math.Max(left, 0), Math.Max(-left, 0));
        }

        return result;
    }

    private static void Share(ReferencePool pool, PoolResult result, List<Payable> payables, long scratchedCents)
    {
        long stakes = result.GrossCents + result.ReportInCents - scratchedCents;
        long takeout = Math.Min(((stakes * pool.Definition.TakeoutBasisPoints) + 5_000) / 10_000, stakes);
        result.RefundCents = scratchedCents;
        if (result.GrossCents + result.ReportInCents == 0)
        {
            result.CarryOverCents = result.CarryInCents;
        }
        else if (payables.Exists(static payable => payable.Stakes > 0))
        {
            long reduced = Dividends.Split(pool.Type, stakes - takeout + result.CarryInCents, payables);
            result.TakeoutCents = takeout - Math.Min(reduced, takeout);
            result.Payables = payables.FindAll(static payable => payable.DividendCents > 0);
        }
        else if (pool.CarriesOver)
        {
            result.TakeoutCents = takeout;
            result.CarryOverCents = stakes - takeout + result.CarryInCents;
        }
        else
        {
            result.IsRefunded = true;
        }
    }

    private void Owe(Ticket ticket)
    {
        for (int number = 1; number <= ticket.Wager!.Lines.Length; number++)
        {
            var line = ticket.Wager.Lines[number - 1];
            if (line.Legs.Length == 0)
            {
                var (gain, refund) = line.Race == race.Id ? Value(race, ticket, number) : (0, 0);
                race.OwedCents += gain + refund;
                continue;
            }

            foreach (var leg in _reports.Follow(line, out _).Where(leg => leg.Race == race))
            {
                race.OwedCents += leg.Gain + leg.Refund - leg.CarriedCents;
                if (leg.CarriedCents > 0)
                {
                    leg.Next!.ReportCents += leg.CarriedCents;
                }
            }
        }
    }
}

/// <summary>The stake of a line or leg, and what it covers.</summary>
internal sealed class Stake
{
    private readonly List<byte[]> _units = [];
    private readonly HashSet<byte> _scratched = [];
    private BigInteger _unitHundredths;
    private byte _risk;

    public long Cents { get; private init; }

    /// <summary>True when a report carried it in.</summary>
    public bool IsCarried { get; private init; }

    /// <summary>Stakes of unit bets with a scratched runner, in whole cents of the line.</summary>
    public long ScratchedCents => (long)(_units.Count(unit => Array.Exists(unit, _scratched.Contains)) * _unitHundredths / 100);

    /// <summary>The stake of a line, its complement put in for a runner scratched since.</summary>
    public static Stake Of(ReferenceRace race, ReferencePool pool, Ticket ticket, int number)
    {
        var line = ticket.Wager!.Lines[number - 1];
        List<byte> bases = [.. line.Bases, .. ticket.Picks.GetValueOrDefault(number) ?? []];
        List<byte> others = line.Formula == Formula.TotalField
            ? [.. Enumerable.Range(1, race.RunnerCount).Select(static runner => (byte)runner)
                .Where(runner => !(race.Scratched.TryGetValue(runner, out long by) && by < ticket.Number) && !bases.Contains(runner))]
            : [.. line.Associates];
        if (line.Complement != 0 && !race.Scratched.ContainsKey(line.Complement))
        {
            PutIn(line, race, bases, others);
        }

        var stake = new Stake
        {
            Cents = line.AmountCents,
            _risk = line.Risk,
            _unitHundredths = (BigInteger)line.Stake * line.StakeForm switch
            {
                StakeForm.Multiple => pool.Definition.BaseStakeCents * 100L,
                StakeForm.Flexi => pool.Definition.BaseStakeCents,
                _ => 100,
            },
        };
        stake._units.AddRange(UnitBets.All(UnitBets.Runners(pool.Type, line.Risk), pool.IsOrdered, line.Formula, line.AllOrders, [.. bases], [.. others]));
        stake._scratched.UnionWith(race.Scratched.Keys);
        return stake;
    }

    /// <summary>The stake of a report at a leg: every choice of its runners.</summary>
    public static Stake OfLeg(LegMoney leg, bool isCarried)
    {
        var stake = new Stake { Cents = leg.StakeCents, IsCarried = isCarried, _unitHundredths = (BigInteger)leg.PerBetCents * 100 };
        stake._units.AddRange(UnitBets.Subsets(leg.Leg.Bases, UnitBets.Runners(leg.Pool.Type, 0)));
        stake._scratched.UnionWith(leg.Race.Scratched.Keys);
        return stake;
    }

    /// <summary>Adds its stakes to the combinations that reward its unit bets.</summary>
    public void CountOn(List<Payable> payables)
    {
        foreach (var (payable, units) in On(payables))
        {
            payable.Stakes += units * _unitHundredths;
        }
    }

    /// <summary>Its gain and refund; both are rounded down to the cent once.</summary>
    public (long Gain, long Refund) Value(PoolResult pool)
    {
        if (pool.IsRefunded)
        {
            return (0, Cents);
        }

        BigInteger dividends = 0;
        foreach (var (payable, units) in On(pool.Payables))
        {
            dividends += (BigInteger)units * payable.DividendCents;
        }

        return ((long)(dividends * _unitHundredths / 10_000), ScratchedCents);
    }

    private Dictionary<Payable, long> On(List<Payable> payables)
    {
        var counted = new Dictionary<Payable, long>();
        foreach (byte[] unit in _units)
        {
            bool isExact = payables.Exists(payable => payable.Rank == PayRank.Order && payable.Rewards(unit, _risk, true));
            foreach (var payable in payables)
            {
                if (payable.Rewards(unit, _risk, isExact))
                {
                    counted[payable] = counted.GetValueOrDefault(payable) + 1;
                }
            }
        }

        return counted;
    }

    private static void PutIn(WagerLine line, ReferenceRace race, List<byte> bases, List<byte> others)
    {
        bool isField = line.Formula is Formula.ReducedField or Formula.TotalField;
        int at = bases.FindIndex(race.Scratched.ContainsKey);
        if (at < 0)
        {
            int associate = line.Formula == Formula.ReducedField ? others.FindIndex(race.Scratched.ContainsKey) : -1;
            if (associate >= 0)
            {
                others[associate] = line.Complement;
            }

            return;
        }

        byte gone = bases[at];
        if (isField)
        {
            bases[at] = line.Complement;
            if (others.Remove(line.Complement))
            {
                others.Add(gone);
            }
        }
        else
        {
            bases.RemoveAt(at);
            bases.Add(line.Complement);
        }
    }
}
