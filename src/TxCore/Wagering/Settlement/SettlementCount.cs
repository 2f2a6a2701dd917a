using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering.Reports;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// Settles a race from its standing tickets (<c>domain.md</c> sections 1.6 to 1.9), beside the ring, in two passes over the same tickets:
/// the first counts the stakes, then <see cref="BeginPay"/> tells the dividends, and the second counts what every line will be paid, rounded
/// as it will be paid. Everything it is given must be copies that nobody changes meanwhile.
/// </summary>
/// <remarks>
/// A ticket belongs to the run when a line of it is on the race, or a leg of a report of it. A race that is cancelled or postponed to another
/// day may be run through too: all its pools are refunded, and what its reports carry on is told.
/// </remarks>
public sealed class SettlementCount
{
    private readonly Race _card;
    private readonly Dictionary<long, Race> _races;
    private readonly Dictionary<ushort, PoolAccount> _accounts = [];
    private readonly SortedDictionary<(long Race, ushort Pool, ushort FromPool), long> _carried = [];
    private readonly IDividendStrategy _strategy;
    private readonly HashSet<ushort> _given;
    private readonly bool _isOfficial;
    private bool _isPaying;
    private string? _fault;

    private SettlementCount(Race card, IReadOnlyDictionary<long, Race> meeting, DividendMethod method, OfficialPool[] official)
    {
        _card = card;
        _races = new Dictionary<long, Race>(meeting) { [card.Id.Value] = card };
        _isOfficial = method == DividendMethod.Official && !IsVoid;
        _strategy = _isOfficial ? new OfficialListStrategy() : new EqualSplitStrategy();
        _given = [.. official.Select(static pool => pool.Pool)];
        _fault = _isOfficial ? OfficialRules.CheckList(card, official) : null;
        foreach (var pool in card.Pools.Where(static pool => BetTypes.TypeOf(pool.Number) != BetType.Report))
        {
            _accounts.Add(pool.Number, Open(pool, Array.Find(official, given => given.Pool == pool.Number)));
        }
    }

    /// <summary>A race that an earlier leg of a report is on and that is not published: this one must wait for it. Null when none is.</summary>
    public RaceId? WaitsFor { get; private set; }

    /// <summary>What the first pass counted, pool by pool.</summary>
    public IEnumerable<PoolCount> Counted => _accounts.Values.Select(static account => account.Counted);

    private bool IsVoid => RaceStandings.Of(_card) == RaceStanding.Void;

    /// <summary>Starts a run; null and a fault when the official dividends do not fit the race, or its result makes too many combinations.</summary>
    /// <param name="card">A copy of the race: runners, scratches, pools with what was carried in, result, status.</param>
    /// <param name="meeting">Copies of the other races that legs of its reports are on, by <see cref="RaceId.Value"/>.</param>
    /// <param name="method">Where the dividends come from.</param>
    /// <param name="official">The official dividends; empty for the equal split.</param>
    /// <param name="fault">What is wrong, or null.</param>
    public static SettlementCount? Start(
        Race card, IReadOnlyDictionary<long, Race> meeting, DividendMethod method, OfficialPool[] official, out string? fault)
    {
        var count = new SettlementCount(card, meeting, method, official);
        fault = count._fault;
        return fault is null ? count : null;
    }

    /// <summary>Adds every line of a standing ticket that is on the race; the same tickets in both passes, in any order.</summary>
    /// <param name="ticketNumber">Its number.</param>
    /// <param name="body">Its stored body: the canonical wager, followed by the host's picks if there are any.</param>
    public void AddTicket(long ticketNumber, ReadOnlySpan<byte> body)
    {
        var wager = new WagerBody(body);
        var picks = WagerPicks.Of(in wager);
        for (int number = 1; wager.TryNext(out var line); number++)
        {
            Add(ticketNumber, in line, picks.For(number));
        }
    }

    /// <summary>Adds a line of a standing ticket; one that does not touch the race is passed over.</summary>
    public void Add(long ticketNumber, in WagerLineView line, ReadOnlySpan<byte> picks)
    {
        if (BetTypes.TypeOf(line.Pool) == BetType.Report)
        {
            AddReport(ticketNumber, in line);
        }
        else if (line.Race == _card.Id)
        {
            AddLine(ticketNumber, in line, picks);
        }
    }

    /// <summary>Ends the first pass: tells the dividends and starts the second.</summary>
    public void BeginPay()
    {
        if (_isPaying)
        {
            throw new InvalidOperationException($"The settlement of race {_card.Id} is paying already.");
        }

        _isPaying = true;
        foreach (var account in _accounts.Values)
        {
            if (_isOfficial)
            {
                CheckGiven(account);
            }

            account.Decide(_strategy, _isOfficial);
        }
    }

    /// <summary>Ends the second pass; null and a fault when it cannot be settled.</summary>
    /// <param name="basis">Number of the last entry that changed the race's card or result.</param>
    /// <param name="fault">What is wrong, or null.</param>
    public RaceSettlement? Complete(long basis, out string? fault)
    {
        if (!_isPaying)
        {
            throw new InvalidOperationException($"The settlement of race {_card.Id} has not been paid yet.");
        }

        var pools = new List<PoolSettlement>(_card.Pools.Length);
        foreach (var pool in _card.Pools)
        {
            if (_accounts.TryGetValue(pool.Number, out var account))
            {
                pools.Add(account.Complete(_strategy, out string? differs));
                _fault ??= differs;
            }
        }

        _fault ??= WaitsFor is { } earlier ? $"race {earlier} is not published, and reports carry gains out of it" : null;
        fault = _fault;
        return fault is null
            ? new RaceSettlement(basis, [.. pools], [.. _carried.Select(static entry => CarriedOf(entry.Key, entry.Value))])
            : null;
    }

    private static CarriedStake CarriedOf((long Race, ushort Pool, ushort FromPool) key, long cents) =>
        new(RaceId.FromValue(key.Race), key.Pool, key.FromPool, cents);

    private PoolAccount Open(Pool pool, OfficialPool? given)
    {
        if (IsVoid)
        {
            return new PoolAccount(pool, [], isRefunded: true, paysNonRunners: false);
        }

        if (_isOfficial)
        {
            string? unfit = null;
            var listed = given is null ? [] : OfficialRules.Payables(_card, pool, given, out unfit);
            _fault ??= unfit;
            return new PoolAccount(pool, listed, given is { IsRefunded: true }, given is { PaysNonRunners: true });
        }

        var found = PayableRules.Of(pool, _card.Finish, _card.RunnerCount, _card.ScratchedMask);
        _fault ??= found.Fault;
        return new PoolAccount(pool, found.Payables, found.IsRefunded, paysNonRunners: false);
    }

    /// <summary>A pool with stakes needs its dividends, its refund, or, when nobody anywhere won it, a rule that carries it over.</summary>
    private void CheckGiven(PoolAccount account)
    {
        if (account.Counted.GrossCents == 0)
        {
            return;
        }

        ushort number = account.Pool.Number;
        if (!_given.Contains(number))
        {
            _fault ??= $"pool {number} was bet on and is not in the official list";
        }
        else if (account.HasNoOutcome)
        {
            _fault ??= $"pool {number} has neither dividends nor a refund";
        }
    }

    private void AddLine(long ticketNumber, in WagerLineView line, ReadOnlySpan<byte> picks)
    {
        if (!_accounts.TryGetValue(line.Pool, out var account) || account.Rule is not { } rule)
        {
            _fault ??= $"ticket {ticketNumber} is on pool {line.Pool}, which is not one of race {_card.Id}";
            return;
        }

        var coverage = new LineCoverage(in line, picks, account.Pool, rule, RaceRunners.Of(_card, ticketNumber));
        long stakeHundredths = LineMoney.StakeHundredths(in line, account.Pool);
        if (_isPaying)
        {
            account.Pay(in coverage, stakeHundredths, line.AmountCents);
            return;
        }

        if ((Int128)coverage.Units * stakeHundredths != (Int128)line.AmountCents * 100)
        {
            _fault ??= $"ticket {ticketNumber} covers {coverage.Units} unit bets of pool {line.Pool}, which do not make its price";
        }

        account.Count(in coverage, stakeHundredths, line.AmountCents, isCarried: false);
    }

    private void AddReport(long ticketNumber, in WagerLineView line)
    {
        if (!TouchesRace(in line) || !HasAllPools(ticketNumber, in line))
        {
            return;
        }

        var walk = new ReportWalk(in line, ticketNumber, _races);
        while (walk.MoveNext())
        {
            if (walk.Race.Id == _card.Id)
            {
                if (walk.IsFirst && walk.StakeCents != line.AmountCents)
                {
                    _fault ??= $"ticket {ticketNumber} holds a report whose first stake of {walk.StakeCents} cents is not its price";
                }

                AddLeg(ref walk);
                return;
            }

            if (!RaceStandings.TryFind(walk.Race, walk.Leg.Pool, out var settled) || settled is null)
            {
                WaitsFor ??= walk.Race.Id;
                return;
            }

            walk.Settle(settled);
        }
    }

    private void AddLeg(ref ReportWalk walk)
    {
        var account = _accounts[walk.Leg.Pool];
        if (!_isPaying)
        {
            var coverage = walk.Coverage();
            account.Count(in coverage, checked(walk.StakePerBetCents * 100), walk.StakeCents, isCarried: !walk.IsFirst);
            return;
        }

        walk.Settle(account.Draft);
        account.Pay(walk.StakeCents, walk.GainCents, walk.RefundCents);
        if (walk.CarriedCents > 0)
        {
            Carry(walk.NextRace, walk.NextPoolNumber, walk.Leg.Pool, walk.CarriedCents);
        }
    }

    private void Carry(RaceId race, ushort pool, ushort fromPool, long cents)
    {
        var key = (race.Value, pool, fromPool);
        _carried[key] = checked(_carried.GetValueOrDefault(key) + cents);
    }

    private bool TouchesRace(in WagerLineView line)
    {
        if (line.Race.Day != _card.Id.Day || line.Race.Meeting != _card.Id.Meeting)
        {
            return false;
        }

        var legs = line.Legs;
        while (legs.TryNext(out var leg))
        {
            if (leg.Race == _card.Id.Race)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasAllPools(long ticketNumber, in WagerLineView line)
    {
        bool hasAll = true;
        var legs = line.Legs;
        while (legs.TryNext(out var leg))
        {
            _races.TryGetValue((line.Race with { Race = leg.Race }).Value, out var race);
            hasAll &= race?.FindPool(leg.Pool) is not null;
        }

        if (!hasAll)
        {
            _fault ??= $"ticket {ticketNumber} holds a report on a race or pool that is not known";
        }

        return hasAll;
    }
}
