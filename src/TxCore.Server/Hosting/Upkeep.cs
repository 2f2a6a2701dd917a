using TxCore.Pipeline;

namespace TxCore.Server.Hosting;

/// <summary>Keeps partitions ready days ahead and the index of the open day summarised, beside the writer.</summary>
internal sealed class Upkeep(Shard shard, string connection, int partitionDays, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(connection);
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                int day = (int)shard.Board.BusinessDay;
                if (day != 0)
                {
                    await using var ensure = database.CreateCommand(
                        $"SELECT txcore.ensure_partitions(to_date('{day}', 'YYYYMMDD'), {partitionDays})");
                    await ensure.ExecuteNonQueryAsync(cancellationToken);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                ServerEvents.MaintenanceFailed(logger, shard.Identity.Shard, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
