using Npgsql;
using TxCore.Identity.Keys;

namespace TxCore.Identity.Persons;

/// <summary>What became of a registration.</summary>
/// <param name="Key">The person's key.</param>
/// <param name="Added">False when the person was there already: the fields stored before stand, and change by rectification only.</param>
public sealed record RegisteredPerson(byte[] Key, bool Added);

/// <summary>
/// The identities behind person keys: registered, read, rectified and erased one by one (<c>domain.md</c> section 3.4). Every read leaves a
/// row in <c>person.identity_reads</c> before anything is decrypted.
/// </summary>
public sealed class IdentityStore(IdentityDatabase database, MasterKey master, TimeProvider clock)
{
    /// <summary>Most persons of one read.</summary>
    public const int ReadBatchMax = 1000;

    /// <summary>
    /// Registers a person for a purpose, with the fields that purpose needs. A person who is there already keeps the fields stored before (who
    /// only knows a name and a birthday must not replace them); the contact and the purpose are noted.
    /// </summary>
    /// <exception cref="IdentityRefusedException">
    /// A field is missing, the purpose is unknown or ended, or the event's persons are keyed under another pepper.
    /// </exception>
    public async Task<RegisteredPerson> RegisterAsync(Pepper pepper, PersonRecord record, string purpose, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pepper);
        byte[] key = KeyOf(pepper, record);
        var now = clock.GetUtcNow();
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RequireEventAsync(connection, pepper, now, cancellationToken);
        string[] wanted = await FieldsOfAsync(connection, purpose, pepper.Event, cancellationToken);
        var kept = record.Only(wanted);
        var made = SealedRecord.Seal(master, key, pepper.Event, kept.ToJson());
        const string insert = """
            INSERT INTO person.identity (person_key, event, fields, nonce, ciphertext, wrapped_key, master_key_id, created_at, changed_at, last_contact_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8) ON CONFLICT (person_key) DO NOTHING
            """;
        int added = await IdentityDatabase.ExecuteAsync(
            connection, insert, cancellationToken, key, pepper.Event, kept.Fields.Keys.ToArray(), made.Nonce, made.Ciphertext, made.WrappedKey, made.MasterKeyId, now);
        if (added == 0)
        {
            await IdentityDatabase.ExecuteAsync(
                connection, "UPDATE person.identity SET last_contact_at = greatest(last_contact_at, $2) WHERE person_key = $1", cancellationToken, key, now);
        }

        await AttachAsync(connection, key, purpose, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RegisteredPerson(key, added == 1);
    }

    /// <summary>The fields of a person; null when there is nobody, which is logged too.</summary>
    /// <exception cref="IdentityRefusedException">The master key is another one, or the row was changed.</exception>
    public async Task<PersonRecord?> ReadAsync(byte[] personKey, Warrant warrant, CancellationToken cancellationToken = default) =>
        (await ReadAsync([personKey], warrant, cancellationToken)).GetValueOrDefault(Convert.ToHexStringLower(personKey));

    /// <summary>The fields of up to <see cref="ReadBatchMax"/> persons, by key in hexadecimal; each is logged.</summary>
    public async Task<Dictionary<string, PersonRecord>> ReadAsync(
        IReadOnlyCollection<byte[]> personKeys, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(personKeys.Count, ReadBatchMax);
        const string sql = """
            SELECT person_key, event, nonce, ciphertext, wrapped_key, master_key_id FROM person.read_identities($1, $2, $3)
            """;

        // The statement has committed, and its log rows with it, before the first row is opened.
        var rows = await database.RowsAsync(
            sql,
            static reader => (
                Key: reader.GetFieldValue<byte[]>(0),
                Event: reader.GetString(1),
                Sealed: new SealedRecord(reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4), reader.GetString(5))),
            cancellationToken, personKeys.ToArray(), warrant.Actor, warrant.Reason);
        return rows.ToDictionary(
            row => Convert.ToHexStringLower(row.Key), row => PersonRecord.Parse(row.Sealed.Open(master, row.Key, row.Event)), StringComparer.Ordinal);
    }

    /// <summary>
    /// Rectifies fields of a person; the key stays the one the person was registered with, as sales and draws have it. The fields are sealed
    /// under a new data key and the old one is gone.
    /// </summary>
    /// <returns>False when there is nobody.</returns>
    public Task<bool> RectifyAsync(byte[] personKey, PersonRecord changes, Warrant warrant, CancellationToken cancellationToken = default) =>
        ChangeAsync(personKey, warrant, present => present.With(changes), cancellationToken);

    /// <summary>Erases a person: fields and data key are destroyed, a row in <c>person.erasures</c> stays.</summary>
    /// <returns>False when there is nobody.</returns>
    public async Task<bool> EraseAsync(byte[] personKey, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        const string sql = "SELECT person.erase_person($1, $2, $3, $4)";
        return await database.ScalarAsync<bool>(sql, cancellationToken, personKey, warrant.Actor, warrant.Reason, clock.GetUtcNow());
    }

    /// <summary>Records that a person opposes marketing, or no longer does.</summary>
    public async Task OpposeMarketingAsync(byte[] personKey, bool opposed, string evidence, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        await RequirePersonAsync(personKey, cancellationToken);
        const string sql = "INSERT INTO person.oppositions (person_key, opposed, at, actor, evidence) VALUES ($1, $2, $3, $4, $5)";
        await database.ExecuteAsync(sql, cancellationToken, personKey, opposed, clock.GetUtcNow(), warrant.Actor, evidence);
    }

    /// <summary>Notes that the person was heard of; periods of inactivity start again.</summary>
    public async Task ContactAsync(byte[] personKey, CancellationToken cancellationToken = default)
    {
        await RequirePersonAsync(personKey, cancellationToken);
        const string sql = "UPDATE person.identity SET last_contact_at = greatest(last_contact_at, $2) WHERE person_key = $1";
        await database.ExecuteAsync(sql, cancellationToken, personKey, clock.GetUtcNow());
    }

    /// <summary>Notes that the person's account is closed; periods that start there begin.</summary>
    public async Task CloseAccountAsync(byte[] personKey, CancellationToken cancellationToken = default)
    {
        await RequirePersonAsync(personKey, cancellationToken);
        const string sql = "UPDATE person.identity SET closed_at = coalesce(closed_at, $2) WHERE person_key = $1";
        await database.ExecuteAsync(sql, cancellationToken, personKey, clock.GetUtcNow());
    }

    /// <summary>Adds a purpose to a person.</summary>
    public async Task AddPurposeAsync(byte[] personKey, string purpose, CancellationToken cancellationToken = default)
    {
        string subject = await RequirePersonAsync(personKey, cancellationToken);
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FieldsOfAsync(connection, purpose, subject, cancellationToken);
        await AttachAsync(connection, personKey, purpose, clock.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Writes other fields for a person; false when there is nobody. The person is locked from before the read until the write has committed,
    /// so that two changes at once are both kept; the read is logged by itself, whatever becomes of the change.
    /// </summary>
    internal async Task<bool> ChangeAsync(
        byte[] personKey, Warrant warrant, Func<PersonRecord, PersonRecord> change, CancellationToken cancellationToken)
    {
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        bool isThere = await LockAsync(connection, personKey, cancellationToken);
        if (await ReadAsync(personKey, warrant, cancellationToken) is not { } present || !isThere)
        {
            return false;
        }

        var record = change(present);
        string subject = await RequirePersonAsync(personKey, cancellationToken);
        var made = SealedRecord.Seal(master, personKey, subject, record.ToJson());
        const string sql = """
            UPDATE person.identity SET fields = $2, nonce = $3, ciphertext = $4, wrapped_key = $5, master_key_id = $6, changed_at = $7 WHERE person_key = $1
            """;
        await using var update = IdentityDatabase.Command(
            connection, sql,
            [personKey, record.Fields.Keys.ToArray(), made.Nonce, made.Ciphertext, made.WrappedKey, made.MasterKeyId, clock.GetUtcNow()]);
        await update.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The event of a person.</summary>
    internal async Task<string> RequirePersonAsync(byte[] personKey, CancellationToken cancellationToken) =>
        await database.ScalarAsync<string>("SELECT event FROM person.identity WHERE person_key = $1", cancellationToken, personKey)
            ?? throw new IdentityRefusedException($"There is no person {Convert.ToHexStringLower(personKey)}.");

    /// <summary>Locks a person until the transaction ends, so that nothing is attached to one who is being erased; false when there is nobody.</summary>
    internal static async Task<bool> LockAsync(NpgsqlConnection connection, byte[] personKey, CancellationToken cancellationToken)
    {
        await using var command = IdentityDatabase.Command(connection, "SELECT true FROM person.identity WHERE person_key = $1 FOR UPDATE", [personKey]);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Adds a purpose to a person, in a transaction of the caller.</summary>
    internal static async Task AttachAsync(
        NpgsqlConnection connection, byte[] personKey, string purpose, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await LockAsync(connection, personKey, cancellationToken))
        {
            throw new IdentityRefusedException($"There is no person {Convert.ToHexStringLower(personKey)}.");
        }

        const string sql = """
            INSERT INTO person.person_purposes AS p (person_key, purpose, since) VALUES ($1, $2, $3)
            ON CONFLICT (person_key, purpose) DO UPDATE SET since = CASE WHEN p.expired_at IS NULL THEN p.since ELSE $3 END, expired_at = NULL
            """;
        await IdentityDatabase.ExecuteAsync(connection, sql, cancellationToken, personKey, purpose, now);
    }

    private static byte[] KeyOf(Pepper pepper, PersonRecord record)
    {
        try
        {
            return pepper.KeyOf(record);
        }
        catch (ArgumentException fault)
        {
            // The cause names a single letter, not the name.
            throw new IdentityRefusedException($"The person has no canonical form: {fault.Message}", fault);
        }
    }

    private static async Task RequireEventAsync(NpgsqlConnection connection, Pepper pepper, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string insert = "INSERT INTO person.events (event, pepper_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        await IdentityDatabase.ExecuteAsync(connection, insert, cancellationToken, pepper.Event, pepper.Id, now);
        await using var read = IdentityDatabase.Command(connection, "SELECT pepper_id FROM person.events WHERE event = $1", [pepper.Event]);
        if (await read.ExecuteScalarAsync(cancellationToken) is not string id || id != pepper.Id)
        {
            throw new IdentityRefusedException($"The persons of {pepper.Event} are keyed under another pepper than {pepper.Id}, or that pepper is another event's.");
        }
    }

    private static async Task<string[]> FieldsOfAsync(NpgsqlConnection connection, string purpose, string subject, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT p.fields, EXISTS (SELECT FROM person.purpose_ends e WHERE e.purpose = p.purpose AND e.event = $2) FROM person.purposes p WHERE p.purpose = $1
            """;
        await using var command = IdentityDatabase.Command(connection, sql, [purpose, subject]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new IdentityRefusedException($"There is no purpose {purpose}; load it first.");
        }

        return reader.GetBoolean(1)
            ? throw new IdentityRefusedException($"The purpose {purpose} has ended for {subject}.")
            : reader.GetFieldValue<string[]>(0);
    }
}
