using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Ticketing.Draws;

namespace TxCore.Server.Hosting;

/// <summary>
/// Writes the ranks of published draws beside the entries, for those who read by SQL. Nothing waits for it, and a rank is decided without
/// it; what a fault or a stop kept from being written is written at the next turn or start.
/// </summary>
internal sealed class DrawPublisher(Shard shard, string connection, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly HashSet<uint> _written = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var projection = new DrawProjection(connection, shard.Identity);
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var draw in shard.PublishedDraws())
            {
                await TryWriteAsync(projection, draw, cancellationToken);
            }
        }
    }

    private async Task TryWriteAsync(DrawProjection projection, PublishedDraw draw, CancellationToken cancellationToken)
    {
        if (_written.Contains(draw.Id))
        {
            return;
        }

        try
        {
            byte[]? stored = await projection.ReadHashAsync(draw.Id, cancellationToken);
            if (stored is null)
            {
                int[] sorted = DrawList.Sort(draw.Keys);
                await projection.WriteAsync(draw.Id, draw.Keys, sorted, draw.OrderOf(sorted), draw.OrderHash, cancellationToken);
                ServerEvents.RanksWritten(logger, shard.Identity.Shard, draw.Id, draw.Keys.Count);
            }
            else if (!stored.AsSpan().SequenceEqual(draw.OrderHash))
            {
                throw new InvalidDataException($"The ranks stored of draw {draw.Id} are not those of its order.");
            }

            _written.Add(draw.Id);
        }
        catch (InvalidDataException fault)
        {
            // It would be the same at every turn: said once, and left for 'txcore draw export' to look into.
            _written.Add(draw.Id);
            ServerEvents.RanksNotWritten(logger, shard.Identity.Shard, draw.Id, fault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            ServerEvents.RanksNotWritten(logger, shard.Identity.Shard, draw.Id, fault);
        }
    }
}
