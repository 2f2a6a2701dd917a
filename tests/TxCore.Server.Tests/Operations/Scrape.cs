using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace TxCore.Server.Tests.Operations;

/// <summary>One sample of a scrape.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>What <c>/metrics</c> answered, read as Prometheus reads it.</summary>
internal sealed partial class Scrape
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<Sample> _samples = [];

    private Scrape(string text)
    {
        foreach (string line in text.Split('\n').Where(static line => line.Length > 0 && line[0] != '#'))
        {
            var match = Line().Match(line);
            Assert.True(match.Success, $"Not a sample: {line}");
            var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(static label => label.Groups["name"].Value, static label => label.Groups["value"].Value);
            _samples.Add(new Sample(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }
    }

    public IReadOnlySet<string> Names => _samples.Select(static sample => sample.Name).ToHashSet();

    public static async Task<Scrape> OfAsync(IPEndPoint admin) => new(await GetAsync(admin, "metrics"));

    public static Task<string> GetAsync(IPEndPoint admin, string path) =>
        Http.GetStringAsync(new Uri($"http://{admin}/{path}"), TestContext.Current.CancellationToken);

    /// <summary>The sum of the samples of a name with these labels; 0 when there is none.</summary>
    public double this[string name, params (string Name, string Value)[] labels] => _samples
        .Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value)).Sum(static sample => sample.Value);

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>\w+)="(?<value>[^"]*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();
}
