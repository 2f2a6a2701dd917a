using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Decides wagers line by line (<c>domain.md</c> sections 1.2 to 1.5, 1.9).</summary>
internal sealed class ReferenceWagers(IReadOnlyDictionary<RaceId, ReferenceRace> races)
{
    /// <summary>Why no ticket of a race may be taken now.</summary>
    public static Ruling CheckOpen(ReferenceRace? race) => race?.Status switch
    {
        null => new Ruling(ResultCode.UnknownRace, BodyField.Race),
        RaceStatus.Open => Ruling.Accepted,
        RaceStatus.Draft or RaceStatus.Suspended => new Ruling(ResultCode.RaceNotOpen, BodyField.Race),
        _ => new Ruling(ResultCode.RaceClosed, BodyField.Race),
    };

    public Ruling CheckLine(WagerLine line)
    {
        if (BetTypes.TypeOf(line.Pool) == BetType.Report)
        {
            return new ReferenceReports(races).CheckLine(line);
        }

        var race = races.GetValueOrDefault(line.Race);
        var open = CheckOpen(race);
        if (!open.IsAccepted)
        {
            return open;
        }

        if (BetTypes.ChannelOf(line.Pool) != Channel.Retail)
        {
            return new Ruling(ResultCode.WrongChannel, BodyField.Pool);
        }

        if (race!.Pool(line.Pool) is not { } pool || pool.Type is BetType.TicTrois or > BetType.Report)
        {
            return new Ruling(ResultCode.PoolNotOffered, BodyField.Pool);
        }

        var ruling = CheckOptions(pool, line);
        ruling = ruling.IsAccepted ? CheckRunners(race, line) : ruling;
        ruling = ruling.IsAccepted ? CheckShape(race, pool, line) : ruling;
        return ruling.IsAccepted ? CheckPrice(pool, line, Combinations(race, pool, line)) : ruling;
    }

    /// <summary>The runners of the field that a total field line may add to its bases, or the associates named.</summary>
    public static byte[] Others(ReferenceRace race, WagerLine line) => line.Formula == Formula.TotalField
        ? [.. race.RunnersLeft().Where(runner => !line.Bases.Contains(runner))]
        : line.Associates;

    /// <summary>The number of unit bets of a line whose shape is right.</summary>
    public static long Combinations(ReferenceRace race, ReferencePool pool, WagerLine line)
    {
        int k = UnitBets.Runners(pool.Type, line.Risk);
        byte[] bases = line.Spot ? [.. Enumerable.Range(1, k).Select(static runner => (byte)runner)] : line.Bases;
        return UnitBets.Count(k, pool.IsOrdered, line.Formula, line.AllOrders, bases, Others(race, line));
    }

    private static Ruling CheckOptions(ReferencePool pool, WagerLine line)
    {
        if (line.AllOrders && !pool.IsOrdered)
        {
            return new Ruling(ResultCode.AllOrdersNotAllowed, BodyField.AllOrders);
        }

        if (line.Spot && (!pool.TakesSpot || line.Formula != Formula.Unit))
        {
            return new Ruling(ResultCode.SpotNotAllowed, BodyField.Spot);
        }

        bool hasRisk = pool.Type is BetType.Multi or BetType.MiniMulti;
        if (hasRisk ? !pool.Definition.Risks.Contains(line.Risk) : line.Risk != 0)
        {
            return new Ruling(ResultCode.RiskNotAllowed, BodyField.Risk);
        }

        if (line.Complement != 0 && !pool.TakesComplement)
        {
            return new Ruling(ResultCode.ComplementNotAllowed, BodyField.Complement);
        }

        return line.Legs.Length == 0 ? Ruling.Accepted : new Ruling(ResultCode.WrongCount, BodyField.Legs);
    }

    private static Ruling CheckRunners(ReferenceRace race, WagerLine line)
    {
        var seen = new HashSet<byte>();
        IEnumerable<(byte Runner, BodyField Field)> named =
        [
            .. line.Bases.Where(static runner => runner != 0).Select(static runner => (runner, BodyField.Bases)),
            .. line.Associates.Select(static runner => (runner, BodyField.Associates)),
            .. line.Complement == 0 ? Array.Empty<(byte, BodyField)>() : [(line.Complement, BodyField.Complement)],
        ];
        foreach (var (runner, field) in named)
        {
            var ruling = CheckRunner(race, runner, field, seen);
            if (!ruling.IsAccepted)
            {
                return ruling;
            }
        }

        return Ruling.Accepted;
    }

    internal static Ruling CheckRunner(ReferenceRace race, byte runner, BodyField field, HashSet<byte> seen)
    {
        if (!race.HasRunner(runner))
        {
            return new Ruling(ResultCode.RunnerUnknown, field);
        }

        if (race.Scratched.ContainsKey(runner))
        {
            return new Ruling(ResultCode.RunnerScratched, field);
        }

        return seen.Add(runner) ? Ruling.Accepted : new Ruling(ResultCode.RunnerDuplicated, field);
    }

    private static Ruling CheckShape(ReferenceRace race, ReferencePool pool, WagerLine line)
    {
        int k = UnitBets.Runners(pool.Type, line.Risk);
        int bases = line.Bases.Count(static runner => runner != 0);
        bool hasFreePlaces = line.Bases.Contains((byte)0);
        bool isField = line.Formula is Formula.ReducedField or Formula.TotalField;
        if (line.Spot)
        {
            if (hasFreePlaces || line.Bases.Length >= k || line.Associates.Length > 0)
            {
                return new Ruling(ResultCode.WrongCount, BodyField.Bases);
            }

            int eligible = race.RunnersLeft().Count(runner => !line.Bases.Contains(runner) && runner != line.Complement);
            return eligible < k - line.Bases.Length ? new Ruling(ResultCode.WrongCount, BodyField.Spot) : Ruling.Accepted;
        }

        if (hasFreePlaces && !(isField && pool.IsOrdered))
        {
            return new Ruling(ResultCode.WrongCount, BodyField.Bases);
        }

        if (line.Associates.Length > 0 && line.Formula != Formula.ReducedField)
        {
            return new Ruling(ResultCode.WrongCount, BodyField.Associates);
        }

        if (line.Formula is < Formula.Unit or > Formula.TotalField || (line.Formula != Formula.Unit && !pool.TakesCombined))
        {
            return new Ruling(ResultCode.FormulaNotAllowed, BodyField.Formula);
        }

        bool countFits = line.Formula switch
        {
            Formula.Unit => bases == k,
            Formula.Combined => bases > k,
            _ => bases >= 1 && bases <= k - 1,
        };
        if (!countFits)
        {
            return new Ruling(ResultCode.WrongCount, BodyField.Bases);
        }

        if (!isField)
        {
            return Ruling.Accepted;
        }

        bool hasPlaces = line.Bases.Length == k || (line.AllOrders && !hasFreePlaces);
        if (pool.IsOrdered && !hasPlaces)
        {
            return new Ruling(ResultCode.BasePositionMissing, BodyField.Bases);
        }

        return Others(race, line).Length >= k - bases
            ? Ruling.Accepted
            : new Ruling(ResultCode.WrongCount, line.Formula == Formula.ReducedField ? BodyField.Associates : BodyField.Bases);
    }

    private static Ruling CheckPrice(ReferencePool pool, WagerLine line, long combinations)
    {
        decimal baseStake = pool.Definition.BaseStakeCents;
        decimal stake = line.Stake;
        decimal maximum = pool.Definition.MaximumCents;
        decimal price;
        switch (line.StakeForm)
        {
            case StakeForm.Multiple:
                if (stake < 1)
                {
                    return new Ruling(ResultCode.StakeBelowMinimum, BodyField.Stake);
                }

                price = stake * baseStake * combinations;
                break;
            case StakeForm.Value:
                if (stake < baseStake)
                {
                    return new Ruling(ResultCode.StakeBelowMinimum, BodyField.Stake);
                }

                if (stake <= maximum && stake % baseStake != 0)
                {
                    return new Ruling(ResultCode.StakeNotMultiple, BodyField.Stake);
                }

                price = stake * combinations;
                break;
            case StakeForm.Flexi:
                bool isListed = stake is >= 1 and < 100 && pool.Definition.FlexiPercents.Contains((byte)stake);
                if (!isListed || (line.Formula == Formula.Unit && !pool.TakesSmallFlexi))
                {
                    return new Ruling(ResultCode.FlexiNotAllowed, BodyField.Stake);
                }

                price = stake * baseStake * combinations / 100;
                break;
            default:
                return new Ruling(ResultCode.MalformedBody, BodyField.Stake);
        }

        if (price > maximum)
        {
            return new Ruling(ResultCode.StakeAboveMaximum, BodyField.Stake);
        }

        if (price != decimal.Truncate(price))
        {
            return new Ruling(ResultCode.StakeNotMultiple, BodyField.Stake);
        }

        if (price < baseStake && !(line.StakeForm == StakeForm.Flexi && pool.TakesSmallFlexi))
        {
            return new Ruling(ResultCode.StakeBelowMinimum, BodyField.Stake);
        }

        return price == line.AmountCents ? Ruling.Accepted : new Ruling(ResultCode.AmountMismatch, BodyField.Amount);
    }
}
