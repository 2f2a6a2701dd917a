using System.Text.RegularExpressions;
using TxCore.Testing;

namespace TxCore.Server.Tests.Operations;

/// <summary>The alert rules that ship ask for metrics that exist, and each sends its reader to a section that exists.</summary>
public sealed partial class AlertTests(PostgresFixture postgres)
{
    /// <summary>Counters with a reason have no sample before the first one came.</summary>
    private static readonly string[] ByReason = ["txcore_transactions_refused_total", "txcore_logons_refused_total", "txcore_connections_closed_total"];

    private static readonly string Rules = File.ReadAllText(Path.Combine(SourceTree.Sources, "TxCore.Server", "Alerts", "txcore-alerts.yml"));

    [Fact]
    public async Task Every_metric_of_a_rule_and_of_OPERATIONS_is_in_a_scrape()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        await Traffic.OfEveryReasonAsync(deployment, server);
        Scrape scrape = null!;
        await Poll.UntilAsync(
            async () =>
            {
                scrape = await Scrape.OfAsync(server.Ready[0].Admin);
                return scrape.Names.Contains("txcore_stage_duration_seconds_bucket") && ByReason.All(scrape.Names.Contains);
            },
            () => $"Not in the scrape: {string.Join(", ", ByReason.Where(name => !scrape.Names.Contains(name)))}.");

        var asked = Metric().Matches(Rules).Concat(ToldMetric().Matches(SourceTree.Operations)).Select(static match => match.Value).Distinct().ToArray();
        Assert.NotEmpty(asked);
        Assert.Equal([], asked.Where(name => !scrape.Names.Contains(name) && !scrape.Names.Contains($"{name}_bucket")));
    }

    [Fact]
    public void Every_rule_names_its_section_of_OPERATIONS_and_every_section_has_a_rule()
    {
        string[] alerts = [.. Alert().Matches(Rules).Select(static match => match.Groups["name"].Value)];
        string[] sections = [.. Section().Matches(SourceTree.Operations).Select(static match => match.Groups["name"].Value)];
        Assert.Equal(alerts, sections);
        Assert.Equal(
            alerts.Select(static name => $"OPERATIONS.md#alarm-{name.ToLowerInvariant()}"), Runbook().Matches(Rules).Select(static match => match.Groups["link"].Value));
    }

    [GeneratedRegex(@"\btxcore_\w+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"(?<=`)txcore_\w+(?=[`{])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ToldMetric();

    [GeneratedRegex(@"- alert: (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alert();

    [GeneratedRegex(@"^### Alarm (?<name>\w+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Section();

    [GeneratedRegex(@"runbook: (?<link>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Runbook();
}
