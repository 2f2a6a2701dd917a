using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Storage;

namespace TxCore.Server.Hosting;

/// <summary>Keeps the database of a shard in shape beside the writer, and the shard not ready while tomorrow has no partition.</summary>
internal sealed class Upkeep(Shard shard, IShardReader reader, string connection, int partitionDays, int partitionsAhead, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Fewer days ahead than this, or than are asked for, are told.</summary>
    private int DaysWanted => Math.Min(3, partitionDays);

    /// <summary>Days after the present business day that have a partition.</summary>
    public int PartitionsAhead => Volatile.Read(ref _partitionsAhead);

    private int _partitionsAhead = partitionsAhead;
    private int _told = int.MaxValue;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var maintenance = new PostgresMaintenance(
            connection, shard.Identity, clock, fault => ServerEvents.MaintenanceFailed(logger, shard.Identity.Shard, fault))
        {
            DaysAhead = partitionDays,
        };
        await Task.WhenAll(maintenance.RunAsync(() => (int)shard.Board.BusinessDay, cancellationToken), WatchPartitionsAsync(cancellationToken));
    }

    private async Task WatchPartitionsAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                int ahead = await reader.CountPartitionsAheadAsync((int)shard.Board.BusinessDay, cancellationToken);
                if (ahead < DaysWanted && ahead != _told)
                {
                    ServerEvents.PartitionsLow(logger, shard.Identity.Shard, ahead);
                }

                _told = ahead;
                Volatile.Write(ref _partitionsAhead, ahead);
                shard.UpkeepTrouble = ahead < 1 ? "the next business day has no partition: run 'txcore db migrate'" : null;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                ServerEvents.MaintenanceFailed(logger, shard.Identity.Shard, fault);
            }
        }
    }
}
