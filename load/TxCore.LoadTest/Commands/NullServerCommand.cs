using System.CommandLine;
using System.Globalization;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Overhead;

namespace TxCore.LoadTest.Commands;

/// <summary><c>null-server</c>: what the tool itself can do on this machine, against a server that answers at once.</summary>
internal static class NullServerCommand
{
    private const int RateDefault = 200_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var rate = CommandOptions.Number("--rate", "Planned sends per second", RateDefault, 1_000, 1_000_000);
        var seconds = CommandOptions.Number("--seconds", "Seconds to measure", 10, 1, 3_600);
        var connections = CommandOptions.Number("--connections", "Connections", 2, 1, 64);
        var command = new Command(
            "null-server",
            "Measures the tool itself: one generator thread against a server in this process that answers at once. Exit code 0: it keeps the "
            + "rate with 99 of 100 sends within 1 ms of their plan; 99: this machine cannot.")
        {
            rate, seconds, connections,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var result = await OverheadRun.RunAsync(
                parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), WarmUp, parsed.GetValue(connections), cancellationToken);
            Write(result, Console.Out);
            return result.Holds ? ExitCode.Passed : ExitCode.ThresholdFailed;
        });
        return command;
    }

    private static void Write(OverheadResult result, TextWriter output)
    {
        var machine = Machine.Describe();
        output.WriteLine($"null server: {result.Rate:N0}/s planned, {result.SentPerSecond:N0}/s sent, {result.Planned:N0} sends, {result.Unanswered:N0} unanswered");
        output.WriteLine($"  lateness of the send, µs: {Text(LatencySummary.Of(result.Lateness))}; later than 1 ms: {result.Late:N0}");
        output.WriteLine($"  planned send to answer, µs: {Text(LatencySummary.Of(result.FromPlanned))}");
        output.WriteLine($"  the generator's thread used {result.GeneratorShare:P0} of one core");
        output.WriteLine($"  {machine.Cores} cores, {machine.Processor}, {machine.OperatingSystem}, {machine.Runtime}");
        output.WriteLine(result.Holds
            ? $"HOLDS: {result.Rate:N0} planned sends per second, 99 of 100 within 1 ms of their plan"
            : "SATURATED: this machine cannot keep the rate; figures at it would be the generator's, not the server's");
    }

    private static string Text(LatencySummary summary) => string.Create(
        CultureInfo.InvariantCulture, $"p50 {summary.P50:0}, p99 {summary.P99:0}, p99.9 {summary.P99_9:0}, max {summary.Max:0}");
}
