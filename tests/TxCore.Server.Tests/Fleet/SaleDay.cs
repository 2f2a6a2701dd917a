using System.Net;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Server.Tests.Fleet;

/// <summary>What the fleets buy: three races with win and place pools, and a sale small enough to sell out.</summary>
internal static class SaleDay
{
    public const uint Sale = 7;
    public const byte Runners = FleetDay.Runners;
    public const uint BaseStakeCents = FleetDay.BaseStakeCents;

    public static readonly CellDefinition[] Cells =
    [
        new(Session: 1, Category: 1, PriceCents: 15_000, Capacity: 500, Blocked: 20, QuantityMax: 6),
        new(Session: 1, Category: 2, PriceCents: 8_000, Capacity: 2_000, Blocked: 0, QuantityMax: 6),
        new(Session: 2, Category: 1, PriceCents: 24_000, Capacity: 60, Blocked: 10, QuantityMax: 4),
    ];

    private static readonly ControlHeader Control = new(Actor: 1, SecondActor: 0, Reason: 1);

    public static RaceId[] Races { get; } =
        [.. Enumerable.Range(1, 3).Select(race => new RaceId(uint.Parse($"{TimeProvider.System.GetUtcNow():yyyyMMdd}"), 1, (byte)race))];

    /// <summary>The day as a fleet sees it.</summary>
    public static FleetDay Plan(ShardIdentity identity)
    {
        var day = new FleetDay(identity);
        Array.ForEach(Races, day.Open);
        day.Sell(Sale, Cells);
        return day;
    }

    /// <summary>Defines and opens everything; holds live for <paramref name="holdSeconds"/>.</summary>
    public static async Task OpenAsync(Deployment deployment, IPEndPoint server, uint holdSeconds = 2)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var client = await deployment.ClientAsync(server, new MemoryOutbox(), Deployment.Administrator);
        long later = (TimeProvider.System.GetUtcNow().AddHours(8) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var pools = Plan(deployment.Identity).Pools;
        foreach (var race in Races)
        {
            Require(await client.RaceDefineAsync(new RaceDefine(default, Control, race, later, later, Runners, pools), cancellation));
            Require(await client.RaceOpenAsync(race, Control, cancellation));
        }

        Require(await client.SaleDefineAsync(new SaleDefine(default, Control, Sale, later, holdSeconds), cancellation));
        Require(await client.CellsDefineAsync(new CellsDefine(default, Control, Sale, Cells), cancellation));
        Require(await client.SaleOpenAsync(Sale, Control, cancellation));
    }

    /// <summary>A win bet of so many base stakes.</summary>
    public static Wager Wager(ShardIdentity identity, long multiple = 1, byte runner = 7)
    {
        long cents = multiple * BaseStakeCents;
        var line = new WagerLine(
            Races[0], BetTypes.PoolOf(BetType.Win, identity.Channel), Formula.Unit, false, false, 0, 0, StakeForm.Multiple, multiple, cents, [runner], [], []);
        return new Wager(default, 0, 0, 1, PaymentMeans.Cash, [], [], cents, [line]);
    }

    private static void Require(SubmitResult result) => Assert.True(result.IsAccepted, $"{result.Outcome}");
}
