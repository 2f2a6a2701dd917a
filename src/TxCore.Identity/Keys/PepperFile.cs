using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TxCore.Identity.Keys;

/// <summary>What stays when a pepper is destroyed.</summary>
/// <param name="Event">The event it belonged to.</param>
/// <param name="PepperId">Its id.</param>
/// <param name="DestroyedAt">When.</param>
/// <param name="By">Who did it.</param>
/// <param name="Reason">Why.</param>
public sealed record PepperTombstone(string Event, string PepperId, DateTimeOffset DestroyedAt, string By, string Reason);

internal sealed record PepperText(string Event, DateTimeOffset CreatedAt, string Pepper);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PepperText))]
[JsonSerializable(typeof(PepperTombstone))]
internal sealed partial class PepperJson : JsonSerializerContext;

/// <summary>
/// The file of a pepper: outside every database, owner-only. When its purpose ends it is destroyed, and a tombstone beside it
/// (<c>{path}.destroyed</c>) keeps the event from getting another one in silence.
/// </summary>
public static class PepperFile
{
    /// <summary>Most characters of an event's name.</summary>
    public const int EventCharactersMax = 64;

    private const string TombstoneEnding = ".destroyed";

    /// <summary>The subject of the pepper of a recipient of hand-overs.</summary>
    public static string RecipientSubject(string recipient) => $"handover/{recipient}";

    /// <summary>Makes a pepper for an event.</summary>
    /// <exception cref="IdentityRefusedException">
    /// The name is empty or too long, the file exists, or a tombstone in its directory says that the event's pepper was destroyed.
    /// </exception>
    public static Pepper Create(string path, string subject, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (string.IsNullOrWhiteSpace(subject) || subject.Length > EventCharactersMax)
        {
            throw new IdentityRefusedException($"The event's name must have 1 to {EventCharactersMax} characters.");
        }

        RefuseDestroyed(path, subject);
        byte[] secret = RandomNumberGenerator.GetBytes(Pepper.Bytes);
        var text = new PepperText(subject, clock.GetUtcNow(), Convert.ToHexStringLower(secret));
        SecretFile.Create(path, JsonSerializer.Serialize(text, PepperJson.Default.PepperText));
        return new Pepper(subject, secret, text.CreatedAt);
    }

    /// <summary>Reads a pepper.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expectedEvent">The event it must belong to; null when any will do.</param>
    /// <exception cref="IdentityRefusedException">
    /// The file is missing, readable for others, no pepper, another event's, or was destroyed.
    /// </exception>
    public static Pepper Read(string path, string? expectedEvent = null)
    {
        if (ReadTombstone(path) is { } tombstone)
        {
            throw new IdentityRefusedException(
                $"The pepper of {tombstone.Event} was destroyed on {tombstone.DestroyedAt:yyyy-MM-dd} by {tombstone.By}: {tombstone.Reason}.");
        }

        var pepper = Parse(path);
        if (expectedEvent is not null && pepper.Event != expectedEvent)
        {
            pepper.Dispose();
            throw new IdentityRefusedException($"The pepper file {path} belongs to {pepper.Event}, not to {expectedEvent}.");
        }

        return pepper;
    }

    /// <summary>
    /// Destroys a pepper: the tombstone is written first, then the file is overwritten and deleted. Called again after a crash it finishes
    /// what was begun and keeps the first tombstone. From then on nobody can tell which key was whose.
    /// </summary>
    /// <exception cref="IdentityRefusedException">The file is missing or belongs to another event, or no person or reason is given.</exception>
    public static PepperTombstone Destroy(string path, string subject, string by, string reason, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (string.IsNullOrWhiteSpace(by) || string.IsNullOrWhiteSpace(reason))
        {
            throw new IdentityRefusedException("Who destroys the pepper and why must be said.");
        }

        var tombstone = ReadTombstone(path);
        if (tombstone is null)
        {
            using var pepper = Read(path, subject);
            tombstone = new PepperTombstone(subject, pepper.Id, clock.GetUtcNow(), by, reason);
            SecretFile.Create(path + TombstoneEnding, JsonSerializer.Serialize(tombstone, PepperJson.Default.PepperTombstone));
        }
        else if (tombstone.Event != subject)
        {
            throw new IdentityRefusedException($"The pepper file {path} belonged to {tombstone.Event}, not to {subject}.");
        }

        if (File.Exists(path))
        {
            SecretFile.Destroy(path);
        }

        return tombstone;
    }

    /// <summary>The tombstone of a pepper; null when it was not destroyed.</summary>
    public static PepperTombstone? ReadTombstone(string path)
    {
        string file = path + TombstoneEnding;
        return File.Exists(file) ? ParseTombstone(file) : null;
    }

    private static void RefuseDestroyed(string path, string subject)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (string file in Directory.EnumerateFiles(directory, "*" + TombstoneEnding))
        {
            if (ParseTombstone(file) is { } tombstone && (tombstone.Event == subject || file == Path.GetFullPath(path) + TombstoneEnding))
            {
                throw new IdentityRefusedException(
                    $"The pepper of {tombstone.Event} was destroyed on {tombstone.DestroyedAt:yyyy-MM-dd} by {tombstone.By} ({file}): it gets no other one.");
            }
        }
    }

    private static Pepper Parse(string path) => TryParse(path)
        ?? throw new IdentityRefusedException($"The file {path} is no pepper file, or its pepper has not {Pepper.Bytes} bytes.");

    /// <summary>Null when it is no pepper; the fault itself is dropped, for its message may quote the file.</summary>
    private static Pepper? TryParse(string path)
    {
        try
        {
            var text = JsonSerializer.Deserialize(SecretFile.Read(path, "pepper"), PepperJson.Default.PepperText);
            byte[] secret = Convert.FromHexString(text?.Pepper ?? "");
            return secret.Length == Pepper.Bytes ? new Pepper(text!.Event, secret, text.CreatedAt) : null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return null;
        }
    }

    private static PepperTombstone ParseTombstone(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(file), PepperJson.Default.PepperTombstone)
                ?? throw new IdentityRefusedException($"The file {file} is no tombstone of a pepper.");
        }
        catch (JsonException fault)
        {
            throw new IdentityRefusedException($"The file {file} is no tombstone of a pepper.", fault);
        }
    }
}
