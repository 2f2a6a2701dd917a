using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Simulation.Engine;
using TxCore.Storage;

namespace TxCore.Simulation.Bugs;

/// <summary>A reader under which recovery and snapshots leave something out.</summary>
internal sealed class BuggyReader(PlantedBug bug, IShardReader reader) : IShardReader
{
    public ValueTask<long> ReadEntriesAsync(long afterNumber, RowVisitor visitor, CancellationToken cancellationToken) =>
        reader.ReadEntriesAsync(afterNumber, bug == PlantedBug.HoldExpiryNotReplayed ? WithoutExpiries(visitor) : visitor, cancellationToken);

    /// <summary>Takes the next entry's number without what it does, if there is a next entry.</summary>
    public async ValueTask WriteSnapshotAsync(long number, short format, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bug == PlantedBug.SnapshotSkipsEntry && await reader.FindByNumberAsync(number + 1, cancellationToken) is { } next)
        {
            var state = ShardSnapshot.Load(Setup.Identity, Setup.WindowOf, bytes.Span);
            state.Apply(next.Entry with { Code = ResultCode.MalformedBody, FaultField = BodyField.Body }, next.Command);
            (number, bytes) = (number + 1, ShardSnapshot.Save(state));
        }

        await reader.WriteSnapshotAsync(number, format, bytes, cancellationToken);
    }

    public ValueTask<FetchedRow?> FindByNumberAsync(long number, CancellationToken cancellationToken) => reader.FindByNumberAsync(number, cancellationToken);

    public ValueTask<FetchedRow?> FindBySequenceAsync(uint source, long sequence, long laterNumber, CancellationToken cancellationToken) =>
        reader.FindBySequenceAsync(source, sequence, laterNumber, cancellationToken);

    public ValueTask ReadMeetingAsync(uint day, byte meeting, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        reader.ReadMeetingAsync(day, meeting, fromDay, visitor, cancellationToken);

    public ValueTask ReadWagersAsync(RaceId race, int fromDay, RowVisitor visitor, CancellationToken cancellationToken) =>
        reader.ReadWagersAsync(race, fromDay, visitor, cancellationToken);

    public ValueTask<HashSet<long>> ReadUndoneAsync(int fromDay, CancellationToken cancellationToken) => reader.ReadUndoneAsync(fromDay, cancellationToken);

    public ValueTask<long> ReadPaymentsAsync(long afterNumber, long upToNumber, int max, RowVisitor visitor, CancellationToken cancellationToken) =>
        reader.ReadPaymentsAsync(afterNumber, upToNumber, max, visitor, cancellationToken);

    public ValueTask<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancellationToken) => reader.ListSnapshotsAsync(cancellationToken);

    public ValueTask<byte[]> ReadSnapshotAsync(SnapshotInfo snapshot, CancellationToken cancellationToken) =>
        reader.ReadSnapshotAsync(snapshot, cancellationToken);

    public ValueTask<IReadOnlyList<SourceRecord>> ReadSourcesAsync(CancellationToken cancellationToken) => reader.ReadSourcesAsync(cancellationToken);

    public ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken) => reader.ReadHeadAsync(cancellationToken);

    public ValueTask<int> CountPartitionsAheadAsync(int businessDay, CancellationToken cancellationToken) =>
        reader.CountPartitionsAheadAsync(businessDay, cancellationToken);

    private static RowVisitor WithoutExpiries(RowVisitor visitor)
    {
        var writer = new RowWriter(Setup.Identity.Shard);
        return (in StoredRow row) =>
        {
            if (row.Entry.Kind != MessageType.HoldExpired)
            {
                visitor(in row);
                return;
            }

            writer.Clear();
            writer.Append(row.Entry with { Code = ResultCode.HoldUnknown }, new RowDetail { Line = 1 }, row.Command);
            StoredRow.TryRead(writer.Row(0).Span, out var idle);
            visitor(in idle);
        };
    }
}
