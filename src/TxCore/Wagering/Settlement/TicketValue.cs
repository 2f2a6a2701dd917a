using TxCore.Protocol;
using TxCore.Wagering.Reports;

namespace TxCore.Wagering.Settlement;

/// <summary>Whether a ticket's money can be told.</summary>
public enum TicketStanding
{
    /// <summary>A race of it, a leg's included, is neither published nor void.</summary>
    Pending,

    /// <summary>A race of it is closed: the time for payment is over.</summary>
    Expired,

    /// <summary>Its moves are told; none when it lost.</summary>
    Valued,
}

/// <summary>
/// What a ticket gets (<c>domain.md</c> sections 1.6 to 1.9): gains and refunds, line by line, searched for in the published combinations.
/// Runs on the deciding thread: it allocates nothing and enumerates no combinations.
/// </summary>
public static class TicketValue
{
    /// <summary>Values a ticket.</summary>
    /// <param name="body">Its stored body: the canonical wager, followed by the host's picks if there are any.</param>
    /// <param name="ticketNumber">Its number.</param>
    /// <param name="races">Races by <see cref="RaceId.Value"/>.</param>
    /// <param name="moves">
    /// Receives the moves that are not nothing, one for each line and one for each leg of a report; room for
    /// <see cref="MoneyMove.TicketMax"/>.
    /// </param>
    /// <param name="count">Number of moves; 0 unless it could be valued.</param>
    public static TicketStanding Of(
        ReadOnlySpan<byte> body, long ticketNumber, IReadOnlyDictionary<long, Race> races, Span<MoneyMove> moves, out int count)
    {
        count = 0;
        var standing = StandingOf(body, races);
        if (standing != TicketStanding.Valued)
        {
            return standing;
        }

        var wager = new WagerBody(body);
        var picks = WagerPicks.Of(in wager);
        for (int number = 1; wager.TryNext(out var line); number++)
        {
            if (BetTypes.TypeOf(line.Pool) == BetType.Report)
            {
                AddReport(in line, ticketNumber, races, moves, ref count);
            }
            else
            {
                Add(LineMove(in line, picks.For(number), ticketNumber, races[line.Race.Value]), moves, ref count);
            }
        }

        return standing;
    }

    private static TicketStanding StandingOf(ReadOnlySpan<byte> body, IReadOnlyDictionary<long, Race> races)
    {
        var standing = TicketStanding.Valued;
        var wager = new WagerBody(body);
        while (wager.TryNext(out var line))
        {
            if (line.LegCount == 0)
            {
                Note(races, line.Race, line.Pool, isLeg: false, ref standing);
            }

            var legs = line.Legs;
            while (legs.TryNext(out var leg))
            {
                Note(races, line.Race with { Race = leg.Race }, leg.Pool, isLeg: true, ref standing);
            }
        }

        return standing;
    }

    /// <summary>
    /// A closed race tells most; else a race without the settlement of the pool makes the ticket wait. A void race refunds its lines at once,
    /// but what a leg carries out of it is told by its publication only.
    /// </summary>
    private static void Note(IReadOnlyDictionary<long, Race> races, RaceId id, ushort pool, bool isLeg, ref TicketStanding standing)
    {
        races.TryGetValue(id.Value, out var race);
        if (race is null || RaceStandings.Of(race) == RaceStanding.Expired)
        {
            standing = TicketStanding.Expired;
        }
        else if (standing != TicketStanding.Expired && (race?.FindPool(pool) is null
            || !RaceStandings.TryFind(race, pool, out var settled) || (isLeg && settled is null)))
        {
            standing = TicketStanding.Pending;
        }
    }

    private static MoneyMove LineMove(in WagerLineView line, ReadOnlySpan<byte> picks, long ticketNumber, Race race)
    {
        if (RaceStandings.Of(race) == RaceStanding.Void)
        {
            return new MoneyMove(line.Race, line.Pool, 0, line.AmountCents);
        }

        var pool = race.FindPool(line.Pool)!;
        var rule = BetRules.Find(BetTypes.TypeOf(line.Pool))!.Value;
        var coverage = new LineCoverage(in line, picks, pool, rule, RaceRunners.Of(race, ticketNumber));
        long stakeHundredths = LineMoney.StakeHundredths(in line, pool);
        var (gain, refund) = LineMoney.Value(in coverage, stakeHundredths, line.AmountCents, race.Settlement!.Find(line.Pool)!);
        return new MoneyMove(line.Race, line.Pool, gain, refund);
    }

    private static void AddReport(
        in WagerLineView line, long ticketNumber, IReadOnlyDictionary<long, Race> races, Span<MoneyMove> moves, ref int count)
    {
        var walk = new ReportWalk(in line, ticketNumber, races);
        while (walk.MoveNext())
        {
            RaceStandings.TryFind(walk.Race, walk.Leg.Pool, out var pool);
            walk.Settle(pool);
            Add(new MoneyMove(walk.Race.Id, walk.Leg.Pool, walk.AcquiredGainCents, walk.AcquiredRefundCents), moves, ref count);
        }
    }

    private static void Add(MoneyMove move, Span<MoneyMove> moves, ref int count)
    {
        if (!move.IsNothing)
        {
            moves[count++] = move;
        }
    }
}
