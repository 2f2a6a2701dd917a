using TxCore.Identity.Persons;

namespace TxCore.Identity.Purposes;

/// <summary>One thing a person said about a consent.</summary>
/// <param name="Purpose">For what.</param>
/// <param name="Recipient">For whom; <c>operator</c> is the operator itself.</param>
/// <param name="Given">Given or withdrawn.</param>
/// <param name="At">When.</param>
/// <param name="Evidence">Reference of the evidence.</param>
public sealed record Consent(string Purpose, string Recipient, bool Given, DateTimeOffset At, string Evidence);

/// <summary>Consents as a history that is only added to, and the recipients they name.</summary>
public sealed class ConsentLedger(IdentityDatabase database, TimeProvider clock)
{
    /// <summary>Adds a recipient, or gives one another name or public key (ECDSA P-256, PEM).</summary>
    public async Task AddRecipientAsync(string recipient, string name, string? publicKeyPem, CancellationToken cancellationToken = default)
    {
        const string sql = """
            INSERT INTO person.recipients AS r (recipient, name, public_key) VALUES ($1, $2, $3)
            ON CONFLICT (recipient) DO UPDATE SET name = EXCLUDED.name, public_key = coalesce(EXCLUDED.public_key, r.public_key)
            """;
        if (publicKeyPem is not null)
        {
            Handover.StatementKey.RequirePublic(publicKeyPem);
        }

        await database.ExecuteAsync(sql, cancellationToken, recipient, name, publicKeyPem);
    }

    /// <summary>
    /// Records that a person gave or withdrew consent. The person is kept for the purpose while consent for any recipient is given.
    /// </summary>
    /// <exception cref="IdentityRefusedException">Person, purpose or recipient is unknown, or the purpose does not rest on consent.</exception>
    public async Task RecordAsync(
        byte[] personKey, string purpose, string recipient, bool given, string evidence, string actor, CancellationToken cancellationToken = default)
    {
        new Warrant(actor, evidence).Require();
        const string known = """
            SELECT CASE WHEN NOT EXISTS (SELECT FROM person.identity WHERE person_key = $1) THEN 'person'
                        WHEN NOT EXISTS (SELECT FROM person.recipients WHERE recipient = $3) THEN 'recipient'
                        WHEN NOT EXISTS (SELECT FROM person.purposes WHERE purpose = $2) THEN 'purpose'
                        WHEN NOT EXISTS (SELECT FROM person.purposes WHERE purpose = $2 AND legal_basis = 'consent') THEN 'basis' ELSE '' END
            """;
        string? unknown = await database.ScalarAsync<string>(known, cancellationToken, personKey, purpose, recipient);
        if (unknown is not "")
        {
            throw new IdentityRefusedException(unknown switch
            {
                "person" => $"There is no person {Convert.ToHexStringLower(personKey)}.",
                "recipient" => $"There is no recipient {recipient}; add it first.",
                "purpose" => $"There is no purpose {purpose}; load it first.",
                _ => $"The purpose {purpose} does not rest on consent.",
            });
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        const string insert = """
            INSERT INTO person.consents (person_key, purpose, recipient, given, at, actor, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7)
            """;
        await IdentityDatabase.ExecuteAsync(connection, insert, cancellationToken, personKey, purpose, recipient, given, now, actor, evidence);
        if (given)
        {
            await IdentityStore.AttachAsync(connection, personKey, purpose, now, cancellationToken);
        }
        else
        {
            const string detach = """
                UPDATE person.person_purposes SET expired_at = $3 WHERE person_key = $1 AND purpose = $2 AND expired_at IS NULL
                   AND NOT EXISTS (SELECT FROM person.consent_state c WHERE c.person_key = $1 AND c.purpose = $2 AND c.given)
                """;
            await IdentityDatabase.ExecuteAsync(connection, detach, cancellationToken, personKey, purpose, now);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>All a person said, oldest first.</summary>
    public async Task<IReadOnlyList<Consent>> HistoryAsync(byte[] personKey, CancellationToken cancellationToken = default) =>
        await ReadAsync("SELECT purpose, recipient, given, at, evidence FROM person.consents WHERE person_key = $1 ORDER BY at, id", personKey, cancellationToken);

    /// <summary>What holds now.</summary>
    public async Task<IReadOnlyList<Consent>> StateAsync(byte[] personKey, CancellationToken cancellationToken = default) =>
        await ReadAsync(
            "SELECT purpose, recipient, given, since, evidence FROM person.consent_state WHERE person_key = $1 ORDER BY purpose, recipient", personKey, cancellationToken);

    private Task<List<Consent>> ReadAsync(string sql, byte[] personKey, CancellationToken cancellationToken) => database.RowsAsync(
        sql,
        static reader => new Consent(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4)),
        cancellationToken, personKey);
}
