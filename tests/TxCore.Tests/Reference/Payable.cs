using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>A combination that is paid.</summary>
internal sealed class Payable(PayRank rank, byte risk, byte[] runners, HashSet<byte> others)
{
    public PayRank Rank { get; } = rank;

    public byte Risk { get; } = risk;

    public byte[] Runners { get; } = runners;

    /// <summary>The runners that may be named besides.</summary>
    public HashSet<byte> Others { get; } = others;

    /// <summary>Stakes on it, in hundredths of a cent.</summary>
    public BigInteger Stakes { get; set; }

    /// <summary>Cents for one euro; 0 where nothing is staked.</summary>
    public long DividendCents { get; set; }

    /// <summary>True when a unit bet is rewarded; <paramref name="isExact"/> when its order is one of those that count as exact.</summary>
    public bool Rewards(byte[] unit, byte risk, bool isExact)
    {
        if (risk != Risk)
        {
            return false;
        }

        return Rank switch
        {
            PayRank.Order => unit.AsSpan().SequenceEqual(Runners),
            PayRank.Disorder => !isExact && IsSame(unit),
            _ when Others.Count == 0 => IsSame(unit),
            _ => Array.TrueForAll(Runners, runner => unit.Contains(runner))
                && Array.TrueForAll(unit, runner => Runners.Contains(runner) || Others.Contains(runner)),
        };
    }

    private bool IsSame(byte[] unit) => unit.Length == Runners.Length && Array.TrueForAll(Runners, runner => unit.Contains(runner));
}

/// <summary>
/// Which combinations are payable (<c>domain.md</c> sections 1.3, 1.6). A dead heat stands for every order of its runners: all of them are
/// made, and what comes first in any of them is payable.
/// </summary>
internal static class Payables
{
    /// <summary>The payable combinations; none when the pool is refunded.</summary>
    public static List<Payable> Of(ReferenceRace race, ReferencePool pool)
    {
        byte[] running = race.RunnersLeft();
        return pool.Type switch
        {
            BetType.Win => AnyOrder(Single(race, 1)),
            BetType.Place => AnyOrder(Single(race, race.RunnerCount < 4 ? 0 : race.RunnerCount < 8 ? 2 : 3)),
            BetType.QuinellaPlace => AnyOrder(Pairs(race, 3)),
            BetType.TwoOfFour => AnyOrder(running.Length < 5 ? [] : Pairs(race, 4)),
            BetType.Multi or BetType.MiniMulti =>
            [
                .. Sets(race, 4).SelectMany(set => pool.Definition.Risks.Where(static risk => risk >= 4).Distinct()
                    .Select(risk => new Payable(PayRank.AnyOrder, risk, set, [.. running]))),
            ],
            BetType.Report => [],
            _ => FirstOnes(race, pool, running),
        };
    }

    private static List<Payable> FirstOnes(ReferenceRace race, ReferencePool pool, byte[] running)
    {
        int k = UnitBets.Runners(pool.Type, 0);
        var sets = Sets(race, k);
        if (sets.Count == 0)
        {
            return [];
        }

        bool hasDisorder = pool.Type is BetType.Tierce or BetType.QuartePlus or BetType.QuintePlus;
        bool hasOrder = hasDisorder || pool.Type is BetType.Exacta or BetType.Trifecta or BetType.SuperFour;
        List<Payable> found = [];
        if (pool.IsOrdered && hasOrder)
        {
            found.AddRange(First(race.Finish, k).Select(static sequence => new Payable(PayRank.Order, 0, sequence, [])));
            found.AddRange(hasDisorder ? sets.Select(static set => new Payable(PayRank.Disorder, 0, set, [])) : []);
        }
        else
        {
            found.AddRange(AnyOrder(sets));
        }

        if (pool.Type == BetType.QuintePlus)
        {
            found.AddRange(Sets(race, 4).Select(set => new Payable(PayRank.BonusFour, 0, set, [.. running.Except(Within(race, 5))])));
        }

        if (pool.Type is BetType.QuintePlus or BetType.QuartePlus)
        {
            found.AddRange(Sets(race, 3).Select(set => new Payable(PayRank.BonusThree, 0, set, [.. running.Except(Within(race, 4))])));
        }

        // A bonus needs runners that may fill it up; with none there is no unit bet for it.
        found.RemoveAll(static payable => payable.Rank is PayRank.BonusFour or PayRank.BonusThree && payable.Others.Count == 0);
        return found;
    }

    private static List<Payable> AnyOrder(List<byte[]> sets) => [.. sets.Select(static set => new Payable(PayRank.AnyOrder, 0, set, []))];

    private static List<byte[]> Single(ReferenceRace race, int places) =>
        places == 0 ? [] : [.. Within(race, places).Select(static runner => new[] { runner })];

    /// <summary>Runners that can be among the first ones.</summary>
    private static byte[] Within(ReferenceRace race, int places) =>
        [.. First(race.Finish, Math.Min(places, race.Finish.Length)).SelectMany(static sequence => sequence).Distinct()];

    /// <summary>Pairs that can both be among the first ones.</summary>
    private static List<byte[]> Pairs(ReferenceRace race, int places) => Distinct(
        First(race.Finish, Math.Min(places, race.Finish.Length)).SelectMany(static sequence => UnitBets.Subsets(sequence, 2)));

    /// <summary>Sets that can be the first ones; none when fewer are classified.</summary>
    private static List<byte[]> Sets(ReferenceRace race, int places) => Distinct(First(race.Finish, places));

    private static List<byte[]> Distinct(IEnumerable<byte[]> sequences) =>
        [.. sequences.Select(static sequence => sequence.Order().ToArray()).DistinctBy(static set => Convert.ToHexString(set))];

    /// <summary>Every sequence that can be the first ones, dead heats resolved in every way.</summary>
    private static IEnumerable<byte[]> First(FinishPlace[] finish, int places)
    {
        if (places == 0 || finish.Length < places)
        {
            yield break;
        }

        byte best = finish.Min(static place => place.Place);
        foreach (var first in finish.Where(place => place.Place == best))
        {
            if (places == 1)
            {
                yield return [first.Runner];
                continue;
            }

            foreach (byte[] rest in First([.. finish.Where(place => place.Runner != first.Runner)], places - 1))
            {
                yield return [first.Runner, .. rest];
            }
        }
    }
}
