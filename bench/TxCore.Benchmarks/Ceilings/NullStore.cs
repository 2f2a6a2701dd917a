using TxCore.Storage;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>A store that keeps nothing, to see what the server costs without PostgreSQL. For measuring only.</summary>
internal sealed class NullStore : IShardStore, IShardReader
{
    public StoreHealth Health { get; } = new();

    public ValueTask<ChainHead> OpenAsync(CancellationToken cancellationToken) => new(new ChainHead(0, 0, new byte[ChainHash.Bytes], 1));

    public ValueTask CommitAsync(RowBatch batch) => default;

    public ValueTask FenceAsync() => default;

    public ValueTask DisposeAsync() => default;

    public ValueTask<long> ReadEntriesAsync(long afterNumber, RowVisitor visitor, CancellationToken cancellationToken) => new(afterNumber);

    public ValueTask ReadMeetingAsync(uint day, byte meeting, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask ReadWagersAsync(Protocol.RaceId race, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask<HashSet<long>> ReadUndoneAsync(int fromDay, CancellationToken cancellationToken) => ValueTask.FromResult<HashSet<long>>([]);

    public ValueTask<long> ReadPaymentsAsync(
        long afterNumber, long upToNumber, int max, RowVisitor visitor, CancellationToken cancellationToken) => new(upToNumber);

    public ValueTask<FetchedRow?> FindByNumberAsync(long number, CancellationToken cancellationToken) => default;

    public ValueTask<FetchedRow?> FindBySequenceAsync(uint source, long sequence, long laterNumber, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancellationToken) => new([]);

    public ValueTask<byte[]> ReadSnapshotAsync(SnapshotInfo snapshot, CancellationToken cancellationToken) => throw new InvalidDataException();

    public ValueTask WriteSnapshotAsync(long number, short format, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<SourceRecord>> ReadSourcesAsync(CancellationToken cancellationToken) => new([]);

    public ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    public ValueTask<int> CountPartitionsAheadAsync(int businessDay, CancellationToken cancellationToken) => new(1);
}
