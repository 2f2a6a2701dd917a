using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.HotCell;

/// <summary>
/// One sale with a single cell that everybody wants at once. Who holds seats buys them, hands them back or lets them expire; who was refused
/// comes again for what came back; some want more than a person may have. It ends when every seat is sold.
/// </summary>
internal sealed class HotCellRound(ControlRoom room, TicketDesk desk, TimeProvider clock, HotCellSettings settings, int round)
{
    private const uint Session = 1;
    private const ushort Category = 1;
    private const ushort SessionMax = 4;
    private const ushort PersonMax = 6;
    private const uint HoldSeconds = 3;
    private static readonly TimeSpan ClosesAfter = TimeSpan.FromHours(2);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(750);
    private static readonly TimeSpan SoldWithin = TimeSpan.FromMinutes(2);

    private long _seatsWanted;

    public uint Sale => (uint)(round + 1);

    public long SeatsWanted => Volatile.Read(ref _seatsWanted);

    /// <summary>Opens the sale to everybody at once; returns when each was served.</summary>
    public async Task RushAsync(Func<Task> amid, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        var crowd = Crowd.ComeAsync(settings.Buyers, settings.Buyers, ComeAsync);
        await amid();
        await crowd;
    }

    /// <summary>Sells what comes back until the last seat, and closes the sale.</summary>
    public async Task SellOffAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SoldWithin);
        for (int pass = 1; ; pass++)
        {
            await Task.Delay(Step, clock, limit.Token);
            var cell = (await room.Client.SaleStateAsync(Sale, limit.Token)).Cells[0];
            if (cell.Sold == cell.Capacity)
            {
                break;
            }

            // A crowd once more for what expired or was handed back: again far more than there is.
            int comers = (int)Math.Min(settings.Buyers, (cell.Capacity - cell.Held - cell.Sold) * 10);
            int again = pass;
            await Crowd.ComeAsync(comers, comers, (buyer, frontend, cameAt) => ComeAgainAsync(buyer, frontend, again, cameAt));
        }

        await room.DoAsync(new SaleControl(default, ControlRoom.OneActor, Sale), room.Client.SaleCloseAsync(Sale, ControlRoom.OneActor, cancellationToken));
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        long closesAt = (clock.GetUtcNow() + ClosesAfter - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var sale = new SaleDefine(default, ControlRoom.OneActor, Sale, closesAt, HoldSeconds, new SaleTerms(0, PersonMax, 0, 0, 0, 0));
        await room.DoAsync(sale, room.Client.SaleDefineAsync(sale, cancellationToken));
        var cells = new CellsDefine(
            default, ControlRoom.OneActor, Sale, [new CellDefinition(Session + (uint)round, Category, 5_000, settings.Seats, 0, SessionMax)]);
        await room.DoAsync(cells, room.Client.CellsDefineAsync(cells, cancellationToken));
        await room.DoAsync(new SaleControl(default, ControlRoom.OneActor, Sale), room.Client.SaleOpenAsync(Sale, ControlRoom.OneActor, cancellationToken));
    }

    private async Task ComeAsync(int buyer, int frontend, long cameAt)
    {
        uint fate = desk.Keys.Fate(buyer, (uint)round);
        int person = PersonOf(buyer);
        var hold = await HoldAsync(frontend, person, (ushort)(1 + (fate % 2)), cameAt).ConfigureAwait(false);
        if (hold is not { Code: ResultCode.Accepted })
        {
            return;
        }

        switch (fate / 2 % 10)
        {
            case < 6:
                await PayAsync(frontend + 1, hold).ConfigureAwait(false);
                break;
            case < 7:
                // Wants more than a session allows, and pays for what is allowed.
                await HoldAsync(frontend, person, SessionMax, 0).ConfigureAwait(false);
                await HoldAsync(frontend + 1, person, SessionMax + 1, 0).ConfigureAwait(false);
                await PayAsync(frontend, hold).ConfigureAwait(false);
                break;
            case < 8:
                await desk.ReleaseAsync(frontend, hold.Number).ConfigureAwait(false);
                break;
            default:
                // Left alone: it expires, and whoever comes next may have the seats.
                break;
        }
    }

    private async Task ComeAgainAsync(int buyer, int frontend, int pass, long cameAt)
    {
        // The last seats go one by one, so that none is left because everybody wants two.
        var hold = await HoldAsync(frontend, PersonOf(buyer) + (pass * settings.Buyers), 1, cameAt).ConfigureAwait(false);
        if (hold is { Code: ResultCode.Accepted })
        {
            await PayAsync(frontend, hold).ConfigureAwait(false);
        }
    }

    /// <summary>The first tenth come to every round, until they have what a person may have over all of them; the others are new each time.</summary>
    private int PersonOf(int buyer) => buyer < settings.Buyers / 10 ? buyer : buyer + (round * 10 * settings.Buyers);

    private Task<Outcome?> HoldAsync(int frontend, int person, ushort seats, long cameAt)
    {
        Interlocked.Add(ref _seatsWanted, seats);
        return desk.HoldAsync(frontend, Sale, person, [new HoldLine(Session + (uint)round, Category, seats, 0)], cameAt);
    }

    private Task<Outcome?> PayAsync(int frontend, Outcome hold) =>
        desk.ConfirmAsync(frontend, hold.Number, hold.AmountCents, desk.Book.NextAuthorisation());
}
