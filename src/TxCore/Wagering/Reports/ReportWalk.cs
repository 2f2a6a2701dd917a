using TxCore.Protocol;
using TxCore.Wagering.Settlement;

namespace TxCore.Wagering.Reports;

/// <summary>
/// Follows the money of a report (parlay) from leg to leg (<c>domain.md</c> section 1.9), without allocation: the caller moves to a leg,
/// settles it with what its race published, and moves on while anything was carried.
/// </summary>
/// <remarks>
/// Where the text is silent: refunds of scratched runners count as gains of 1.00; a leg whose race was cancelled or postponed, whose pool is
/// refunded, or all of whose bets are scratched carries its whole stake on, whatever its carry says; what is carried comes out of the gains
/// first and out of the refunds last; the limit of 1,000 times the minimum is that of the next leg's base stake, over all its bets.
/// </remarks>
internal ref struct ReportWalk
{
    private const int Percent = 100;

    private readonly IReadOnlyDictionary<long, Race> _races;
    private readonly long _ticketNumber;
    private readonly RaceId _first;
    private WagerLegs _legs;
    private WagerLeg _next;
    private bool _hasNext;
    private long _nextStakePerBetCents;

    /// <summary>Starts before the first leg.</summary>
    /// <param name="line">The report.</param>
    /// <param name="ticketNumber">Number of its ticket.</param>
    /// <param name="races">Races by <see cref="RaceId.Value"/>; those of the legs are among them, with the legs' pools.</param>
    public ReportWalk(in WagerLineView line, long ticketNumber, IReadOnlyDictionary<long, Race> races)
    {
        _races = races;
        _ticketNumber = ticketNumber;
        _first = line.Race;
        _legs = line.Legs;
        _hasNext = _legs.TryNext(out _next);
        _nextStakePerBetCents = _hasNext ? checked(line.Stake * NextPool().BaseStakeCents) : 0;
    }

    /// <summary>The leg.</summary>
    public WagerLeg Leg { get; private set; }

    /// <summary>Its race.</summary>
    public Race Race { get; private set; } = null!;

    /// <summary>True at the first leg.</summary>
    public bool IsFirst { get; private set; }

    /// <summary>The stake of each bet of the leg, in cents.</summary>
    public long StakePerBetCents { get; private set; }

    /// <summary>The stake of the leg, in cents.</summary>
    public long StakeCents { get; private set; }

    /// <summary>Gains of the leg, the part carried on included, in cents.</summary>
    public long GainCents { get; private set; }

    /// <summary>Refunds of the leg, the part carried on included, in cents.</summary>
    public long RefundCents { get; private set; }

    /// <summary>What the leg carries into the next one, in cents.</summary>
    public long CarriedCents { get; private set; }

    /// <summary>What the player keeps of the leg's gains, in cents.</summary>
    public readonly long AcquiredGainCents => Math.Max(GainCents - CarriedCents, 0);

    /// <summary>What the player keeps of the leg's refunds, in cents.</summary>
    public readonly long AcquiredRefundCents => RefundCents - Math.Max(CarriedCents - GainCents, 0);

    /// <summary>Identity of the next leg's race.</summary>
    public readonly RaceId NextRace => _first with { Race = _next.Race };

    /// <summary>Number of the next leg's pool.</summary>
    public readonly ushort NextPoolNumber => _next.Pool;

    /// <summary>Moves to the next leg with a stake; false when there is none.</summary>
    public bool MoveNext()
    {
        if (!_hasNext || _nextStakePerBetCents == 0)
        {
            return false;
        }

        IsFirst = Race is null;
        Race = _races[NextRace.Value];
        Leg = _next;
        StakePerBetCents = _nextStakePerBetCents;
        StakeCents = checked(StakePerBetCents * NextBets());
        _nextStakePerBetCents = 0;
        _hasNext = _legs.TryNext(out _next);
        GainCents = RefundCents = CarriedCents = 0;
        return true;
    }

    /// <summary>What the leg covers.</summary>
    public readonly LineCoverage Coverage() => new(Leg.Bases, ReportRules.RunnersOf(Leg.Pool), RaceRunners.Of(Race, _ticketNumber));

    /// <summary>Settles the leg: its gains, its refunds, and what it carries on.</summary>
    /// <param name="pool">The settlement of the leg's pool; null when its race is void.</param>
    public void Settle(PoolSettlement? pool)
    {
        bool carriesAll = true;
        GainCents = 0;
        RefundCents = StakeCents;
        if (pool is { IsRefunded: false })
        {
            var coverage = Coverage();
            long stakeHundredths = checked(StakePerBetCents * 100);
            GainCents = LineMoney.Gain(in coverage, stakeHundredths, pool.Payables);
            RefundCents = LineMoney.ScratchRefund(in coverage, stakeHundredths, pool.PaysNonRunners);
            carriesAll = RefundCents == StakeCents;
        }

        CarriedCents = _hasNext ? Carry(checked(GainCents + RefundCents), carriesAll) : 0;
    }

    private long Carry(long wonCents, bool carriesAll)
    {
        long minimumCents = NextPool().BaseStakeCents;
        long bets = NextBets();
        long wantedCents = Math.Min(carriesAll ? wonCents : Wanted(wonCents, minimumCents, bets), checked(ReportRules.MinimumsMax * minimumCents));
        long partCents = wantedCents / bets;
        if (partCents < minimumCents)
        {
            return 0;
        }

        _nextStakePerBetCents = partCents;
        return partCents * bets;
    }

    /// <summary>What the leg asks to carry: a percentage, the rest being rounded to the nearest cent, or a multiple of the minimum.</summary>
    private readonly long Wanted(long wonCents, long minimumCents, long bets) => Leg.CarryForm == ReportRules.CarryPercent
        ? wonCents - (checked((wonCents * (Percent - Leg.Carry)) + (Percent / 2)) / Percent)
        : Math.Min(wonCents, checked(Leg.Carry * minimumCents * bets));

    private readonly long NextBets() => Combinatorics.Binomial(_next.Bases.Length, ReportRules.RunnersOf(_next.Pool));

    private readonly Pool NextPool() => _races[NextRace.Value].FindPool(_next.Pool)
        ?? throw new InvalidOperationException($"Race {NextRace} has no pool {_next.Pool}, which a report of ticket {_ticketNumber} bets on.");
}
