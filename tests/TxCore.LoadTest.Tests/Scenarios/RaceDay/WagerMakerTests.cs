using TxCore.LoadTest.Scenarios.RaceDay;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Tests.Scenarios.RaceDay;

public class WagerMakerTests
{
    [Theory]
    [InlineData(Channel.Retail)]
    [InlineData(Channel.Online)]
    public async Task Tickets_cover_every_bet_and_formula_and_the_tools_own_rules_agree_with_each(Channel channel)
    {
        int seed = Random.Shared.Next();
        var (card, state) = await OpenAsync(channel);
        var wagers = new WagerMaker(channel, card, new DayPlayers(run: 0), new Random(seed));
        var random = new Random(seed);
        WagerFact[] made = [.. Enumerable.Range(0, 20_000).Select(_ => wagers.Make(card.Pick(TimeSpan.Zero, random)!, TimeSpan.Zero)).OfType<WagerFact>()];

        Assert.All(made.Where(wager => wager.Wrong == ResultCode.Accepted && wager is { Means: not PaymentMeans.Account }), wager =>
            Assert.True(state.CheckWager(wager) == ResultCode.Accepted, $"seed {seed}: {state.CheckWager(wager)} for {string.Join(' ', wager.Lines.AsEnumerable())}"));
        Assert.All(made.Where(wager => wager.Wrong != ResultCode.Accepted && wager.Means != PaymentMeans.Account), wager =>
            Assert.Equal(wager.Wrong, state.CheckWager(wager)));
        var lines = made.SelectMany(wager => wager.Lines).ToArray();
        var sold = card.Races.SelectMany(race => race.Pools).Select(pool => pool.Pool).ToHashSet();
        Assert.Subset(lines.Select(line => line.Pool).ToHashSet(), sold);
        Assert.Equal(4, lines.Select(line => line.Formula).Distinct().Count());
        Assert.Equal(3, lines.Select(line => line.StakeForm).Distinct().Count());
        Assert.Contains(lines, line => line.Spot);
        Assert.Contains(lines, line => line.AllOrders);
        Assert.Contains(lines, line => line.Complement != 0);
        Assert.Contains(lines, line => line.Risk > 4);
        Assert.Equal(channel == Channel.Online, lines.Any(line => line.Legs.Length > 0));
        Assert.True(made.Select(wager => wager.Wrong).Distinct().Count() > 12, $"seed {seed}: few kinds of mistakes");
    }

    private static async Task<(DayCard Card, DayState State)> OpenAsync(Channel channel)
    {
        var days = await DayFiles.ReadAsync(new RaceDaySettings { Channels = [channel] }, TestContext.Current.CancellationToken);
        var timetable = Timetable.Plan(days, DateTimeOffset.UnixEpoch.AddYears(56), 20261122, TimeSpan.FromMinutes(2), seed: 1)[0];
        var card = new DayCard(timetable, TimeSpan.FromMinutes(2));
        return (card, new DayState(timetable.Day.Races.Select(race => race.ToDefine(ControlDesk.OneActor))));
    }
}
