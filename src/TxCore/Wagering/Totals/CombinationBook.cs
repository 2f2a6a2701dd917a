using TxCore.Protocol;

namespace TxCore.Wagering.Totals;

/// <summary>
/// The stakes on every combination of a pool, in hundredths of a cent, behind the commit: what probable dividends are made of. Stakes that
/// reports carry in from earlier races are in the total only, for the settlement does not tell their combinations. A complement runner does
/// not move a stake. Thread-safe by a short lock; sums do not depend on the order in which stakes come and go.
/// </summary>
/// <param name="rule">What the bet type names.</param>
/// <param name="isOrdered">Order matters.</param>
internal sealed class CombinationBook(BetRule rule, bool isOrdered)
{
    /// <summary>Most combinations of a pool with stakes, 64 MB: every order of the first five of twenty runners, and more.</summary>
    public const int CombinationsMax = 2_000_000;

    private const int HundredthsPerCent = 100;
    private StakeTable? _table = new(CombinationsMax);

    /// <summary>Held while the table is read or changed.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The stakes; null once there were more combinations than may be kept. Read under <see cref="Gate"/>.</summary>
    public StakeTable? Table => _table;

    /// <summary>What the bet type names.</summary>
    public BetRule Rule => rule;

    /// <summary>Order matters.</summary>
    public bool IsOrdered => isOrdered;

    /// <summary>Stakes on a combination, in hundredths of a cent.</summary>
    public long this[ulong key]
    {
        get
        {
            lock (Gate)
            {
                return _table?[key] ?? 0;
            }
        }
    }

    /// <summary>Takes a line in (<paramref name="sign"/> 1) or out again (-1).</summary>
    public void Add(in WagerLineView line, ReadOnlySpan<byte> picks, uint running, int sign)
    {
        Span<byte> named = stackalloc byte[line.Bases.Length + picks.Length];
        line.Bases.CopyTo(named);
        picks.CopyTo(named[line.Bases.Length..]);
        Add(new LineExpansion(rule, isOrdered, in line, named, running), line.AmountCents, sign);
    }

    /// <summary>Takes the first leg of a report in or out again: the stake in equal parts on its bets.</summary>
    public void Add(in WagerLeg leg, long amountCents, int sign) => Add(new LineExpansion(rule, in leg), amountCents, sign);

    /// <summary>Takes in all stakes of another book of the same pool.</summary>
    public void Add(CombinationBook other)
    {
        lock (other.Gate)
        {
            lock (Gate)
            {
                if (other._table is null)
                {
                    _table = null;
                    return;
                }

                var sink = new Sink(_table, 0);
                foreach (ref readonly var slot in other._table.Slots)
                {
                    sink.Stake = slot.Stake;
                    if (slot.Stake != 0)
                    {
                        sink.Take(slot.Key);
                    }
                }

                _table = sink.Table;
            }
        }
    }

    private void Add(in LineExpansion expansion, long amountCents, int sign)
    {
        if (expansion.Count == 0)
        {
            return;
        }

        lock (Gate)
        {
            var sink = new Sink(_table, sign * checked(amountCents * HundredthsPerCent / expansion.Count));
            expansion.List(ref sink);
            _table = sink.Table;
        }
    }

    /// <summary>Puts the same stake on each unit bet; once the table is full it is given up.</summary>
    private struct Sink(StakeTable? table, long stake) : ICombinationSink
    {
        public StakeTable? Table = table;
        public long Stake = stake;

        public void Take(ulong key)
        {
            if (Table is { } table && !table.TryAdd(key, Stake))
            {
                Table = null;
            }
        }
    }
}
