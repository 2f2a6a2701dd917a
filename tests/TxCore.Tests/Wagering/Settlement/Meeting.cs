using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Open races of one meeting with the pools that reports use, and the reports on them.</summary>
internal sealed class Meeting
{
    public const uint BaseStake = 100;

    public Meeting(int races, byte runners = 10)
    {
        for (int number = 1; number <= races; number++)
        {
            var race = new Race(Id(number))
            {
                RunnerCount = runners,
                Status = RaceStatus.Open,
                Pools =
                [
                    Card.Pool(BetType.Win, takeout: 0), Card.Pool(BetType.Place), Card.Pool(BetType.Quinella), Card.Pool(BetType.QuinellaPlace),
                    Card.Pool(BetType.TwoOfFour, baseStake: 3 * BaseStake), Card.Pool(BetType.Trio), Card.Pool(BetType.Report),
                ],
            };
            Races.Add(race.Id.Value, race);
        }
    }

    public Dictionary<long, Race> Races { get; } = [];

    public Race this[int number] => Races[Id(number).Value];

    public static RaceId Id(int number) => Card.Id with { Race = (byte)number };

    public static ReportLeg Leg(int race, BetType type, byte[] runners, ushort carry = 0, byte form = 1) =>
        new((byte)race, carry == 0 ? (byte)0 : form, carry, (ushort)type, runners);

    public static WagerLine Report(long multiple, params ReportLeg[] legs) => new(
        Id(legs.Length == 0 ? 1 : legs[0].Race), (ushort)BetType.Report, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, multiple,
        legs.Length == 0 ? 0 : multiple * BaseStake * (legs[0].Pool == (ushort)BetType.TwoOfFour ? 3 : 1) * Bets(legs[0]), [], [], legs);

    public static WagerLine Direct(int race, BetType type, byte[] runners, long multiple) =>
        Card.Line(type, runners, multiple) with { Race = Id(race), AmountCents = multiple * BaseStake * (type == BetType.TwoOfFour ? 3 : 1) };

    /// <summary>Publishes a race whose Win pool pays these dividends, all other pools without stakes.</summary>
    public void PublishWin(int number, string finish, params Dividend[] dividends)
    {
        var race = this[number];
        race.Finish = Card.Finish(finish);
        PayableCombination[] payables = [.. dividends.Select(static given => new PayableCombination(given.Rank, 0, given.Runners, 0, given.DividendCents, 0))];
        race.Publish(new RaceSettlement(1, [.. race.Pools.Select(pool => Settled(pool.Number, pool.Number == 1 ? payables : []))], []));
    }

    public static PoolSettlement Settled(ushort pool, PayableCombination[] payables, bool isRefunded = false) =>
        new(pool, isRefunded, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, payables);

    public TicketStanding Value(WagerLine line, out MoneyMove[] moves)
    {
        var room = new MoneyMove[MoneyMove.TicketMax];
        var standing = TicketValue.Of(Card.Body([line]), 1, Races, room, out int count);
        moves = room[..count];
        return standing;
    }

    private static long Bets(ReportLeg leg) => Combinatorics.Binomial(leg.Bases.Length, leg.Pool <= (ushort)BetType.Place ? 1 : 2);
}
