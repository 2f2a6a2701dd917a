using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// <c>txcore.advance</c>, which locks the shard row, checks the epoch and the chain, and records the batch, with what travels in the same
/// round trip: for a small batch BEGIN before it, its rows and COMMIT behind; for a large one, whose rows went ahead, COMMIT. The server
/// leaves out what follows a command that failed. One object for the life of a connection, so that a batch allocates no parameters.
/// </summary>
internal sealed class AdvanceCommand
{
    private const string Sql = "SELECT txcore.advance($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlBatchCommand? _commit;
    private readonly NpgsqlParameter<short> _shard = new() { NpgsqlDbType = NpgsqlDbType.Smallint };
    private readonly NpgsqlParameter<long> _epoch = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<Guid> _writer = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
    private readonly NpgsqlParameter<long> _number = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long> _first = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<long> _last = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<int> _rows = new() { NpgsqlDbType = NpgsqlDbType.Integer };
    private readonly NpgsqlParameter<byte[]> _previous = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<byte[]> _hash = new() { NpgsqlDbType = NpgsqlDbType.Bytea };
    private readonly NpgsqlParameter<short> _format = new() { NpgsqlDbType = NpgsqlDbType.Smallint, TypedValue = RowFormat.Version };
    private readonly NpgsqlParameter<DateTime> _sequencedAt = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly NpgsqlParameter<DateOnly[]> _days = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date };
    private readonly NpgsqlParameter<long[]> _dayFirsts = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private AdvanceCommand(NpgsqlConnection connection, NpgsqlBatchCommand? begin, NpgsqlBatchCommand? rows, NpgsqlBatchCommand? commit)
    {
        var advance = new NpgsqlBatchCommand(Sql)
        {
            Parameters = { _shard, _epoch, _writer, _number, _first, _last, _rows, _previous, _hash, _format, _sequencedAt, _days, _dayFirsts },
        };
        _commit = commit;
        _batch = new NpgsqlBatch(connection);
        foreach (var command in (NpgsqlBatchCommand?[])[begin, advance, rows, commit])
        {
            if (command is not null)
            {
                _batch.BatchCommands.Add(command);
            }
        }

        if (commit is not null)
        {
            _batch.Timeout = 0;
        }
    }

    /// <summary>The whole of a small batch: BEGIN, advance, <paramref name="rows"/>, COMMIT.</summary>
    public static AdvanceCommand Whole(NpgsqlConnection connection, NpgsqlBatchCommand rows) =>
        new(connection, new NpgsqlBatchCommand("BEGIN"), rows, new NpgsqlBatchCommand("COMMIT"));

    /// <summary>The end of a batch whose rows are written: advance and COMMIT.</summary>
    public static AdvanceCommand WithCommit(NpgsqlConnection connection) => new(connection, null, null, new NpgsqlBatchCommand("COMMIT"));

    /// <summary>Advance alone, for a COMMIT that is to be sent by itself.</summary>
    public static AdvanceCommand Alone(NpgsqlConnection connection) => new(connection, null, null, null);

    /// <summary>True when a failure came from a command before COMMIT, which the server then left out: nothing is in doubt.</summary>
    public bool CameBeforeCommit(Exception failure) => failure is PostgresException { BatchCommand: { } failed } && failed != _commit;

    /// <summary>Prepares the statements on the connection.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => _batch.PrepareAsync(cancellationToken);

    /// <summary>Runs it for a batch.</summary>
    public Task ExecuteAsync(Claim claim, RowBatch batch, DayStarts days)
    {
        _shard.TypedValue = claim.Shard;
        _epoch.TypedValue = claim.Epoch;
        _writer.TypedValue = claim.Writer;
        _number.TypedValue = batch.Batch;
        _first.TypedValue = batch.FirstNumber;
        _last.TypedValue = batch.LastNumber;
        _rows.TypedValue = batch.Rows.RowCount;
        _previous.TypedValue = batch.PreviousHash;
        _hash.TypedValue = batch.Hash;
        _sequencedAt.TypedValue = DateTime.UnixEpoch.AddMicroseconds(batch.SequencedAt);
        _days.TypedValue = days.Days;
        _dayFirsts.TypedValue = days.FirstNumbers;
        return _batch.ExecuteNonQueryAsync();
    }
}
