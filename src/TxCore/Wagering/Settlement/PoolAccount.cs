using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>What the first pass counted in a pool, in cents: to be compared with the running totals of the deciding thread.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="TakenCents">
/// Prices of the lines on the pool, and first stakes of reports: what <see cref="Pool.TakenCents"/> less <see cref="Pool.UndoneCents"/> holds.
/// </param>
/// <param name="CarriedCents">Stakes that reports carried in out of published races: what <see cref="Pool.ReportCents"/> holds.</param>
public readonly record struct PoolCount(ushort Pool, long TakenCents, long CarriedCents)
{
    /// <summary>All stakes that stand, in cents.</summary>
    public long GrossCents => checked(TakenCents + CarriedCents);
}

/// <summary>The money of one pool through the two passes of a settlement (<c>domain.md</c> section 1.8).</summary>
internal sealed class PoolAccount(Pool pool, PayableCombination[] payables, bool isRefunded, bool paysNonRunners)
{
    private readonly long[] _stakeHundredths = new long[payables.Length];
    private long _takenCents;
    private long _carriedCents;
    private long _refundCents;
    private long _takeoutCents;
    private bool _isRefunded = isRefunded;
    private bool _isCarriedOver;
    private long _paidGrossCents;
    private long _paidRefundCents;
    private long _winnersCents;

    /// <summary>The pool.</summary>
    public Pool Pool { get; } = pool;

    /// <summary>Its bet type; null when it is not sold here.</summary>
    public BetRule? Rule { get; } = BetRules.Find(BetTypes.TypeOf(pool.Number));

    /// <summary>What was counted.</summary>
    public PoolCount Counted => new(Pool.Number, _takenCents, _carriedCents);

    /// <summary>The settlement with its dividends, and no winners yet; set between the passes.</summary>
    public PoolSettlement? Draft { get; private set; }

    /// <summary>True when there is nothing to pay, nothing to refund and nowhere to carry the money over to.</summary>
    public bool HasNoOutcome => payables.Length == 0 && !_isRefunded && !Pool.CarriesOver;

    private PoolMass Mass => new(Counted.GrossCents, _refundCents, Pool.CarryInCents, Pool.TakeoutBasisPoints);

    /// <summary>First pass: counts a stake, what of it is refunded, and what of it is on each payable combination.</summary>
    public void Count(in LineCoverage coverage, long stakeHundredths, long stakeCents, bool isCarried)
    {
        checked
        {
            _takenCents += isCarried ? 0 : stakeCents;
            _carriedCents += isCarried ? stakeCents : 0;
        }

        if (_isRefunded)
        {
            return;
        }

        checked
        {
            _refundCents += LineMoney.ScratchRefund(in coverage, stakeHundredths, paysNonRunners);
            for (int i = 0; i < payables.Length; i++)
            {
                _stakeHundredths[i] += coverage.UnitsOn(payables[i], payables) * stakeHundredths;
            }
        }
    }

    /// <summary>Between the passes: tells the dividends.</summary>
    /// <param name="strategy">Where they come from.</param>
    /// <param name="isOfficial">They are given: combinations that nobody here played stay listed, and nothing follows from that.</param>
    public void Decide(IDividendStrategy strategy, bool isOfficial)
    {
        var dividends = new long[payables.Length];
        bool hasWinners = isOfficial ? payables.Length > 0 : Array.Exists(_stakeHundredths, static stake => stake != 0);
        if (Counted.GrossCents == 0)
        {
            _isCarriedOver = true;
        }
        else if (!_isRefunded && hasWinners)
        {
            _takeoutCents = strategy.Split(Pool, Mass, payables, _stakeHundredths, dividends);
        }
        else if (!_isRefunded && Pool.CarriesOver)
        {
            _isCarriedOver = true;
            _takeoutCents = Mass.TakeoutCents;
        }
        else
        {
            _isRefunded = true;
        }

        Draft = Settle(PaidOf(dividends, isOfficial), default);
    }

    /// <summary>Second pass: pays a line.</summary>
    public void Pay(in LineCoverage coverage, long stakeHundredths, long stakeCents)
    {
        var (gain, refund) = LineMoney.Value(in coverage, stakeHundredths, stakeCents, Draft!);
        Pay(stakeCents, gain, refund);
    }

    /// <summary>Second pass: pays what was worked out already.</summary>
    public void Pay(long stakeCents, long gainCents, long refundCents)
    {
        checked
        {
            _paidGrossCents += stakeCents;
            _winnersCents += gainCents;
            _paidRefundCents += refundCents;
        }
    }

    /// <summary>The settlement to the cent; <paramref name="fault"/> tells when the second pass did not see what the first one did.</summary>
    public PoolSettlement Complete(IDividendStrategy strategy, out string? fault)
    {
        long refund = Draft!.RefundCents;
        fault = _paidGrossCents == Counted.GrossCents && _paidRefundCents == refund
            ? null
            : $"pool {Pool.Number}: the second reading found stakes of {_paidGrossCents} and refunds of {_paidRefundCents} cents, "
                + $"the first {Counted.GrossCents} and {refund}";
        bool isShared = !_isRefunded && !_isCarriedOver;
        return Settle(Draft.Payables, isShared ? strategy.Close(Mass, _takeoutCents, _winnersCents) : new PoolClose(_takeoutCents, 0, 0));
    }

    private PayableCombination[] PaidOf(long[] dividends, bool isOfficial)
    {
        var paid = new List<PayableCombination>(payables.Length);
        for (int i = 0; i < payables.Length; i++)
        {
            long dividend = isOfficial ? payables[i].DividendCents : dividends[i];
            if (dividend != 0 && !_isRefunded)
            {
                paid.Add(payables[i] with { DividendCents = dividend, StakeCents = _stakeHundredths[i] / 100 });
            }
        }

        return [.. paid];
    }

    private PoolSettlement Settle(PayableCombination[] paid, PoolClose close)
    {
        long refund = _isRefunded ? Counted.GrossCents : _refundCents;
        // A refunded pool has nothing to share out: what was carried in goes on as it came.
        long carryOver = _isRefunded ? Pool.CarryInCents : _isCarriedOver ? Mass.SharedCents(_takeoutCents) : 0;
        return new PoolSettlement(
            Pool.Number, _isRefunded, paysNonRunners, Counted.TakenCents, Counted.CarriedCents, Pool.CarryInCents, refund, close.TakeoutCents,
            _winnersCents, close.BreakageCents, close.TopUpCents, carryOver, paid);
    }
}
