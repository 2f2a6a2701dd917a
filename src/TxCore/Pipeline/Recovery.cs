using Microsoft.Extensions.Logging;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>Rebuilds the state of a shard: the newest readable snapshot, then the entries after it, applied and never decided again.</summary>
public static class Recovery
{
    /// <summary>Rebuilds the state as of the last stored entry.</summary>
    public static async Task<ShardState> RecoverAsync(
        ShardIdentity identity, IShardReader reader, Func<uint, int> windowOf, ILogger logger, CancellationToken cancellationToken)
    {
        var state = await LoadSnapshotAsync(identity, reader, windowOf, logger, cancellationToken) ?? new ShardState(identity, windowOf);
        await CatchUpAsync(state, reader, cancellationToken);
        return state;
    }

    /// <summary>Applies what was stored after the state.</summary>
    public static async Task CatchUpAsync(ShardState state, IShardReader reader, CancellationToken cancellationToken) =>
        await reader.ReadEntriesAsync(
            state.LastNumber,
            (in StoredRow row) =>
            {
                state.Apply(in row.Entry, row.Command);
                state.ClearTouched();
            },
            cancellationToken);

    private static async Task<ShardState?> LoadSnapshotAsync(
        ShardIdentity identity, IShardReader reader, Func<uint, int> windowOf, ILogger logger, CancellationToken cancellationToken)
    {
        foreach (var snapshot in await reader.ListSnapshotsAsync(cancellationToken))
        {
            if (snapshot.Format != ShardSnapshot.Format)
            {
                continue;
            }

            byte[] bytes;
            try
            {
                bytes = await reader.ReadSnapshotAsync(snapshot, cancellationToken);
            }
            catch (InvalidDataException unreadable)
            {
                logger.SnapshotUnreadable(identity.Shard, snapshot.Number, unreadable);
                continue;
            }

            if (TryLoad(identity, windowOf, snapshot, bytes, logger) is { } state)
            {
                return state;
            }
        }

        return null;
    }

    private static ShardState? TryLoad(ShardIdentity identity, Func<uint, int> windowOf, SnapshotInfo snapshot, byte[] bytes, ILogger logger)
    {
        try
        {
            var state = ShardSnapshot.Load(identity, windowOf, bytes);
            return state.LastNumber == snapshot.Number
                ? state
                : throw new InvalidDataException($"The snapshot says number {snapshot.Number} and holds {state.LastNumber}.");
        }
        catch (Exception unreadable)
        {
            // Whatever is wrong with the bytes, the rows say the same: reading them takes longer and loses nothing.
            logger.SnapshotUnreadable(identity.Shard, snapshot.Number, unreadable);
            return null;
        }
    }
}
