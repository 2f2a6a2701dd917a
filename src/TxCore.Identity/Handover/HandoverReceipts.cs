using System.Globalization;
using TxCore.Identity.Persons;

namespace TxCore.Identity.Handover;

/// <summary>What the source deleted after a hand-over.</summary>
/// <param name="Erased">Persons erased now.</param>
/// <param name="GoneBefore">Persons who were erased before.</param>
/// <param name="KeptChanged">Persons kept, for their fields changed after the hand-over: the recipient has not what is here.</param>
/// <param name="KeptByDuty">Persons kept, for a legal obligation holds them; all their other purposes have ended.</param>
/// <param name="Statement">The signed statement.</param>
public sealed record SourceDeletionResult(long Erased, long GoneBefore, long KeptChanged, long KeptByDuty, SignedStatement Statement);

/// <summary>The end of a hand-over: the recipient signs for it, the source deletes what it handed over and signs for that.</summary>
public sealed class HandoverReceipts(IdentityDatabase database, TimeProvider clock)
{
    private const string ReceiptKind = "txcore handover receipt 1";
    private const string DeletionKind = "txcore handover deletion 1";

    /// <summary>Signs for a hand-over, as its recipient, without a database.</summary>
    /// <exception cref="IdentityRefusedException">The hand-over does not fit its manifest: nobody signs for that.</exception>
    public static SignedStatement Sign(string directory, StatementKey key, string by, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(clock);
        new Warrant(by, "receipt").Require();
        if (HandoverCheck.Run(directory) is [var fault, ..])
        {
            throw new IdentityRefusedException($"The hand-over does not fit and is not signed for: {fault}");
        }

        var (manifest, hash) = HandoverManifest.Read(directory);
        return SignedStatement.Make(
            key, ReceiptKind, ("handover", $"{manifest.Handover}"), ("manifest_sha256", Convert.ToHexStringLower(hash)), ("recipient", manifest.Recipient),
            ("persons", Number(manifest.Persons)), ("received_at", $"{clock.GetUtcNow():u}"), ("received_by", by));
    }

    /// <summary>Records a receipt once its signature fits the recipient's registered key and its text the hand-over.</summary>
    /// <exception cref="IdentityRefusedException">It does not, or there is one already.</exception>
    public async Task<Guid> RecordAsync(SignedStatement receipt, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        if (!receipt.Statement.StartsWith(ReceiptKind + "\n", StringComparison.Ordinal) || !Guid.TryParse(receipt.Value("handover"), out var handover))
        {
            throw new IdentityRefusedException("The statement is no receipt of a hand-over.");
        }

        const string sql = """
            SELECT encode(h.manifest_sha256, 'hex'), h.recipient, h.persons, coalesce(r.public_key, '') FROM person.handovers h JOIN person.recipients r USING (recipient)
             WHERE h.handover = $1
            """;
        var found = await database.RowsAsync(
            sql, static reader => (Hash: reader.GetString(0), Recipient: reader.GetString(1), Persons: reader.GetInt64(2), Key: reader.GetString(3)),
            cancellationToken, handover);
        if (found is not [var row])
        {
            throw new IdentityRefusedException($"There is no hand-over {handover} here.");
        }

        Require(row.Key.Length > 0, $"The recipient {row.Recipient} has no registered public key.");
        Require(receipt.IsSignedWith(row.Key), $"The signature is not that of the registered key of {row.Recipient}.");
        Require(receipt.Value("recipient") == row.Recipient, $"The receipt is of {receipt.Value("recipient")}, the hand-over was to {row.Recipient}.");
        Require(receipt.Value("manifest_sha256") == row.Hash, $"The receipt is for manifest {receipt.Value("manifest_sha256")}, handed over was {row.Hash}.");
        Require(receipt.Value("persons") == Number(row.Persons), $"The receipt is for {receipt.Value("persons")} persons, handed over were {row.Persons}.");
        const string insert = """
            INSERT INTO person.receipts (handover, statement, signature, recorded_at, actor) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
            """;
        int added = await database.ExecuteAsync(
            insert, cancellationToken, handover, receipt.Statement, Convert.FromBase64String(receipt.Signature), clock.GetUtcNow(), warrant.Actor);
        Require(added == 1, $"There is a receipt for hand-over {handover} already.");
        return handover;
    }

    /// <summary>
    /// Erases at the source the persons of an end-of-life hand-over whose receipt is recorded, and signs for it. Run again it erases what
    /// remains and signs anew.
    /// </summary>
    /// <exception cref="IdentityRefusedException">The hand-over is not known, not an end-of-life one, or has no receipt.</exception>
    public async Task<SourceDeletionResult> DeleteSourceAsync(
        string directoryOrManifest, StatementKey operatorKey, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(operatorKey);
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        var (manifest, hash) = HandoverManifest.Read(directoryOrManifest);
        const string known = """
            SELECT h.end_of_life, EXISTS (SELECT FROM person.receipts r WHERE r.handover = h.handover) FROM person.handovers h WHERE h.handover = $1 AND h.manifest_sha256 = $2
            """;
        var found = await database.RowsAsync(known, static reader => (EndOfLife: reader.GetBoolean(0), Receipt: reader.GetBoolean(1)), cancellationToken, manifest.Handover, hash);
        Require(found.Count == 1, $"There is no hand-over {manifest.Handover} with this manifest here.");
        Require(found[0].EndOfLife, $"The hand-over {manifest.Handover} was not made as an end-of-life one: the source keeps its persons.");
        Require(found[0].Receipt, $"The hand-over {manifest.Handover} has no receipt: nothing is deleted before it arrived.");

        var counts = new Dictionary<string, long>(StringComparer.Ordinal) { ["erased"] = 0, ["gone"] = 0, ["changed"] = 0, ["duty"] = 0 };
        var keys = await database.RowsAsync(
            "SELECT person_key FROM person.handover_persons WHERE handover = $1 ORDER BY person_key", static reader => reader.GetFieldValue<byte[]>(0),
            cancellationToken, manifest.Handover);
        foreach (byte[] key in keys)
        {
            counts[await DeleteAsync(key, manifest, warrant, cancellationToken)]++;
        }

        var now = clock.GetUtcNow();
        var statement = SignedStatement.Make(
            operatorKey, DeletionKind, ("handover", $"{manifest.Handover}"), ("manifest_sha256", Convert.ToHexStringLower(hash)), ("recipient", manifest.Recipient),
            ("persons", Number(keys.Count)), ("erased", Number(counts["erased"])), ("erased_before", Number(counts["gone"])),
            ("kept_changed_since", Number(counts["changed"])), ("kept_by_legal_obligation", Number(counts["duty"])), ("deleted_at", $"{now:u}"),
            ("deleted_by", warrant.Actor), ("reason", warrant.Reason));
        const string insert = "INSERT INTO person.source_deletions (handover, statement, signature, at, actor) VALUES ($1, $2, $3, $4, $5)";
        await database.ExecuteAsync(
            insert, cancellationToken, manifest.Handover, statement.Statement, Convert.FromBase64String(statement.Signature), now, warrant.Actor);
        return new SourceDeletionResult(counts["erased"], counts["gone"], counts["changed"], counts["duty"], statement);
    }

    private async Task<string> DeleteAsync(byte[] key, HandoverManifest manifest, Warrant warrant, CancellationToken cancellationToken)
    {
        const string look = """
            SELECT i.changed_at > $2, EXISTS (SELECT FROM person.person_purposes pp JOIN person.purposes p USING (purpose)
                                              WHERE pp.person_key = $1 AND pp.expired_at IS NULL AND p.legal_basis = 'legal_obligation')
              FROM person.identity i WHERE i.person_key = $1 FOR UPDATE
            """;
        const string end = """
            UPDATE person.person_purposes pp SET expired_at = $2 FROM person.purposes p
             WHERE pp.person_key = $1 AND pp.expired_at IS NULL AND p.purpose = pp.purpose AND p.legal_basis <> 'legal_obligation'
            """;
        var now = clock.GetUtcNow();
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        bool present;
        bool changed = false;
        bool duty = false;
        await using (var command = IdentityDatabase.Command(connection, look, [key, manifest.CreatedAt]))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            present = await reader.ReadAsync(cancellationToken);
            if (present)
            {
                (changed, duty) = (reader.GetBoolean(0), reader.GetBoolean(1));
            }
        }

        string outcome = (present, changed, duty) switch
        {
            (false, _, _) => "gone",
            (_, true, _) => "changed",
            (_, _, true) => "duty",
            _ => "erased",
        };
        if (outcome == "duty")
        {
            await IdentityDatabase.ExecuteAsync(connection, end, cancellationToken, key, now);
        }
        else if (outcome == "erased")
        {
            string reason = $"handed over to {manifest.Recipient}: {manifest.Handover}";
            await IdentityDatabase.ExecuteAsync(connection, "SELECT person.erase_person($1, $2, $3, $4)", cancellationToken, key, warrant.Actor, reason, now);
        }

        await transaction.CommitAsync(cancellationToken);
        return outcome;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new IdentityRefusedException(otherwise);
        }
    }
}
