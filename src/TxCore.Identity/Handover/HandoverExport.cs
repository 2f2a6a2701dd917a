using System.Security.Cryptography;
using System.Text.Json;
using TxCore.Identity.Keys;
using TxCore.Identity.Persons;

namespace TxCore.Identity.Handover;

/// <summary>What is to be handed over.</summary>
/// <param name="Event">Event of the persons.</param>
/// <param name="Recipient">Who receives it.</param>
/// <param name="Purpose">The purpose persons consented to; it decides which fields go.</param>
/// <param name="EndOfLife">True when the source deletes what it handed over once the receipt is there.</param>
/// <param name="Rows">Further files by person key, CSV.</param>
public sealed record HandoverRequest(string Event, string Recipient, string Purpose, bool EndOfLife, IReadOnlyList<string> Rows);

/// <summary>An export that was made.</summary>
/// <param name="Manifest">Its manifest.</param>
/// <param name="ManifestSha256">SHA-256 of <c>manifest.json</c>, hexadecimal: tell it to the recipient by another way than the files.</param>
public sealed record HandoverResult(HandoverManifest Manifest, string ManifestSha256);

/// <summary>
/// Exports the persons who consent to a recipient for a purpose, each under a key only this recipient has: two recipients who put their
/// files together find no common key. (They may still meet in an e-mail address: the fields of the purpose decide.)
/// </summary>
public sealed class HandoverExport(IdentityDatabase database, IdentityStore store, TimeProvider clock)
{
    /// <summary>How keys are made, as the manifest says it.</summary>
    public const string KeyForm = "HMAC-SHA-256 of the operator's person key under a pepper made for this recipient alone";

    /// <summary>Makes the directory <paramref name="directory"/>: complete, or not at all. It is recorded before it appears.</summary>
    /// <exception cref="IdentityRefusedException">
    /// Recipient, purpose, event, pepper or a further file is refused, the directory exists, or a consent changed meanwhile.
    /// </exception>
    public async Task<HandoverResult> RunAsync(
        HandoverRequest request, Pepper recipientPepper, string directory, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(recipientPepper);
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        if (Path.Exists(directory))
        {
            throw new IdentityRefusedException($"{directory} is there already; an export goes to a new directory.");
        }

        var purpose = await PurposeAsync(request, cancellationToken);
        string recipientName = await RecipientAsync(request.Recipient, recipientPepper, cancellationToken);
        var asOf = clock.GetUtcNow();
        string partial = directory.TrimEnd(Path.DirectorySeparatorChar) + ".partial";
        CreatePrivate(partial);
        try
        {
            var (keys, opposed) = await ScopeAsync(request, recipientPepper, cancellationToken);
            var writer = new HandoverWriter(partial, keys);
            await writer.WriteAsync(
                HandoverManifest.PersonsFile, [HandoverManifest.KeyColumn, .. purpose.Fields], PersonsAsync(keys, purpose.Fields, request, warrant, cancellationToken));
            foreach (string file in request.Rows)
            {
                await writer.CopyAsync(file);
            }

            var scope = new ConsentScope(request.Purpose, request.Recipient, asOf, purpose.Description, opposed, writer.RowsLeftOut);
            var manifest = new HandoverManifest(
                HandoverManifest.CurrentVersion, Guid.NewGuid(), request.Event, request.Recipient, recipientName, purpose.LegalBasis, scope, KeyForm,
                recipientPepper.Id, request.EndOfLife, asOf, warrant.Actor, keys.Count, writer.Files);
            byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, HandoverJson.Default.HandoverManifest);
            await File.WriteAllBytesAsync(Path.Combine(partial, HandoverManifest.FileName), bytes, cancellationToken);
            byte[] hash = SHA256.HashData(bytes);
            await RecordAsync(manifest, hash, [.. keys.Keys.Select(Convert.FromHexString)], warrant, cancellationToken);
            Directory.Move(partial, directory);
            return new HandoverResult(manifest, Convert.ToHexStringLower(hash));
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    private async Task<(string LegalBasis, string[] Fields, string Description)> PurposeAsync(HandoverRequest request, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT p.legal_basis, p.fields, p.description, EXISTS (SELECT FROM person.events WHERE event = $2) FROM person.purposes p WHERE p.purpose = $1
            """;
        var found = await database.RowsAsync(
            sql, static reader => (Basis: reader.GetString(0), Fields: reader.GetFieldValue<string[]>(1), Text: reader.GetString(2), Event: reader.GetBoolean(3)),
            cancellationToken, request.Purpose, request.Event);
        return found switch
        {
            [] => throw new IdentityRefusedException($"There is no purpose {request.Purpose}."),
            [{ Event: false }] => throw new IdentityRefusedException($"There is no event {request.Event}."),
            [{ Basis: not "consent" } other] => throw new IdentityRefusedException(
                $"The purpose {request.Purpose} rests on {other.Basis}: only what a person consented to is handed over."),
            _ => (found[0].Basis, found[0].Fields, found[0].Text),
        };
    }

    private async Task<string> RecipientAsync(string recipient, Pepper pepper, CancellationToken cancellationToken)
    {
        if (pepper.Event != PepperFile.RecipientSubject(recipient))
        {
            throw new IdentityRefusedException($"The pepper belongs to {pepper.Event}, not to {PepperFile.RecipientSubject(recipient)}.");
        }

        const string sql = """
            UPDATE person.recipients SET pepper_id = $2 WHERE recipient = $1 AND recipient <> 'operator' AND (pepper_id IS NULL OR pepper_id = $2) RETURNING name
            """;
        return await database.ScalarAsync<string>(sql, cancellationToken, recipient, pepper.Id)
            ?? throw new IdentityRefusedException($"There is no recipient {recipient}, it is the operator itself, or its keys are made with another pepper.");
    }

    /// <summary>Old keys to new ones, hexadecimal, and how many consented and oppose.</summary>
    private async Task<(Dictionary<string, string> Keys, long Opposed)> ScopeAsync(HandoverRequest request, Pepper pepper, CancellationToken cancellationToken)
    {
        const string sql = "SELECT person_key, opposed FROM person.handover_scope WHERE purpose = $1 AND recipient = $2 AND event = $3";
        var scope = await database.RowsAsync(
            sql, static reader => (Key: reader.GetFieldValue<byte[]>(0), Opposed: reader.GetBoolean(1)),
            cancellationToken, request.Purpose, request.Recipient, request.Event);
        var keys = scope.Where(person => !person.Opposed).ToDictionary(
            person => Convert.ToHexStringLower(person.Key), person => Convert.ToHexStringLower(pepper.Rekey(person.Key)), StringComparer.Ordinal);
        return (keys, scope.Count - keys.Count);
    }

    private async IAsyncEnumerable<IEnumerable<string>> PersonsAsync(
        Dictionary<string, string> keys, string[] fields, HandoverRequest request, Warrant warrant,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var because = warrant with { Reason = $"hand-over of {request.Purpose} to {request.Recipient}" };
        foreach (var batch in keys.OrderBy(pair => pair.Value, StringComparer.Ordinal).Chunk(IdentityStore.ReadBatchMax))
        {
            var records = await store.ReadAsync([.. batch.Select(pair => Convert.FromHexString(pair.Key))], because, cancellationToken);
            foreach (var (old, renamed) in batch)
            {
                if (!records.TryGetValue(old, out var record))
                {
                    throw new IdentityRefusedException("A person was erased while the export was made; run it again.");
                }

                yield return [renamed, .. fields.Select(field => record.Fields.GetValueOrDefault(field, ""))];
            }
        }
    }

    /// <summary>Records the hand-over, unless a consent it rests on was withdrawn since it began.</summary>
    private async Task RecordAsync(HandoverManifest manifest, byte[] hash, byte[][] keys, Warrant warrant, CancellationToken cancellationToken)
    {
        const string insert = """
            INSERT INTO person.handovers (handover, recipient, purpose, event, end_of_life, manifest_sha256, persons, created_at, actor, reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """;
        const string withdrawn = """
            SELECT count(*) FROM person.handover_persons hp WHERE hp.handover = $1 AND NOT EXISTS (
                SELECT FROM person.handover_scope s WHERE s.person_key = hp.person_key AND s.purpose = $2 AND s.recipient = $3 AND NOT s.opposed)
            """;
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await IdentityDatabase.ExecuteAsync(
            connection, insert, cancellationToken, manifest.Handover, manifest.Recipient, manifest.ConsentScope.Purpose, manifest.Event, manifest.EndOfLife, hash,
            manifest.Persons, manifest.CreatedAt, warrant.Actor, warrant.Reason);
        await IdentityDatabase.ExecuteAsync(
            connection, "INSERT INTO person.handover_persons (handover, person_key) SELECT $1, unnest($2)", cancellationToken, manifest.Handover, keys);
        await using var check = IdentityDatabase.Command(connection, withdrawn, [manifest.Handover, manifest.ConsentScope.Purpose, manifest.Recipient]);
        if (await check.ExecuteScalarAsync(cancellationToken) is not 0L)
        {
            throw new IdentityRefusedException("A consent was withdrawn or a person erased while the export was made; run it again.");
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static void CreatePrivate(string directory)
    {
        if (Path.Exists(directory))
        {
            throw new IdentityRefusedException($"{directory} is there, from an export that was cut short: delete it first.");
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
