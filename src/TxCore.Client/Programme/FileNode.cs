using System.Text.Json;

namespace TxCore.Client.Programme;

/// <summary>What is wrong with a file, up to a limit: a file of another shape altogether need not be told field by field.</summary>
internal sealed class ErrorList
{
    /// <summary>Most errors told.</summary>
    public const int Max = 50;

    private readonly List<ProgrammeError> _errors = [];

    public IReadOnlyList<ProgrammeError> Errors => _errors;

    public void Add(string path, string message)
    {
        if (_errors.Count < Max)
        {
            _errors.Add(new ProgrammeError(path, message));
        }
    }
}

/// <summary>
/// A JSON object and its path. What a field lacks is added to the errors under its own path and read as nothing, so that reading goes on
/// and finds the other errors. A null counts as missing.
/// </summary>
internal readonly struct FileNode(JsonElement element, string path, ErrorList errors)
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    public string Path => path;

    public ErrorList Errors => errors;

    public string PathOf(string name) => path.Length is 0 || path[^1] == ':' ? path + name : $"{path}.{name}";

    public void Wrong(string name, string message) => errors.Add(PathOf(name), message);

    public bool Has(string name) => element.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null;

    /// <summary>The root object of a document; null, with the error told, when it is not readable.</summary>
    public static FileNode? Parse(ReadOnlyMemory<byte> json, string path, ErrorList errors)
    {
        try
        {
            using var document = JsonDocument.Parse(json.Span.StartsWith(Utf8Mark) ? json[Utf8Mark.Length..] : json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new FileNode(document.RootElement.Clone(), path, errors);
            }

            errors.Add(path, $"is {Describe(document.RootElement)}; an object is needed");
        }
        catch (JsonException unreadable)
        {
            errors.Add(path, $"not readable as JSON: {unreadable.Message}");
        }

        return null;
    }

    public FileNode? Object(string name) =>
        Find(name, isRequired: true, JsonValueKind.Object, "an object") is { } found ? new FileNode(found, PathOf(name), errors) : null;

    public FileNode? ObjectOrNull(string name) =>
        Find(name, isRequired: false, JsonValueKind.Object, "an object") is { } found ? new FileNode(found, PathOf(name), errors) : null;

    public string? Text(string name) => Find(name, isRequired: true, JsonValueKind.String, "a text")?.GetString();

    public string? TextOrNull(string name) => Find(name, isRequired: false, JsonValueKind.String, "a text")?.GetString();

    public bool? Flag(string name, bool isRequired = true)
    {
        if (Value(name, isRequired) is not { } found)
        {
            return null;
        }

        if (found.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return found.GetBoolean();
        }

        Wrong(name, $"is {Describe(found)}; true or false is needed");
        return null;
    }

    public long? Number(string name, long min, long max) => Value(name, isRequired: true) is { } found ? Number(found, PathOf(name), min, max) : null;

    public long? NumberOrNull(string name, long min, long max) =>
        Value(name, isRequired: false) is { } found ? Number(found, PathOf(name), min, max) : null;

    public decimal? Decimal(string name, bool isRequired = true)
    {
        if (Find(name, isRequired, JsonValueKind.Number, "a number") is not { } found)
        {
            return null;
        }

        if (found.TryGetDecimal(out decimal value))
        {
            return value;
        }

        Wrong(name, $"is {Describe(found)}; a number is needed");
        return null;
    }

    /// <summary>The objects of an array, each with its path.</summary>
    public List<FileNode> Objects(string name, bool isRequired = true)
    {
        var objects = new List<FileNode>();
        foreach (var (item, itemPath) in Items(name, isRequired))
        {
            if (item.ValueKind == JsonValueKind.Object)
            {
                objects.Add(new FileNode(item, itemPath, errors));
            }
            else
            {
                errors.Add(itemPath, $"is {Describe(item)}; an object is needed");
            }
        }

        return objects;
    }

    /// <summary>The numbers of an array, each within its limits and there once.</summary>
    public byte[] Numbers(string name, byte min, byte max, int countMax, bool isRequired = true)
    {
        var items = Items(name, isRequired);
        if (items.Count > countMax)
        {
            Wrong(name, $"has {items.Count} values; at most {countMax} are possible");
            return [];
        }

        return Numbers(items, min, max, errors);
    }

    /// <summary>An array of arrays of numbers.</summary>
    public List<(byte[] Numbers, string Path)> NumberLists(string name, byte min, byte max)
    {
        var lists = new List<(byte[], string)>();
        foreach (var (item, itemPath) in Items(name, isRequired: false))
        {
            if (item.ValueKind == JsonValueKind.Array)
            {
                lists.Add((Numbers(Items(item, itemPath), min, max, errors), itemPath));
            }
            else
            {
                errors.Add(itemPath, $"is {Describe(item)}; a list is needed");
            }
        }

        return lists;
    }

    private static byte[] Numbers(List<(JsonElement Item, string Path)> items, byte min, byte max, ErrorList errors)
    {
        var numbers = new List<byte>(items.Count);
        foreach (var (item, itemPath) in items)
        {
            if (Number(item, itemPath, min, max, errors) is { } number)
            {
                if (numbers.Contains((byte)number))
                {
                    errors.Add(itemPath, $"is {number} a second time");
                }

                numbers.Add((byte)number);
            }
        }

        return [.. numbers];
    }

    private static List<(JsonElement Item, string Path)> Items(JsonElement array, string path) =>
        [.. array.EnumerateArray().Select((item, i) => (item, $"{path}[{i}]"))];

    private static long? Number(JsonElement found, string path, long min, long max, ErrorList errors)
    {
        if (found.ValueKind != JsonValueKind.Number || !found.TryGetInt64(out long value))
        {
            errors.Add(path, $"is {Describe(found)}; a whole number is needed");
            return null;
        }

        if (value < min || value > max)
        {
            errors.Add(path, $"is {value}; it must be {min}..{max}");
            return null;
        }

        return value;
    }

    private static string Describe(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => found.GetRawText() is { Length: > 40 } text ? text[..40] + "…" : found.GetRawText(),
    };

    private long? Number(JsonElement found, string fieldPath, long min, long max) => Number(found, fieldPath, min, max, errors);

    private List<(JsonElement Item, string Path)> Items(string name, bool isRequired) =>
        Find(name, isRequired, JsonValueKind.Array, "a list") is { } array ? Items(array, PathOf(name)) : [];

    private JsonElement? Value(string name, bool isRequired)
    {
        if (element.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null)
        {
            return found;
        }

        if (isRequired)
        {
            Wrong(name, "missing");
        }

        return null;
    }

    private JsonElement? Find(string name, bool isRequired, JsonValueKind kind, string what)
    {
        if (Value(name, isRequired) is not { } found)
        {
            return null;
        }

        if (found.ValueKind == kind)
        {
            return found;
        }

        Wrong(name, $"is {Describe(found)}; {what} is needed");
        return null;
    }
}
