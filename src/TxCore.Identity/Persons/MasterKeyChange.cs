using TxCore.Identity.Keys;

namespace TxCore.Identity.Persons;

/// <summary>
/// Wraps every data key anew under another master key. Once the old one is destroyed, no older copy of the database opens any more: this is
/// what makes an erasure final in backups and in the write-ahead log.
/// </summary>
public static class MasterKeyChange
{
    private const int Batch = 500;

    /// <summary>Changes the key of all rows; started again after a crash it goes on with those left. Needs the owner role.</summary>
    /// <returns>Rows changed.</returns>
    public static async Task<long> RunAsync(IdentityDatabase database, MasterKey from, MasterKey to, CancellationToken cancellationToken = default)
    {
        const string read = """
            SELECT person_key, event, nonce, ciphertext, wrapped_key, master_key_id FROM person.identity WHERE master_key_id <> $1 ORDER BY person_key LIMIT $2
            """;
        const string write = """
            UPDATE person.identity SET wrapped_key = $2, master_key_id = $3 WHERE person_key = $1 AND wrapped_key = $4
            """;
        long changed = 0;
        while (true)
        {
            var rows = await database.RowsAsync(
                read,
                static reader => (
                    Key: reader.GetFieldValue<byte[]>(0),
                    Event: reader.GetString(1),
                    Sealed: new SealedRecord(reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4), reader.GetString(5))),
                cancellationToken, to.Id, Batch);
            if (rows.Count == 0)
            {
                return changed;
            }

            await using var connection = await database.ConnectAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            foreach (var row in rows)
            {
                // A row rectified or erased meanwhile is not touched; the next round finds it if it still needs it.
                var made = row.Sealed.Rewrap(from, to, row.Key, row.Event);
                changed += await IdentityDatabase.ExecuteAsync(
                    connection, write, cancellationToken, row.Key, made.WrappedKey, made.MasterKeyId, row.Sealed.WrappedKey);
            }

            await transaction.CommitAsync(cancellationToken);
        }
    }
}
