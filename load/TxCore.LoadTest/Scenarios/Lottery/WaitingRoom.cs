using System.Collections.Concurrent;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>
/// Persons on the waiting list of phase 1. A frontend asks for each of them now and then; who has an offer buys it, hands it back or lets it
/// expire.
/// </summary>
internal sealed class WaitingRoom(TicketDesk desk, Buyer buyer)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private const int AskedAtOnce = 64;

    private readonly ConcurrentDictionary<ulong, Waiting> _waiting = [];
    private long _offers;

    /// <summary>Offers that were seen.</summary>
    public long Offers => Volatile.Read(ref _offers);

    /// <summary>Puts a person on the list; some think better of it at once, some ask twice.</summary>
    public async Task JoinAsync(int frontend, int person, HoldLine seats, Random random)
    {
        var joined = await desk.WaitAsync(frontend, LotteryPlan.PackSale, person, seats).ConfigureAwait(false);
        if (joined is not { Code: ResultCode.Accepted })
        {
            return;
        }

        switch (random.Next(10))
        {
            case 0:
                await desk.LeaveAsync(frontend + 1, joined.Number).ConfigureAwait(false);
                await desk.LeaveAsync(frontend, joined.Number).ConfigureAwait(false);
                break;
            case 1:
                await desk.WaitAsync(frontend + 1, LotteryPlan.PackSale, person, seats).ConfigureAwait(false);
                goto default;
            default:
                _waiting[joined.Number] = new Waiting(frontend, person, random.Next(10));
                break;
        }
    }

    /// <summary>Looks after everybody until ended.</summary>
    public async Task FollowAsync(CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            var asked = _waiting.ToArray();
            await Crowd.ComeAsync(asked.Length, AskedAtOnce, (i, _, _) => AskAsync(asked[i].Key, asked[i].Value, ending));
            try
            {
                await Task.Delay(Pause, ending);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task AskAsync(ulong wait, Waiting person, CancellationToken ending)
    {
        if (ending.IsCancellationRequested)
        {
            return;
        }

        PersonState state;
        try
        {
            state = await desk.Client(person.Frontend).PersonAsync(LotteryPlan.Draw, desk.Keys.Of(person.Person), ending).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or TxCoreClientException)
        {
            // A question that was lost in a kill is asked again in the next round.
            return;
        }

        var offer = state.Holds.FirstOrDefault(hold => hold.Wait == wait);
        if (offer.Hold == 0)
        {
            if (!state.Waits.Any(place => place.Wait == wait))
            {
                // Offered and expired meanwhile, or lapsed.
                _waiting.TryRemove(wait, out _);
            }

            return;
        }

        _waiting.TryRemove(wait, out _);
        Interlocked.Increment(ref _offers);
        var asHold = new Outcome(
            0, 0, MessageType.Hold, ResultCode.Accepted, false, PresentState.Held, offer.Hold, 0, 0, offer.AmountCents, offer.ExpiresAt, 0, 0, BodyField.None, "",
            "", []);
        if (person.Fate < 6)
        {
            await buyer.PayAsync(person.Frontend + 1, asHold).ConfigureAwait(false);
        }
        else if (person.Fate < 8)
        {
            await desk.ReleaseAsync(person.Frontend, offer.Hold).ConfigureAwait(false);
        }
    }

    private sealed record Waiting(int Frontend, int Person, int Fate);
}
