using System.Text.Json;
using Npgsql;

namespace TxCore.Identity.Persons;

/// <summary>
/// Everything the identity store holds about a person, as JSON: the right of access. What the core holds under the person's key (entries,
/// tickets) comes from the core's views.
/// </summary>
public static class AccessExport
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private static readonly (string Section, string Sql)[] Sections =
    [
        ("person", "SELECT event, fields, created_at, changed_at, last_contact_at, closed_at FROM person.identity WHERE person_key = $1"),
        ("purposes", """
            SELECT p.purpose, p.legal_basis, p.description, p.retention_days, p.retention_from, p.fields, pp.since, pp.expired_at, d.due_at
              FROM person.person_purposes pp JOIN person.purposes p USING (purpose)
              LEFT JOIN person.purpose_due d ON d.person_key = pp.person_key AND d.purpose = pp.purpose
             WHERE pp.person_key = $1 ORDER BY p.purpose
            """),
        ("consents", "SELECT purpose, recipient, given, at, actor, evidence, recorded_at FROM person.consents WHERE person_key = $1 ORDER BY at, id"),
        ("oppositions", "SELECT opposed, at, actor, evidence FROM person.oppositions WHERE person_key = $1 ORDER BY at, id"),
        ("handovers", """
            SELECT h.handover, h.recipient, r.name, h.purpose, h.created_at FROM person.handover_persons hp JOIN person.handovers h USING (handover)
              JOIN person.recipients r USING (recipient) WHERE hp.person_key = $1 ORDER BY h.created_at
            """),
        ("erasures", "SELECT event, actor, reason, erased_at FROM person.erasures WHERE person_key = $1 ORDER BY id"),
        ("reads", "SELECT actor, reason, db_role::text, read_at, found FROM person.identity_reads WHERE person_key = $1 ORDER BY id"),
    ];

    /// <summary>The export; the read it needs is the last in its own log. Of an erased person it holds the histories only.</summary>
    public static async Task<string> MakeAsync(
        IdentityDatabase database, IdentityStore store, byte[] personKey, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(store);
        var record = await store.ReadAsync(personKey, warrant, cancellationToken);
        var export = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["person_key"] = Convert.ToHexStringLower(personKey),
            ["identity"] = record?.Fields,
        };
        foreach (var (section, sql) in Sections)
        {
            export[section] = await database.RowsAsync(sql, Row, cancellationToken, personKey);
        }

        return JsonSerializer.Serialize(export, Json);
    }

    private static Dictionary<string, object?> Row(NpgsqlDataReader reader) => Enumerable.Range(0, reader.FieldCount)
        .ToDictionary(reader.GetName, column => reader.IsDBNull(column) ? null : reader.GetValue(column), StringComparer.Ordinal);
}
