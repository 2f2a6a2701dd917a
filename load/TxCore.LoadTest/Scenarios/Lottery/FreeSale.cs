using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>Phase 2: everybody may come, all at once, until the last seat is sold.</summary>
internal sealed class FreeSale(ControlRoom room, TicketDesk desk, LotteryPlan plan, Buyer buyer, TimeProvider clock, int persons, int servedAtOnce, int seed)
{
    private static readonly TimeSpan SellOffStep = TimeSpan.FromMilliseconds(750);
    private static readonly TimeSpan SellOffWithin = TimeSpan.FromMinutes(3);

    private long _seatsWanted;
    private int _newcomers;

    /// <summary>Seats that were asked for.</summary>
    public long SeatsWanted => Volatile.Read(ref _seatsWanted);

    public Task OpenAsync(CancellationToken cancellationToken) => room.DoAsync(
        new SaleControl(default, ControlRoom.OneActor, LotteryPlan.FreeSale),
        room.Client.SaleOpenAsync(LotteryPlan.FreeSale, ControlRoom.OneActor, cancellationToken));

    /// <summary>Persons who take as much as they may, one session after the other, until the limit over both phases stops them.</summary>
    public async Task CollectAsync(IEnumerable<int> collectors)
    {
        foreach (int person in collectors)
        {
            for (uint session = LotteryPlan.HotSessions + 1; session <= plan.Sessions; session++)
            {
                var seats = new HoldLine(session, 1, LotteryPlan.QuantityMax(session), 0);
                var hold = await desk.HoldAsync((int)session, LotteryPlan.FreeSale, person, [seats]).ConfigureAwait(false);
                if (hold is { Code: ResultCode.Accepted })
                {
                    await buyer.PayAsync((int)session + 1, hold).ConfigureAwait(false);
                }
                else if (hold is { Code: ResultCode.PersonCapReached, Field: BodyField.Person })
                {
                    // One more seat than the limit allows, at another frontend.
                    await desk.HoldAsync((int)session + 1, LotteryPlan.FreeSale, person, [seats]).ConfigureAwait(false);
                    break;
                }
            }
        }
    }

    /// <summary>The drop: ten times as much is wanted as there is.</summary>
    public async Task DropAsync(Func<int, Task> amid, CancellationToken cancellationToken)
    {
        await Task.Delay(SellOffStep, clock, cancellationToken);
        long available = (await room.Client.SaleStateAsync(LotteryPlan.FreeSale, cancellationToken)).Cells.Sum(WaveSale.Available);
        int comers = (int)(available * LotteryPlan.Demand / LotteryPlan.FreeSeats);
        var crowd = Crowd.ComeAsync(comers, servedAtOnce, ComeAsync);
        await amid(comers);
        await crowd;
        await buyer.LateAsync();
    }

    /// <summary>Sells every seat that is left, as holds expire and orders come back, until there is none.</summary>
    public async Task SellOffAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SellOffWithin);
        while (true)
        {
            await Task.Delay(SellOffStep, clock, limit.Token);
            var cells = (await room.Client.SaleStateAsync(LotteryPlan.FreeSale, limit.Token)).Cells;
            if (cells.All(cell => cell.Sold == cell.Capacity))
            {
                return;
            }

            HoldLine[] orders = [.. cells.SelectMany(LastSeats)];
            await Crowd.ComeAsync(orders.Length, servedAtOnce, (i, frontend, _) => TakeAsync(frontend, orders[i]));
        }
    }

    private static IEnumerable<HoldLine> LastSeats(CellState cell)
    {
        ushort max = LotteryPlan.QuantityMax(cell.Session);
        for (long left = WaveSale.Available(cell); left > 0; left -= max)
        {
            yield return new HoldLine(cell.Session, cell.Category, (ushort)Math.Min(left, max), 0);
        }
    }

    private async Task ComeAsync(int index, int frontend, long cameAt)
    {
        var random = new Random(HashCode.Combine(seed, index, 9));

        // Those who bought in phase 1 come again: their limits count over both.
        int person = random.Next(persons);
        HoldLine[] lines = [Seats(random, random.Next(20) == 0 ? 7 : 4)];
        if (random.Next(2) == 0 && Seats(random, 4) is var second && (second.Session, second.Category) != (lines[0].Session, lines[0].Category))
        {
            lines = [.. lines, second];
        }

        Interlocked.Add(ref _seatsWanted, lines.Sum(line => line.Quantity));
        if (await desk.HoldAsync(frontend, LotteryPlan.FreeSale, person, lines, cameAt).ConfigureAwait(false) is { Code: ResultCode.Accepted } hold)
        {
            await buyer.GoOnAsync(frontend, hold, random).ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(int frontend, HoldLine seats)
    {
        int person = persons + Interlocked.Increment(ref _newcomers);
        Interlocked.Add(ref _seatsWanted, seats.Quantity);
        if (await desk.HoldAsync(frontend, LotteryPlan.FreeSale, person, [seats]).ConfigureAwait(false) is { Code: ResultCode.Accepted } hold)
        {
            await buyer.PayAsync(frontend, hold).ConfigureAwait(false);
        }
    }

    private HoldLine Seats(Random random, int most) =>
        new(plan.PickSession(random), LotteryPlan.PickCategory(random), (ushort)random.Next(1, most + 1), 0);
}
