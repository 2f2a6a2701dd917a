using TxCore.Protocol;

namespace TxCore.Wagering.Totals;

/// <summary>A race on the totals board: its card and running totals, the books of its pools, and the view that readers see.</summary>
internal sealed class RaceTotals
{
    private volatile RaceView _view;

    /// <param name="race">Its card and totals, of the board alone.</param>
    /// <param name="areBooksWhole">True when no wager on it can be missing in the books.</param>
    public RaceTotals(Race race, bool areBooksWhole)
    {
        Race = race;
        AreBooksWhole = areBooksWhole;
        Books = Array.ConvertAll(race.Pools, pool => IsOver ? null : MakeBook(pool));
        _view = MakeView();
    }

    /// <summary>Card and totals.</summary>
    public Race Race { get; }

    /// <summary>The books, by the index of the pool; null for a bet that has none, and once the race is over.</summary>
    public CombinationBook?[] Books { get; }

    /// <summary>False until the wagers of before the start are in the books.</summary>
    public bool AreBooksWhole { get; set; }


    /// <summary>What readers see.</summary>
    public RaceView View => _view;

    /// <summary>Nothing can be won any more that is not told already.</summary>
    public bool IsOver => IsOverAt(Race.Status);

    /// <summary>A copy of a race, so that the board never looks at what decide changes.</summary>
    public static Race Copy(Race race)
    {
        var copy = new Race(race.Id)
        {
            Status = race.Status,
            RunnerCount = race.RunnerCount,
            ScratchedMask = race.ScratchedMask,
            Pools = Array.ConvertAll(race.Pools, static pool => pool with { }),
            Settlement = race.Settlement,
            DefinedOn = race.DefinedOn,
        };
        race.ScratchedBy.CopyTo(copy.ScratchedBy, 0);
        return copy;
    }

    /// <summary>The book of a pool; null when it has none.</summary>
    public CombinationBook? FindBook(ushort pool) => Array.FindIndex(Race.Pools, one => one.Number == pool) is var at and >= 0 ? Books[at] : null;

    /// <summary>Gives up the books of a race that is over.</summary>
    public void CloseBooks() => Array.Clear(Books);

    /// <summary>Takes in the books that were counted beside.</summary>
    public void Merge(RaceTotals counted)
    {
        for (int i = 0; i < Books.Length; i++)
        {
            if (Books[i] is { } book && counted.Books[i] is { } earlier)
            {
                book.Add(earlier);
            }
        }

        AreBooksWhole = true;
    }

    /// <summary>Shows readers what changed.</summary>
    public void Publish()
    {
        _view = MakeView();
    }

    /// <summary>The runners in the race for the wager of a number: bit n for runner n.</summary>
    public uint RunningBefore(long number) => (((1u << Race.RunnerCount) - 1) << 1) & ~Race.ScratchedBefore(number);

    /// <summary>True for a race whose wagers are settled or given back.</summary>
    public static bool IsOverAt(RaceStatus status) => status > RaceStatus.Official;

    private static CombinationBook? MakeBook(Pool pool) =>
        BetRules.Find(BetTypes.TypeOf(pool.Number)) is { } rule ? new CombinationBook(rule, pool.IsOrdered) : null;

    private RaceView MakeView()
    {
        var pools = new PoolView[Race.Pools.Length];
        for (int i = 0; i < pools.Length; i++)
        {
            var pool = Race.Pools[i];
            pools[i] = new PoolView(
                pool, pool.GrossCents, pool.CarryInCents, AreBooksWhole ? Books[i] : null, Race.Settlement?.Find(pool.Number));
        }

        return new RaceView(Race.Id, Race.Status, Race.RunnerCount, Race.ScratchedMask, pools);
    }
}
