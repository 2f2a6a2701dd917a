using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// The mark that a shard's database is for load tests and rehearsals alone. The writer role cannot set it, and nothing takes it away again:
/// a database that had test transactions never becomes a real one.
/// </summary>
public static class RehearsalMark
{
    /// <summary>Marks a database that has no entries; false when it has some and is not marked.</summary>
    /// <param name="ownerConnectionString">The database, as its owner.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<bool> SetAsync(string ownerConnectionString, CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(ownerConnectionString);
        await using var command = source.CreateCommand(
            "UPDATE txcore.shard SET rehearsal = true WHERE rehearsal OR last_number = 0 RETURNING rehearsal");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Throws unless the database is marked.</summary>
    /// <param name="connectionString">The database; the writer role may read the mark.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StoreRefusedException">The database is not marked as a rehearsal.</exception>
    public static async Task RequireAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT bool_and(rehearsal) FROM txcore.shard");
        if (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            throw new StoreRefusedException("The database is not marked as a rehearsal; a clock that is wrong on purpose is refused.");
        }
    }
}
