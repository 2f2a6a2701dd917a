using TxCore.Pipeline;
using TxCore.Postgres;

namespace TxCore.Server.Hosting;

/// <summary>Signs the head of the chain when it has moved: every half minute, when the business day changes, and at the end.</summary>
internal sealed class HeadSigner(Shard shard, SignedHeads heads, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private long _signedNumber;
    private long _signedAt;
    private long _signedDay = -1;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        await SignAsync(cancellationToken);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (clock.GetElapsedTime(_signedAt) >= Interval || shard.Board.BusinessDay != _signedDay)
            {
                await SignAsync(cancellationToken);
            }
        }
    }

    public async Task SignAsync(CancellationToken cancellationToken)
    {
        var head = shard.Head;
        if (head.Number == _signedNumber)
        {
            return;
        }

        try
        {
            long day = shard.Board.BusinessDay;
            await heads.SignAndStoreAsync(head, cancellationToken);
            (_signedNumber, _signedDay, _signedAt) = (head.Number, day, clock.GetTimestamp());
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            ServerEvents.HeadNotSigned(logger, shard.Identity.Shard, fault);
        }
    }
}
