using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>Phase 1: for each wave some more seats are unblocked, ten times as many ranks get a slot as the seats will do for, and all come at once.</summary>
internal sealed class WaveSale(
    ControlRoom room, LotteryPlan plan, OwnDraw draw, PackBuyers buyers, Buyer buyer, TimeProvider clock, int servedAtOnce)
{
    private static readonly TimeSpan AfterSlot = TimeSpan.FromSeconds(0.5);

    /// <summary>Persons a second for whom a slot has time.</summary>
    private const double PersonsPerSecond = 4_000;
    private const int Uninvited = 40;
    private static readonly TimeSpan SettleStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(2);

    private int _ranks;

    /// <summary>Ranks that had a slot.</summary>
    public int Ranks => _ranks;

    /// <summary>Opens a wave and lets its persons come; returns when its slot is over.</summary>
    public async Task RunAsync(int wave, Func<int, Task> amid, CancellationToken cancellationToken)
    {
        foreach (var cell in plan.PackCells)
        {
            var block = new SeatsBlock(
                default, ControlRoom.OneActor, LotteryPlan.PackSale, cell.Session, cell.Category, cell.Capacity - plan.QuotaOf(wave));
            await room.DoAsync(block, room.Client.SeatsBlockAsync(block, cancellationToken));
        }

        long available = (await SettledAsync(cancellationToken)).Cells.Sum(Available);
        int count = (int)Math.Min(draw.Entries - _ranks, (long)Math.Max(1, available * LotteryPlan.Demand / LotteryPlan.PackSeats));
        if (count == 0)
        {
            return;
        }

        var startsAt = clock.GetUtcNow() + plan.Notice;
        var length = TimeSpan.FromSeconds(count / PersonsPerSecond);
        var endsAt = startsAt + (length > plan.SlotLeast ? length : plan.SlotLeast);
        var slot = new DrawWave(
            default, ControlRoom.OneActor, LotteryPlan.Draw, (ushort)wave, (uint)count, LotteryPlan.PackSale, LotteryPlan.Microseconds(startsAt),
            LotteryPlan.Microseconds(endsAt));
        await room.DoAsync(slot, room.Client.DrawWaveAsync(slot, cancellationToken));
        int first = _ranks + 1;
        _ranks += count;

        // Too early, with a rank of a later wave, without an entry, excluded.
        await Crowd.ComeAsync(Math.Min(Uninvited, count), servedAtOnce, (i, frontend, _) => buyers.ComeUninvitedAsync(frontend, draw.PersonAt(first + i)));
        await Crowd.ComeAsync(
            Math.Min(Uninvited, draw.Entries - _ranks), servedAtOnce, (i, frontend, _) => buyers.ComeUninvitedAsync(frontend, draw.PersonAt(_ranks + 1 + i)));
        await Crowd.ComeAsync(Uninvited, servedAtOnce, (i, frontend, _) => buyers.ComeUninvitedAsync(frontend, i % 2 == 0 ? 40 + i : int.MaxValue - i));

        await UntilAsync(startsAt, cancellationToken);
        var crowd = Crowd.ComeAsync(count, servedAtOnce, (i, frontend, cameAt) => buyers.ComeAsync(frontend, first + i, cameAt));
        await amid(count);
        await crowd;
        await UntilAsync(endsAt, cancellationToken);
        await Crowd.ComeAsync(Math.Min(Uninvited, count), servedAtOnce, (i, frontend, _) => buyers.ComeUninvitedAsync(frontend, draw.PersonAt(first + i)));
        await Task.Delay(AfterSlot, clock, cancellationToken);
    }

    /// <summary>Moves what phase 1 did not sell to phase 2, once nothing is held any more, and closes the sale.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await buyer.LateAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SettleWithin);
        while (true)
        {
            var state = await SettledAsync(limit.Token);
            foreach (var cell in state.Cells.Where(cell => Available(cell) > 0))
            {
                // Who waits may be offered them first: then the move is refused, and the next round knows.
                var move = new SeatsMove(
                    default, ControlRoom.OneActor, LotteryPlan.PackSale, cell.Session, cell.Category, LotteryPlan.FreeSale, (uint)Available(cell));
                await room.NoteAsync(move, room.Client.SeatsMoveAsync(move, limit.Token));
            }

            state = await SettledAsync(limit.Token);
            if (state.Cells.All(cell => Available(cell) == 0 && cell.Held == 0))
            {
                break;
            }

            await Task.Delay(SettleStep, clock, limit.Token);
        }

        await room.DoAsync(
            new SaleControl(default, ControlRoom.OneActor, LotteryPlan.PackSale),
            room.Client.SaleCloseAsync(LotteryPlan.PackSale, ControlRoom.OneActor, cancellationToken));
    }

    public static long Available(CellState cell) => (long)cell.Capacity - cell.Blocked - cell.Held - cell.Sold;

    /// <summary>The state of the sale that takes in everything answered by now: what is told is up to half a second old.</summary>
    private async Task<SaleSnapshot> SettledAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(SettleStep * 3, clock, cancellationToken);
        return await room.Client.SaleStateAsync(LotteryPlan.PackSale, cancellationToken);
    }

    private Task UntilAsync(DateTimeOffset time, CancellationToken cancellationToken) =>
        time - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;
}
