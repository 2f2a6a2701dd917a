using Microsoft.Extensions.Logging;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>
/// Writes snapshots without touching the ring: it keeps a state of its own, brings it up to date from the committed rows when one is
/// due, and stores it. Deciding never waits for it; if it fails, only the next recovery takes longer.
/// </summary>
internal sealed class SnapshotFollower(
    ShardOptions options, IShardReader reader, Func<uint, int> windowOf, Func<long> committedNumber, TimeProvider clock, ILogger logger)
{
    private ShardState? _state;
    private long _lastSnapshot;
    private long _lastSnapshotAt = clock.GetTimestamp();

    /// <summary>Number of the last snapshot written or found.</summary>
    public long LastSnapshot => Volatile.Read(ref _lastSnapshot);

    /// <summary>Time since the last snapshot was written; since the start when none was.</summary>
    public TimeSpan SnapshotAge => clock.GetElapsedTime(Volatile.Read(ref _lastSnapshotAt));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await FindLastAsync(cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.SnapshotCheckSeconds), clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            long behind = committedNumber() - LastSnapshot;
            bool isDue = behind >= options.SnapshotEntries
                || (behind > 0 && clock.GetElapsedTime(_lastSnapshotAt).TotalSeconds >= options.SnapshotSeconds);
            if (isDue)
            {
                await TryWriteAsync(cancellationToken);
            }
        }
    }

    /// <summary>What an earlier run wrote need not be written again.</summary>
    private async Task FindLastAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await reader.ListSnapshotsAsync(cancellationToken);
            long last = found.Where(static snapshot => snapshot.Format == ShardSnapshot.Format).Select(static snapshot => snapshot.Number).DefaultIfEmpty().Max();
            Volatile.Write(ref _lastSnapshot, last);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Not knowing costs one snapshot too many.
            logger.SnapshotFailed(options.Identity.Shard, fault);
        }
    }

    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_state is null)
            {
                _state = await Recovery.RecoverAsync(options.Identity, reader, windowOf, logger, cancellationToken);
            }
            else
            {
                await Recovery.CatchUpAsync(_state, reader, cancellationToken);
            }

            var bytes = ShardSnapshot.Save(_state);
            await reader.WriteSnapshotAsync(_state.LastNumber, ShardSnapshot.Format, bytes, cancellationToken);
            Volatile.Write(ref _lastSnapshot, _state.LastNumber);
            Volatile.Write(ref _lastSnapshotAt, clock.GetTimestamp());
            logger.SnapshotWritten(options.Identity.Shard, _state.LastNumber, bytes.Length);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The state may have taken in half of what was read: it is built anew at the next attempt.
            _state = null;
            logger.SnapshotFailed(options.Identity.Shard, fault);
        }
    }
}
