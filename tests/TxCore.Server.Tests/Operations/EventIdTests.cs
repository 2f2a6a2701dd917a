using System.Text.RegularExpressions;
using TxCore.Diagnostics;

namespace TxCore.Server.Tests.Operations;

/// <summary>
/// The numbers that scripts and people on call go by. A failure here means: give a new event a new id, change and reuse none, and tell it
/// in OPERATIONS.md.
/// </summary>
public sealed partial class EventIdTests
{
    private const string Known = """
        1000 Information ShardServes
        1001 Information ShardDrains
        1002 Information ShardStopped
        1003 Critical ShardFailed
        1004 Critical TimeHeld
        1005 Error Saturated
        1100 Warning StoreInTrouble
        1101 Error PlainRows
        1102 Information SnapshotWritten
        1103 Warning SnapshotFailed
        1104 Error SnapshotUnreadable
        1105 Warning TotalsBehind
        1106 Warning TotalsNotLoaded
        1200 Warning LogonRefused
        1201 Critical RestoredTooOld
        1202 Error SequenceConflict
        1203 Warning ConnectionRefused
        1204 Warning LookupFailed
        1205 Error SettlementRefused
        1206 Warning LogonsHeld
        2000 Information PrivatePostgres
        2001 Warning SourcesNotRead
        2002 Error HeadNotSigned
        2003 Error MaintenanceFailed
        2004 Information SignalReceived
        2005 Critical CannotStart
        2006 Information RanksWritten
        2007 Error RanksNotWritten
        2008 Information CertificateLoaded
        2009 Error CertificateNotLoaded
        2010 Error PartitionsLow
        """;

    private static readonly Dictionary<string, string> LevelNames = new()
    {
        ["Information"] = "info",
        ["Warning"] = "warning",
        ["Error"] = "error",
        ["Critical"] = "critical",
    };

    [Fact]
    public void Event_ids_never_change_and_are_used_once() =>
        Assert.Equal(Known, string.Join('\n', InSources().Order(StringComparer.Ordinal)));

    [Fact]
    public void Every_event_is_told_in_OPERATIONS_with_its_level()
    {
        foreach (string[] known in Known.Split('\n').Select(static line => line.Split(' ')))
        {
            Assert.Contains($"\n| {known[0]} | {LevelNames[known[1]]} | ", SourceTree.Operations);
        }
    }

    [Fact]
    public void Every_exit_code_is_told_in_OPERATIONS() => Assert.All(
        Enum.GetValues<ExitCode>(), static code => Assert.Contains($"\n| {(int)code} | ", SourceTree.Operations));

    /// <summary>Every event of the server's projects, as the sources declare it.</summary>
    private static IEnumerable<string> InSources() =>
        Directory.EnumerateFiles(SourceTree.Sources, "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(static file => Declaration().Matches(File.ReadAllText(file)))
            .Select(static match => $"{match.Groups["id"].Value} {match.Groups["level"].Value} {match.Groups["name"].Value}");

    [GeneratedRegex(
        @"\[LoggerMessage\((?<id>\d+), LogLevel\.(?<level>\w+),[^\n]*\n\s*\w+ static partial void (?<name>\w+)\(", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000)]
    private static partial Regex Declaration();
}
