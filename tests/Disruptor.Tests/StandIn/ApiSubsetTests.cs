namespace Disruptor.Tests.StandIn;

/// <summary>
/// The stand-in may leave out what the package has and add or change nothing, so that the package can take its place. A failure here
/// means: make the type or member internal, or give it exactly the form of disruptor-6.0.1-api.txt; never edit that file.
/// </summary>
public sealed class ApiSubsetTests
{
    private static readonly Dictionary<string, ListedType> Listing = ReadListing();

    public static TheoryData<Type> ExposedTypes =>
        [.. typeof(RingBuffer).Assembly.GetTypes().Where(type => type.IsVisible || type.IsNestedFamily || type.IsNestedFamORAssem)];

    [Theory]
    [MemberData(nameof(ExposedTypes), DisableDiscoveryEnumeration = true)]
    public void Every_type_and_member_exposed_is_one_of_the_package(Type type)
    {
        var heading = ApiListing.Heading(type);
        Assert.True(Listing.TryGetValue(heading, out var listed), $"Not in the package: {heading}");
        Assert.Empty(ApiListing.BaseTypes(type).Except(listed.BaseTypes));
        Assert.Empty(ApiListing.Members(type).Except(listed.Members));
    }

    [Fact]
    public void The_listing_is_read_as_a_whole()
    {
        Assert.Equal(57, Listing.Count);
        Assert.Contains("const long InitialCursorValue = -1", Listing["class Disruptor.Sequence"].Members);
        Assert.Contains("IDataProvider<T>", Listing["sealed class Disruptor.RingBuffer<T> where T : class"].BaseTypes);
    }

    [Fact]
    public void Only_the_namespaces_of_the_package_are_used()
    {
        var namespaces = typeof(RingBuffer).Assembly.GetExportedTypes().Select(type => type.Namespace).Distinct().Order();
        Assert.Equal(["Disruptor", "Disruptor.Dsl", "Disruptor.Processing"], namespaces);
        Assert.Equal("Disruptor", typeof(RingBuffer).Assembly.GetName().Name);
    }

    // A line without indentation is "kind name : bases where constraints"; indented ones are its members. The head of the file ends
    // at the first empty line.
    private static Dictionary<string, ListedType> ReadListing()
    {
        using var stream = typeof(ApiSubsetTests).Assembly.GetManifestResourceStream("disruptor-6.0.1-api.txt")!;
        using var reader = new StreamReader(stream);
        var types = new Dictionary<string, ListedType>(StringComparer.Ordinal);
        ListedType? current = null;
        var lines = reader.ReadToEnd().Split('\n').SkipWhile(line => line.Length > 0).Where(line => line.Length > 0);
        foreach (var line in lines)
        {
            if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                current!.Members.Add(line[4..]);
            }
            else
            {
                var (heading, baseTypes) = SplitHeading(line);
                current = new ListedType(baseTypes, []);
                types.Add(heading, current);
            }
        }

        return types;
    }

    private static (string Heading, string[] BaseTypes) SplitHeading(string line)
    {
        var whereAt = line.IndexOf(" where ", StringComparison.Ordinal);
        var constraints = whereAt < 0 ? "" : line[whereAt..];
        var parts = (whereAt < 0 ? line : line[..whereAt]).Split(" : ");
        return (parts[0] + constraints, parts.Length == 1 ? [] : parts[1].Split(", "));
    }

    private sealed record ListedType(string[] BaseTypes, HashSet<string> Members);
}
