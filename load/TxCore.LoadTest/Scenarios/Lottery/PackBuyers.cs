using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>The persons of a wave: each wants packs, tries others when they are sold out, and may wait for a seat in the end.</summary>
internal sealed class PackBuyers(TicketDesk desk, LotteryPlan plan, OwnDraw draw, Registration registration, Buyer buyer, WaitingRoom waiting, int seed)
{
    private const int Tries = 2;

    /// <summary>Seats that were asked for.</summary>
    public long SeatsWanted => Volatile.Read(ref _seatsWanted);

    private long _seatsWanted;

    /// <summary>A person of the wave comes.</summary>
    public async Task ComeAsync(int frontend, int rank, long cameAt)
    {
        int person = draw.PersonAt(rank);
        var random = new Random(HashCode.Combine(seed, person, 7));
        if (registration.IsWithdrawn(person))
        {
            // Withdrawn: has a rank, and may not buy.
            await HoldAsync(frontend, person, Packs(random, 1, 2), cameAt).ConfigureAwait(false);
            return;
        }

        if (random.Next(50) == 0)
        {
            await MistakeAsync(frontend, person, random).ConfigureAwait(false);
        }

        for (int attempt = 0; attempt < Tries; attempt++)
        {
            var packs = Packs(random, random.Next(3) == 0 ? 2 : 1, random.Next(1, 4));
            var hold = await HoldAsync(frontend, person, packs, attempt == 0 ? cameAt : 0).ConfigureAwait(false);
            if (hold is { Code: ResultCode.Accepted })
            {
                await buyer.GoOnAsync(frontend, hold, random).ConfigureAwait(false);
                return;
            }

            if (hold is not { Code: ResultCode.SoldOut })
            {
                return;
            }
        }

        if (random.Next(10) == 0)
        {
            var seats = new HoldLine(plan.PickSession(random), LotteryPlan.PickCategory(random), (ushort)random.Next(1, 3), 0);
            await waiting.JoinAsync(frontend, person, seats, random).ConfigureAwait(false);
        }
    }

    /// <summary>Comes although nobody asked: before the slot, after it, with a later rank, or without an entry.</summary>
    public Task ComeUninvitedAsync(int frontend, int person)
    {
        var random = new Random(HashCode.Combine(seed, person, 8));
        return HoldAsync(frontend, person, Packs(random, 1, 1), 0);
    }

    private async Task MistakeAsync(int frontend, int person, Random random)
    {
        HoldLine[] packs = random.Next(5) switch
        {
            0 => Packs(random, 1, 1)[..2],
            1 => Packs(random, 1, 7),
            2 => [.. Packs(random, 3, 4)],
            3 => [Packs(random, 1, 1)[0], .. Packs(random, 1, 1)[..1]],
            _ => [new HoldLine(9_999, 1, 1, 1), .. Packs(random, 1, 1)[1..]],
        };
        var hold = await HoldAsync(frontend, random.Next(6) == 0 ? SentItem.Nobody : person, packs, 0).ConfigureAwait(false);
        if (hold is { Code: ResultCode.Accepted })
        {
            await desk.ReleaseAsync(frontend, hold.Number).ConfigureAwait(false);
        }
    }

    private Task<Outcome?> HoldAsync(int frontend, int person, HoldLine[] packs, long cameAt)
    {
        Interlocked.Add(ref _seatsWanted, packs.Sum(line => line.Quantity));
        return desk.HoldAsync(frontend, LotteryPlan.PackSale, person, packs, cameAt);
    }

    private HoldLine[] Packs(Random random, int packs, int quantity)
    {
        var lines = new List<HoldLine>(packs * LotteryPlan.PackSessions);
        for (int pack = 1; pack <= packs; pack++)
        {
            for (int i = 0; i < LotteryPlan.PackSessions; i++)
            {
                uint session;
                do
                {
                    session = plan.PickSession(random);
                }
                while (lines.Exists(line => line.Session == session));
                lines.Add(new HoldLine(session, LotteryPlan.PickCategory(random), (ushort)quantity, (byte)pack));
            }
        }

        return [.. lines];
    }
}
