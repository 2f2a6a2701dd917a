using System.Text.RegularExpressions;
using TxCore.Server.Tests.Processes;

namespace TxCore.Server.Tests;

/// <summary>Options from file, environment and flags: which one counts, where it is told to come from, and what is refused.</summary>
public sealed partial class ConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("txcore-config-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Flags_win_over_the_environment_and_that_over_the_file()
    {
        string file = await WriteAsync("""
            { "Logging": { "Level": "x" }, "TxCore": { "ring-size": 16384, "drain-seconds": 7, "tick-milliseconds": 20, /* a comment */ "connection": "Host=h;Password=hidden" , "data": "d" } }
            """);
        var environment = new Dictionary<string, string> { ["TXCORE_DRAIN_SECONDS"] = "8", ["TXCORE_TICK_MILLISECONDS"] = "30", ["TXCORE_CONFIG"] = file };

        var show = (await CommandLine.RunAsync(["config", "show", "--tick-milliseconds", "40"], environment)).Exits(0);

        string[] lines = show.Output.Split('\n');
        Assert.Contains($"ring-size = 16384 ({file})", lines);
        Assert.Contains("drain-seconds = 8 (TXCORE_DRAIN_SECONDS)", lines);
        Assert.Contains("tick-milliseconds = 40 (--tick-milliseconds)", lines);
        Assert.Contains("partition-days = 14 (default)", lines);
        Assert.Contains($"connection = (set, not shown) ({file})", lines);
        Assert.DoesNotContain("hidden", show.Text);

        // Every option that serve has is told, and no other.
        string help = (await CommandLine.RunAsync("serve", "--help")).Exits(0).Output;
        string[] options = [.. Flag().Matches(help).Select(static flag => flag.Groups["name"].Value).Where(static name => name != "config").Order(StringComparer.Ordinal)];
        Assert.Equal(options, lines.Where(static line => line.Contains(" = ", StringComparison.Ordinal)).Select(static line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{ "ring-sise": 4096 }""", "ring-sise", "not known")]
    [InlineData("""[ 1 ]""", "must be an object")]
    [InlineData("""{ "ring-size": 5000 }""", "power of two")]
    [InlineData("""{ "admin": "0.0.0.0:7480" }""", "admin", "outside", "loopback")]
    [InlineData("""{ "tls-key": "k.pem" }""", "tls-key", "tls-certificate")]
    [InlineData("""{ "tls-certificate": "/not/there.pem" }""", "/not/there.pem")]
    [InlineData("""{ "tls-certificate": "c.pem", "tls-client-certificates": "sometimes" }""", "tls-client-certificates", "optional or required")]
    [InlineData("""{ "otlp-endpoint": "http://user:word@127.0.0.1/" }""", "otlp-endpoint", "user or password")]
    public async Task A_wrong_file_is_refused_by_check_with_what_is_wrong(string json, params string[] named)
    {
        string file = await WriteAsync(json);
        var refused = (await CommandLine.RunAsync("config", "check", "--config", file)).Exits(2);
        Assert.All(named, word => Assert.Contains(word, refused.Error));
    }

    [Fact]
    public async Task The_admin_address_may_be_opened_on_purpose_and_a_right_file_is_in_order()
    {
        string file = await WriteAsync("""{ "admin": "0.0.0.0:7480", "admin-outside": "yes" }""");
        Assert.Contains("in order", (await CommandLine.RunAsync("config", "check", "--config", file)).Exits(0).Output);
    }

    [GeneratedRegex(@"^ +--(?<name>[a-z-]+) <", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Flag();

    private async Task<string> WriteAsync(string json)
    {
        string file = Path.Combine(_directory, "options.json");
        await File.WriteAllTextAsync(file, json, Cancellation);
        return file;
    }
}
