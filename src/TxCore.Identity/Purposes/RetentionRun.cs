using TxCore.Identity.Persons;

namespace TxCore.Identity.Purposes;

/// <summary>What a retention run found for one purpose.</summary>
/// <param name="Purpose">The purpose; <c>(no purpose)</c> for persons none holds any more, as after a withdrawal; <c>(fields only)</c> for fields none needs.</param>
/// <param name="Event">Event of the persons.</param>
/// <param name="Due">Persons whose period for it is past.</param>
/// <param name="Erased">Of these, persons no other purpose holds: erased.</param>
/// <param name="Reduced">Of these, persons another purpose holds: fields only this one needed are removed.</param>
public sealed record RetentionCount(string Purpose, string Event, long Due, long Erased, long Reduced);

/// <summary>The report of a retention run.</summary>
/// <param name="At">The time it was run for.</param>
/// <param name="Applied">False for a dry run, which changes nothing.</param>
/// <param name="PersonsErased">Persons erased, or to erase.</param>
/// <param name="PersonsReduced">Persons who keep fewer purposes, or would.</param>
/// <param name="Purposes">Counts per purpose and event.</param>
public sealed record RetentionReport(DateTimeOffset At, bool Applied, long PersonsErased, long PersonsReduced, IReadOnlyList<RetentionCount> Purposes);

/// <summary>
/// Ends what is past its time: a purpose whose period is over no longer holds a person; whoever no purpose holds is erased, from the others
/// go the fields no purpose needs. Sales, draw proofs and the hash chain hold keys only and are not touched.
/// </summary>
public sealed class RetentionRun(IdentityDatabase database, IdentityStore store, TimeProvider clock)
{
    private const string NoPurpose = "(no purpose)";
    private const string FieldsOnly = "(fields only)";

    /// <summary>Runs, or counts only.</summary>
    /// <param name="at">Periods that end at or before this time are past. A run that is applied takes no time to come.</param>
    /// <param name="apply">False: a dry run.</param>
    /// <param name="warrant">Who runs it and why; the reason of the erasures.</param>
    /// <param name="cancellationToken">Ends it between two persons; a later run goes on.</param>
    public async Task<RetentionReport> RunAsync(DateTimeOffset at, bool apply, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        if (apply && at > clock.GetUtcNow())
        {
            throw new IdentityRefusedException($"The time {at:u} is to come: a dry run can show what will be due then, erasing waits.");
        }

        var persons = await DueAsync(at, cancellationToken);
        if (apply)
        {
            for (int i = 0; i < persons.Count; i++)
            {
                persons[i] = persons[i] with { Erase = await ApplyAsync(persons[i], at, warrant, cancellationToken) };
            }
        }

        var counts = persons
            .SelectMany(person => person.Labels.Select(purpose => (Purpose: purpose, Person: person)))
            .GroupBy(due => (due.Purpose, due.Person.Event))
            .OrderBy(group => group.Key.Event, StringComparer.Ordinal).ThenBy(group => group.Key.Purpose, StringComparer.Ordinal)
            .Select(group => new RetentionCount(
                group.Key.Purpose, group.Key.Event, group.LongCount(), group.LongCount(due => due.Person.Erase), group.LongCount(due => !due.Person.Erase)));
        return new RetentionReport(at, apply, persons.LongCount(person => person.Erase), persons.LongCount(person => !person.Erase), [.. counts]);
    }

    private Task<List<DuePerson>> DueAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT i.person_key, i.event, coalesce(d.due, '{}'), d.held IS NULL, i.fields
              FROM person.identity i
              LEFT JOIN (SELECT person_key, array_agg(purpose ORDER BY purpose) FILTER (WHERE due_at <= $1) AS due,
                                array_agg(purpose ORDER BY purpose) FILTER (WHERE due_at IS NULL OR due_at > $1) AS held
                           FROM person.purpose_due GROUP BY person_key) d ON d.person_key = i.person_key
             WHERE d.held IS NULL OR d.due IS NOT NULL
                OR EXISTS (SELECT FROM unnest(i.fields) f WHERE NOT EXISTS (
                       SELECT FROM person.person_purposes pp JOIN person.purposes p USING (purpose)
                        WHERE pp.person_key = i.person_key AND pp.expired_at IS NULL AND f = ANY (p.fields)))
             ORDER BY i.person_key
            """;
        return database.RowsAsync(
            sql,
            static reader => new DuePerson(
                reader.GetFieldValue<byte[]>(0), reader.GetString(1), reader.GetFieldValue<string[]>(2), reader.GetBoolean(3), reader.GetFieldValue<string[]>(4)),
            cancellationToken, at);
    }

    /// <summary>Ends the purposes of a person that are past; true when that erased the person.</summary>
    private async Task<bool> ApplyAsync(DuePerson person, DateTimeOffset at, Warrant warrant, CancellationToken cancellationToken)
    {
        // Since the list was made a purpose may have been added or a contact noted: all is looked at again, with the person locked.
        const string expire = """
            UPDATE person.person_purposes p SET expired_at = $3 WHERE p.person_key = $1 AND p.expired_at IS NULL
               AND EXISTS (SELECT FROM person.purpose_due d WHERE d.person_key = p.person_key AND d.purpose = p.purpose AND d.due_at <= $2)
            """;
        const string erase = """
            SELECT person.erase_person($1, $2, $3, $4) WHERE NOT EXISTS (SELECT FROM person.person_purposes WHERE person_key = $1 AND expired_at IS NULL)
            """;
        var now = clock.GetUtcNow();
        await using (var connection = await database.ConnectAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            if (!await IdentityStore.LockAsync(connection, person.Key, cancellationToken))
            {
                return true;
            }

            await IdentityDatabase.ExecuteAsync(connection, expire, cancellationToken, person.Key, at, now);
            await using var command = IdentityDatabase.Command(connection, erase, [person.Key, warrant.Actor, warrant.Reason, now]);
            bool erased = await command.ExecuteScalarAsync(cancellationToken) is true;
            await transaction.CommitAsync(cancellationToken);
            if (erased)
            {
                return true;
            }
        }

        await ReduceAsync(person, warrant, cancellationToken);
        return false;
    }

    /// <summary>Removes the fields no purpose needs. Cut short by a crash, the next run finds the person by them.</summary>
    private async Task ReduceAsync(DuePerson person, Warrant warrant, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT DISTINCT f FROM person.person_purposes pp JOIN person.purposes p USING (purpose), unnest(p.fields) f
             WHERE pp.person_key = $1 AND pp.expired_at IS NULL
            """;
        var needed = await database.RowsAsync(sql, static reader => reader.GetString(0), cancellationToken, person.Key);
        if (person.Fields.Except(needed).Any())
        {
            await store.ChangeAsync(person.Key, warrant, record => record.Only(needed), cancellationToken);
        }
    }

    private sealed record DuePerson(byte[] Key, string Event, string[] Due, bool Erase, string[] Fields)
    {
        public string[] Labels => Due.Length > 0 ? Due : [Erase ? NoPurpose : FieldsOnly];
    }
}
