using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Races, lines and payable combinations at random, small enough to write every unit bet out.</summary>
internal static class RandomLines
{
    /// <summary>Scratches numbered below it come before the ticket, those above after it.</summary>
    public const long Ticket = 100;

    public static readonly BetType[] Types =
        [.. Enum.GetValues<BetType>().Where(static type => BetRules.Find(type) is not null)];

    /// <summary>A race with one pool and a line on it, most of them good.</summary>
    public static (Race Race, WagerLine Line, byte[] Picks) Make(Random random)
    {
        var type = Types[random.Next(Types.Length)];
        byte runners = (byte)random.Next(type >= BetType.QuartePlus ? 6 : 4, 9);
        bool isOrdered = type is BetType.Exacta or BetType.Trifecta or BetType.SuperFour or BetType.Tierce or BetType.QuartePlus or BetType.QuintePlus;
        byte flags = (byte)((isOrdered ? Card.Ordered : 0) | Card.Combined | Card.Complement);
        var race = Card.Race(runners, "", Card.Pool(type, flags));
        if (random.Next(4) == 0)
        {
            race.Scratch(Ticket - 1, (byte)random.Next(1, runners + 1));
        }

        race.Finish = Finish(random, race);
        return Line(random, race, type, isOrdered);
    }

    /// <summary>Unit bets that the rules of acceptance count; 0 when they refuse the line. Picks are checked as if they had been named.</summary>
    public static long Accept(Race race, WagerLine line, byte[] picks)
    {
        var named = picks.Length == 0 ? line : line with { Spot = false, Bases = [.. line.Bases, .. picks] };
        var wager = new WagerBody(Card.Body([named]));
        wager.TryNext(out var view);
        var rule = BetRules.Find(BetTypes.TypeOf(line.Pool))!.Value;
        return SelectionRules.Check(race, race.Pools[0], rule, in view, out long combinations, out _).IsAccepted ? combinations : 0;
    }

    public static void ScratchLater(Random random, Race race)
    {
        for (int i = random.Next(4); i > 1; i--)
        {
            byte runner = (byte)random.Next(1, race.RunnerCount + 1);
            if (!race.IsScratched(runner))
            {
                race.Scratch(Ticket + 1, runner);
            }
        }

        race.Finish = Finish(random, race);
    }

    /// <summary>What the result makes payable, and the same with non-runners.</summary>
    public static IEnumerable<PayableCombination[]> Payables(Random random, Race race, byte risk)
    {
        var pool = race.Pools[0];
        var found = PayableRules.Of(pool, race.Finish, race.RunnerCount, race.ScratchedMask).Payables;
        yield return found;
        if (race.ScratchedMask != 0 && risk == 0)
        {
            yield return
            [
                .. found.Where(static payable => payable.Rank <= PayRank.Disorder).Select(payable => WithNonRunner(random, payable, race.ScratchedMask))
                    .DistinctBy(static payable => (payable.Rank, string.Join('-', payable.Runners.Where(static runner => runner != 0)))),
            ];
        }
    }

    /// <summary>Runners not scratched in any order, some of them in dead heats, some not classified.</summary>
    public static FinishPlace[] Finish(Random random, Race race)
    {
        byte[] order = Runners(race);
        random.Shuffle(order);
        int classified = random.Next(5) == 0 ? random.Next(order.Length + 1) : order.Length;
        var finish = new FinishPlace[classified];
        for (int i = 0; i < classified; i++)
        {
            bool isDeadHeat = i > 0 && random.Next(5) == 0;
            finish[i] = new FinishPlace(order[i], isDeadHeat ? finish[i - 1].Place : (byte)(i + 1));
        }

        return finish;
    }

    private static byte[] Runners(Race race) =>
        [.. Enumerable.Range(1, race.RunnerCount).Select(static runner => (byte)runner).Where(runner => !race.IsScratched(runner))];

    private static PayableCombination WithNonRunner(Random random, PayableCombination payable, uint scratched)
    {
        byte[] runners = [.. payable.Runners];
        runners[random.Next(runners.Length)] = 0;
        return payable with { Runners = runners, Others = scratched };
    }

    private static (Race Race, WagerLine Line, byte[] Picks) Line(Random random, Race race, BetType type, bool isOrdered)
    {
        byte risk = type is BetType.Multi or BetType.MiniMulti ? (byte)random.Next(4, 8) : (byte)0;
        int unit = BetRules.Find(type)!.Value.UnitRunners(risk);
        byte[] runners = Runners(race);
        random.Shuffle(runners);
        var formula = unit == 1 ? Formula.Unit : (Formula)random.Next(1, 5);
        int bases = formula switch
        {
            Formula.Unit => unit,
            Formula.Combined => random.Next(unit, Math.Max(unit, runners.Length)) + 1,
            _ => random.Next(1, unit),
        };
        bases = Math.Min(bases, runners.Length);
        bool allOrders = isOrdered && random.Next(3) == 0;
        byte[] named = runners[..bases];
        byte[] associates = formula == Formula.ReducedField ? runners[bases..Math.Min(runners.Length, bases + random.Next(1, 5))] : [];
        byte complement = bases + associates.Length < runners.Length && random.Next(3) == 0 ? runners[^1] : (byte)0;
        byte[] picks = [];
        if (formula is Formula.Unit or Formula.Combined && random.Next(4) == 0)
        {
            int kept = random.Next(named.Length);
            (named, picks) = (named[..kept], named[kept..]);
        }
        else if (isOrdered && formula >= Formula.ReducedField && !(allOrders && random.Next(2) == 0))
        {
            named = Spread(random, named, unit);
        }

        var line = new WagerLine(
            Card.Id, race.Pools[0].Number, formula, allOrders, picks.Length > 0, risk, complement, StakeForm.Multiple, 1, 0, named, associates, []);
        return (race, line, picks);
    }

    private static byte[] Spread(Random random, byte[] named, int unit)
    {
        int[] places = [.. Enumerable.Range(0, unit)];
        random.Shuffle(places);
        byte[] spread = new byte[unit];
        for (int i = 0; i < named.Length; i++)
        {
            spread[places[i]] = named[i];
        }

        return spread;
    }
}
