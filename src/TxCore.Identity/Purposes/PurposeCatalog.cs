using System.Text.Json;
using System.Text.Json.Serialization;
using TxCore.Identity.Persons;

namespace TxCore.Identity.Purposes;

/// <summary>A purpose that identities may be kept for.</summary>
/// <param name="Purpose">Its name.</param>
/// <param name="LegalBasis"><c>consent</c>, <c>contract</c>, <c>legal_obligation</c> or <c>legitimate_interest</c>.</param>
/// <param name="RetentionDays">Days after the event of <paramref name="RetentionFrom"/>.</param>
/// <param name="RetentionFrom"><c>last_contact</c>, <c>purpose_end</c> or <c>account_closure</c>.</param>
/// <param name="Marketing">True when opposition to marketing stops it.</param>
/// <param name="Fields">Fields it needs.</param>
/// <param name="Description">What a person is told.</param>
/// <param name="Source">Where the period comes from.</param>
public sealed record PurposeRule(
    string Purpose, string LegalBasis, int RetentionDays, string RetentionFrom, bool Marketing, IReadOnlyList<string> Fields, string Description, string Source);

internal sealed record PurposeFile(string? Note, IReadOnlyList<PurposeRule> Purposes);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PurposeFile))]
internal sealed partial class PurposeJson : JsonSerializerContext;

/// <summary>The purposes of a store, as data: loaded from a file, never in code. <c>purposes.json</c> beside the program is a sample.</summary>
public static class PurposeCatalog
{
    private static readonly string[] Bases = ["consent", "contract", "legal_obligation", "legitimate_interest"];
    private static readonly string[] Starts = ["last_contact", "purpose_end", "account_closure"];

    /// <summary>Reads a file of purposes.</summary>
    /// <exception cref="IdentityRefusedException">It is no such file, or names a purpose twice or with a wrong value.</exception>
    public static IReadOnlyList<PurposeRule> Read(string path)
    {
        IReadOnlyList<PurposeRule> rules;
        try
        {
            rules = JsonSerializer.Deserialize(File.ReadAllText(path), PurposeJson.Default.PurposeFile)?.Purposes ?? [];
        }
        catch (JsonException fault)
        {
            throw new IdentityRefusedException($"The file {path} is no list of purposes: {fault.Message}", fault);
        }

        foreach (var rule in rules)
        {
            Require(rule.Purpose.Length is > 0 and <= 64, rule, "its name must have 1 to 64 characters");
            Require(rule.RetentionDays >= 0, rule, "retention_days is negative");
            Require(Bases.Contains(rule.LegalBasis), rule, $"legal_basis must be one of {string.Join(", ", Bases)}");
            Require(Starts.Contains(rule.RetentionFrom), rule, $"retention_from must be one of {string.Join(", ", Starts)}");
            Require(rule.Fields.Distinct(StringComparer.Ordinal).Count() == rule.Fields.Count, rule, "a field is there twice");
            foreach (string field in rule.Fields)
            {
                PersonRecord.RequireField(field);
            }
        }

        return rules.DistinctBy(rule => rule.Purpose, StringComparer.Ordinal).Count() == rules.Count
            ? rules
            : throw new IdentityRefusedException($"The file {path} has a purpose twice.");
    }

    /// <summary>Loads purposes: adds what is new and changes what differs. A purpose is never removed, persons may still be kept for it.</summary>
    public static async Task LoadAsync(
        IdentityDatabase database, IReadOnlyList<PurposeRule> rules, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        const string sql = """
            INSERT INTO person.purposes (purpose, legal_basis, retention_days, retention_from, fields, marketing, description, source, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (purpose) DO UPDATE SET legal_basis = EXCLUDED.legal_basis,
                   retention_days = EXCLUDED.retention_days, retention_from = EXCLUDED.retention_from, fields = EXCLUDED.fields,
                   marketing = EXCLUDED.marketing, description = EXCLUDED.description, source = EXCLUDED.source, changed_at = EXCLUDED.changed_at
            """;
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var rule in rules)
        {
            await IdentityDatabase.ExecuteAsync(
                connection, sql, cancellationToken, rule.Purpose, rule.LegalBasis, rule.RetentionDays, rule.RetentionFrom, rule.Fields.ToArray(),
                rule.Marketing, rule.Description, rule.Source, clock.GetUtcNow());
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Says that a purpose has ended for an event; its periods begin, and nobody is registered for it any more.</summary>
    /// <exception cref="IdentityRefusedException">The purpose or event is unknown, or it had ended before.</exception>
    public static async Task EndAsync(
        IdentityDatabase database, string purpose, string subject, DateTimeOffset endedAt, Warrant warrant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(warrant);
        warrant.Require();
        const string sql = """
            INSERT INTO person.purpose_ends (purpose, event, ended_at, actor, reason)
            SELECT p.purpose, e.event, $3, $4, $5 FROM person.purposes p, person.events e WHERE p.purpose = $1 AND e.event = $2 ON CONFLICT DO NOTHING
            """;
        if (await database.ExecuteAsync(sql, cancellationToken, purpose, subject, endedAt, warrant.Actor, warrant.Reason) == 0)
        {
            throw new IdentityRefusedException($"There is no purpose {purpose}, no event {subject}, or it had ended before.");
        }
    }

    private static void Require(bool holds, PurposeRule rule, string what)
    {
        if (!holds)
        {
            throw new IdentityRefusedException($"Purpose '{rule.Purpose}': {what}.");
        }
    }
}
