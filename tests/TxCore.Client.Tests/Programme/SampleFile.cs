using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TxCore.Client.Programme;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Programme;

/// <summary>The sample programme and takeouts that come with the server, and copies of them with one thing changed.</summary>
internal static partial class SampleFile
{
    public static byte[] Programme { get; } = Read("sample-programme.json");

    public static Takeouts Takeouts { get; } = ReadTakeouts(Read("default-takeouts.json"));

    public static ProgrammeOptions Options(Channel channel, bool asPlanned = true) =>
        new() { Channel = channel, AsPlanned = asPlanned, Takeouts = Takeouts };

    public static ProgrammeDay Day(Channel channel, bool asPlanned = true) => ReadDay(Programme, Options(channel, asPlanned));

    public static ProgrammeDay ReadDay(byte[] json, ProgrammeOptions options)
    {
        bool isRead = ProgrammeReader.TryRead(json, options, out var day, out var errors);
        Assert.True(isRead, string.Join('\n', errors));
        return day!;
    }

    public static IReadOnlyList<ProgrammeError> Errors(byte[] json, ProgrammeOptions options)
    {
        Assert.False(ProgrammeReader.TryRead(json, options, out var day, out var errors));
        Assert.Null(day);
        return errors;
    }

    public static Takeouts ReadTakeouts(byte[] json)
    {
        bool isRead = Takeouts.TryRead(json, out var takeouts, out var errors);
        Assert.True(isRead, string.Join('\n', errors));
        return takeouts!;
    }

    /// <summary>The sample with the field at a path set to a JSON value, or removed when the value is null.</summary>
    public static byte[] With(string path, string? value) => With(Programme, path, value);

    public static byte[] With(byte[] json, string path, string? value)
    {
        var root = JsonNode.Parse(json)!;
        string[] steps = [.. Step().Matches(path).Select(static step => step.Value.Trim('.', '[', ']'))];
        var parent = root;
        foreach (string step in steps[..^1])
        {
            parent = int.TryParse(step, out int index) ? parent[index]! : parent[step]!;
        }

        var set = value is null ? null : JsonNode.Parse(value);
        if (int.TryParse(steps[^1], out int item))
        {
            parent[item] = set;
        }
        else if (value is null)
        {
            Assert.True(parent.AsObject().Remove(steps[^1]), path);
        }
        else
        {
            parent[steps[^1]] = set;
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Programme", name));

    [GeneratedRegex(@"\.?[A-Za-z0-9_]+|\[\d+\]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Step();
}
