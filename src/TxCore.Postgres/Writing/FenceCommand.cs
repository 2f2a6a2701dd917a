using Npgsql;
using NpgsqlTypes;

namespace TxCore.Postgres;

/// <summary>A commit without rows, in one round trip: the statement is its own transaction.</summary>
internal sealed class FenceCommand
{
    private readonly NpgsqlParameter<short> _shard = new() { NpgsqlDbType = NpgsqlDbType.Smallint };
    private readonly NpgsqlParameter<long> _epoch = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<Guid> _writer = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
    private readonly NpgsqlCommand _command;

    public FenceCommand(NpgsqlConnection connection)
    {
        // No time limit, as it ends in a commit; a wait for the row's lock is limited by the session's lock_timeout.
        _command = new NpgsqlCommand("SELECT txcore.fence($1, $2, $3)", connection)
        {
            CommandTimeout = 0,
            Parameters = { _shard, _epoch, _writer },
        };
    }

    public Task ExecuteAsync(WriterSession session, Claim claim)
    {
        _shard.TypedValue = claim.Shard;
        _epoch.TypedValue = claim.Epoch;
        _writer.TypedValue = claim.Writer;
        return session.WithoutWarningAsync(_command);
    }
}
