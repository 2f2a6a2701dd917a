using TxCore.Protocol;

namespace TxCore.Storage;

/// <summary>Which shard a process serves; a database carries the same two and refuses another.</summary>
/// <param name="Shard">Shard number, 1 or more.</param>
/// <param name="Channel">Its channel.</param>
public readonly record struct ShardIdentity(short Shard, Channel Channel);

/// <summary>The end of the chain as stored.</summary>
/// <param name="Number">Highest number; 0 when empty.</param>
/// <param name="Batch">Highest batch; 0 when empty.</param>
/// <param name="Hash">Hash of that batch, 32 bytes; zeros when empty.</param>
/// <param name="Epoch">The writer epoch in force.</param>
public sealed record ChainHead(long Number, long Batch, byte[] Hash, long Epoch);

/// <summary>One batch on its way to the store. The memory belongs to the caller and is valid until the commit returns.</summary>
public sealed class RowBatch
{
    /// <summary>The batch number, one more than the head's.</summary>
    public long Batch { get; set; }

    /// <summary>First number in it.</summary>
    public long FirstNumber { get; set; }

    /// <summary>Last number in it.</summary>
    public long LastNumber { get; set; }

    /// <summary>Sequence time of the last entry, microseconds since 1970-01-01 UTC.</summary>
    public long SequencedAt { get; set; }

    /// <summary>Hash of the batch before.</summary>
    public byte[] PreviousHash { get; } = new byte[ChainHash.Bytes];

    /// <summary>Hash of this batch.</summary>
    public byte[] Hash { get; } = new byte[ChainHash.Bytes];

    /// <summary>The rows.</summary>
    public required RowWriter Rows { get; init; }
}

/// <summary>
/// The one writer of a shard's rows. Used by the persist thread alone. Every method returns only when what it says is durable
/// under this writer's epoch; transient faults are retried without end inside, and told through <see cref="StoreHealth"/>.
/// </summary>
/// <exception cref="StoreFencedException">Another writer took the shard over.</exception>
/// <exception cref="StoreRefusedException">The database cannot be written to by this server (settings, identity, a row refused even in plain form).</exception>
public interface IShardStore : IAsyncDisposable
{
    /// <summary>Takes the shard under a new epoch and returns the head of the chain, read after that commit.</summary>
    ValueTask<ChainHead> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Begins to write the rows of a batch whose turn to be committed has not come, so that they are on their way while an earlier one
    /// commits. Batches come in order, each followed by its <see cref="CommitAsync"/>; the batch and its memory stay as they are until that
    /// returns. Nothing is durable by it, nothing is told by it: whatever goes wrong is met, and mended, by the commit. A store may leave it.
    /// </summary>
    ValueTask WriteAheadAsync(RowBatch batch) => ValueTask.CompletedTask;

    /// <summary>Commits a batch.</summary>
    ValueTask CommitAsync(RowBatch batch);

    /// <summary>Commits without rows: proves that this writer still holds the shard. Not while rows are written ahead.</summary>
    ValueTask FenceAsync();

    /// <summary>What the store is going through; read by health and intake from any thread.</summary>
    StoreHealth Health { get; }
}

/// <summary>What a store is going through. Written by the persist thread, read by any.</summary>
public sealed class StoreHealth
{
    private long _retries;
    private long _ambiguous;
    private long _plainRows;
    private volatile string? _trouble;

    /// <summary>Batches begun again after a transient fault.</summary>
    public long Retries => Volatile.Read(ref _retries);

    /// <summary>Commits whose reply was lost and whose fate had to be read.</summary>
    public long AmbiguousCommits => Volatile.Read(ref _ambiguous);

    /// <summary>Rows stored in plain form because PostgreSQL refused them.</summary>
    public long PlainRows => Volatile.Read(ref _plainRows);

    /// <summary>Why the store cannot commit just now; null when it can.</summary>
    public string? Trouble => _trouble;

    /// <summary>Counts a retry and tells why.</summary>
    public void RecordRetry(string reason)
    {
        Interlocked.Increment(ref _retries);
        _trouble = reason;
    }

    /// <summary>Counts a commit whose reply was lost.</summary>
    public void RecordAmbiguousCommit() => Interlocked.Increment(ref _ambiguous);

    /// <summary>Counts rows stored in plain form.</summary>
    public void RecordPlainRow() => Interlocked.Increment(ref _plainRows);

    /// <summary>The store commits again.</summary>
    public void RecordCommit() => _trouble = null;
}

/// <summary>Another writer took the shard over: this one must neither write nor answer again.</summary>
public sealed class StoreFencedException(string message) : Exception(message);

/// <summary>The store cannot go on; the message says why and what to do.</summary>
public sealed class StoreRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Receives rows during recovery and verification, in number order.</summary>
/// <param name="row">The row; valid during the call only.</param>
public delegate void RowVisitor(in StoredRow row);

/// <summary>A row fetched by key, on the heap so that an event can carry it.</summary>
/// <param name="Entry">Its fixed fields.</param>
/// <param name="Command">Its command (deadline and canonical body).</param>
public sealed record FetchedRow(Entry Entry, byte[] Command);

/// <summary>Reads of a shard that need no epoch. Thread-safe.</summary>
public interface IShardReader
{
    /// <summary>Visits line 1 of every entry with a number above <paramref name="afterNumber"/>, in order; returns the last number visited.</summary>
    ValueTask<long> ReadEntriesAsync(long afterNumber, RowVisitor visitor, CancellationToken cancellationToken);

    /// <summary>Line 1 of an entry by number; null when it is not stored. Within 50 ms.</summary>
    ValueTask<FetchedRow?> FindByNumberAsync(long number, CancellationToken cancellationToken);

    /// <summary>
    /// Line 1 of an entry by source and sequence; null when it is not stored. <paramref name="laterNumber"/> is the number of an entry
    /// of the same source at or shortly after that sequence, from which the chain of previous numbers is walked; 0 when not known
    /// (then only closed days, which have an index, are searched).
    /// </summary>
    ValueTask<FetchedRow?> FindBySequenceAsync(uint source, long sequence, long laterNumber, CancellationToken cancellationToken);

    /// <summary>
    /// Visits line 1 of every accepted entry about the races of a meeting (definitions, controls, stops that fell due), in number order,
    /// of business day <paramref name="fromDay"/> and later.
    /// </summary>
    ValueTask ReadMeetingAsync(uint day, byte meeting, int fromDay, RowVisitor visitor, CancellationToken cancellationToken);

    /// <summary>
    /// Visits line 1 of every accepted wager with a line on a race, and of every one with a report in the race's meeting, in number
    /// order, of business day <paramref name="fromDay"/> and later; those taken back since included.
    /// </summary>
    ValueTask ReadWagersAsync(RaceId race, int fromDay, RowVisitor visitor, CancellationToken cancellationToken);

    /// <summary>
    /// The tickets that were cancelled or reversed, a supervisor's reversals included, by entries of business day
    /// <paramref name="fromDay"/> and later.
    /// </summary>
    ValueTask<HashSet<long>> ReadUndoneAsync(int fromDay, CancellationToken cancellationToken);

    /// <summary>
    /// Visits line 1 of the entries that can carry a payment order (confirmations, authorisations, releases, reversals, expiries, returns)
    /// with numbers above <paramref name="afterNumber"/> up to <paramref name="upToNumber"/>, in number order, until <paramref name="max"/>
    /// were visited; returns the number up to which all were.
    /// </summary>
    ValueTask<long> ReadPaymentsAsync(long afterNumber, long upToNumber, int max, RowVisitor visitor, CancellationToken cancellationToken);

    /// <summary>The newest snapshots, newest first; at most three.</summary>
    ValueTask<IReadOnlyList<SnapshotInfo>> ListSnapshotsAsync(CancellationToken cancellationToken);

    /// <summary>The bytes of a snapshot; throws <see cref="InvalidDataException"/> when chunks are missing or their hash differs.</summary>
    ValueTask<byte[]> ReadSnapshotAsync(SnapshotInfo snapshot, CancellationToken cancellationToken);

    /// <summary>Stores a snapshot in chunks; it counts only once whole.</summary>
    ValueTask WriteSnapshotAsync(long number, short format, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>All sources of the shard, newest version of each.</summary>
    ValueTask<IReadOnlyList<SourceRecord>> ReadSourcesAsync(CancellationToken cancellationToken);

    /// <summary>The head of the chain as stored now.</summary>
    ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>How many days ahead of <paramref name="businessDay"/> have a partition, the day itself not counted; -1 when that day itself has none.</summary>
    ValueTask<int> CountPartitionsAheadAsync(int businessDay, CancellationToken cancellationToken);
}

/// <summary>A row was asked for that lies in a business day whose rows are in an archive file and not in the database.</summary>
/// <param name="businessDay">The day as <c>YYYYMMDD</c>.</param>
public sealed class DayArchivedException(int businessDay) : Exception(
    $"Business day {businessDay} is archived: its rows are in a file and not in the database. Attach it again to use them (OPERATIONS.md, 'Archiving a day').");

/// <summary>A stored snapshot.</summary>
/// <param name="Number">State after this number.</param>
/// <param name="Format">Version of its layout.</param>
/// <param name="Chunks">Chunks.</param>
/// <param name="Bytes">Bytes in all.</param>
/// <param name="Hash">SHA-256 of the bytes and the previous snapshot's hash.</param>
public sealed record SnapshotInfo(long Number, short Format, int Chunks, long Bytes, byte[] Hash);

/// <summary>A source as registered: who may log on, and as what.</summary>
/// <param name="Id">The source, 1..2,147,483,647.</param>
/// <param name="Outlet">Its outlet.</param>
/// <param name="Channel">Its channel.</param>
/// <param name="Role">What it may submit.</param>
/// <param name="Window">Most transactions without an answer, 1..8,192.</param>
/// <param name="Salt">SCRAM salt.</param>
/// <param name="Iterations">SCRAM iterations.</param>
/// <param name="StoredKey">SCRAM stored key, 32 bytes.</param>
/// <param name="ServerKey">SCRAM server key, 32 bytes.</param>
/// <param name="Disabled">True when it may not log on.</param>
/// <param name="Certificate">
/// The client certificate it must present to log on: the SHA-256 of the certificate in lower-case hexadecimal, or the common name of its
/// subject; null when it logs on by password alone.
/// </param>
public sealed record SourceRecord(
    uint Id, int Outlet, Channel Channel, SourceRole Role, int Window, byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey,
    bool Disabled, string? Certificate = null);
