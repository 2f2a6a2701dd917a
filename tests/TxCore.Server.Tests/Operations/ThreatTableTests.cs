using System.Text.RegularExpressions;

namespace TxCore.Server.Tests.Operations;

/// <summary>Every test that ARCHITECTURE.md names for a threat exists.</summary>
public sealed partial class ThreatTableTests
{
    [Fact]
    public void Every_test_named_for_a_threat_exists()
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Sources, "ARCHITECTURE.md"));
        int begin = text.IndexOf("\n## Threats", StringComparison.Ordinal);
        string section = text[begin..text.IndexOf("\n## ", begin + 4, StringComparison.Ordinal)];
        var tests = Directory.EnumerateFiles(Path.Combine(SourceTree.Sources, "..", "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .ToLookup(static file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

        var named = Named().Matches(section).Select(static match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value)).ToArray();

        Assert.True(named.Length > 20, "The table was not found.");
        Assert.Equal([], named.Where(test => !tests[test.Class].Any(source => source.Contains($" {test.Method}(", StringComparison.Ordinal))));
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<method>\w+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
