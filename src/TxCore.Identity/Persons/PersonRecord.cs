using System.Globalization;
using System.Text.Json;

namespace TxCore.Identity.Persons;

/// <summary>
/// What is known of a person, by field. Only the fields of <see cref="FieldNames"/> exist: what has no purpose is not kept, and a field
/// misspelt in a file must not be kept under its wrong name.
/// </summary>
public sealed class PersonRecord
{
    /// <summary>Most characters of a field.</summary>
    public const int CharactersMax = 500;

    /// <summary>The fields there are, in the order they are written.</summary>
    public static readonly IReadOnlyList<string> FieldNames =
        ["first_name", "surname", "birth_date", "email", "phone", "address", "postal_code", "city", "country", "language"];

    private readonly SortedDictionary<string, string> _fields;

    private PersonRecord(SortedDictionary<string, string> fields) => _fields = fields;

    /// <summary>The fields that are there, in alphabetical order.</summary>
    public IReadOnlyDictionary<string, string> Fields => _fields;

    /// <summary>A record of these fields; empty ones are left out.</summary>
    /// <exception cref="IdentityRefusedException">A field does not exist, is too long, has control characters, or is no date where one is meant.</exception>
    public static PersonRecord Of(IEnumerable<KeyValuePair<string, string>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            RequireField(name);
            if (value.Length > CharactersMax || value.Any(char.IsControl))
            {
                throw new IdentityRefusedException($"The field {name} has more than {CharactersMax} characters or a control character.");
            }

            if (name == "birth_date" && value.Length > 0 && !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                throw new IdentityRefusedException("The field birth_date is no date; write it as 1970-12-31.");
            }

            if (value.Length > 0 && !kept.TryAdd(name, value))
            {
                throw new IdentityRefusedException($"The field {name} is there twice.");
            }
        }

        return new PersonRecord(kept);
    }

    /// <summary>A record from a JSON object of strings.</summary>
    /// <exception cref="IdentityRefusedException">It is no such object, or a field is refused.</exception>
    public static PersonRecord Parse(ReadOnlySpan<byte> json) =>
        Of(TryParse(json) ?? throw new IdentityRefusedException("The person is no JSON object of strings."));

    /// <summary>A field that must be there.</summary>
    public string Require(string field) => _fields.TryGetValue(field, out string? value)
        ? value
        : throw new IdentityRefusedException($"The field {field} is missing.");

    /// <summary>The record without the fields that are not named.</summary>
    public PersonRecord Only(IEnumerable<string> fields)
    {
        var wanted = fields.ToHashSet(StringComparer.Ordinal);
        return Of(_fields.Where(field => wanted.Contains(field.Key)));
    }

    /// <summary>The record with other values for the fields of <paramref name="changes"/>.</summary>
    public PersonRecord With(PersonRecord changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return Of(_fields.Where(field => !changes._fields.ContainsKey(field.Key)).Concat(changes._fields));
    }

    internal static void RequireField(string name)
    {
        if (!FieldNames.Contains(name))
        {
            throw new IdentityRefusedException($"There is no field {name}; the fields are {string.Join(", ", FieldNames)}.");
        }
    }

    /// <summary>Null when it is no such object; the fault itself is dropped, for its message may quote the person.</summary>
    private static List<KeyValuePair<string, string>>? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return [.. document.RootElement.EnumerateObject().Select(field => KeyValuePair.Create(field.Name, field.Value.GetString() ?? ""))];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(_fields);
}
