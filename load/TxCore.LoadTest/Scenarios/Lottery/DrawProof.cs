using System.Globalization;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>
/// Has the server's program export the draw from the database and prove it, as an auditor and a person would, with the roots that the tool
/// computed itself. A wrong root must be found out.
/// </summary>
internal sealed class DrawProof(TicketStage stage, OwnDraw draw)
{
    private readonly string _package = Path.Combine(stage.Shard.DataDirectory, "draw.zip");
    private readonly string _proof = Path.Combine(stage.Shard.DataDirectory, "proof.json");

    public async Task<IReadOnlyList<CheckResult>> RunAsync(int person, CancellationToken cancellationToken)
    {
        string root = Convert.ToHexStringLower(draw.Root);
        string orderRoot = Convert.ToHexStringLower(draw.OrderRoot);
        string entries = draw.Entries.ToString(CultureInfo.InvariantCulture);
        var checks = new List<CheckResult>();
        await stage.TimeAsync("txcore draw export", async () => checks.Add(await stage.Shard.CommandAsync(
            "txcore draw export: the entries in the database give the stored roots, commitment and order", cancellationToken, "draw", "export", "1", "--out",
            _package)));
        await stage.TimeAsync("txcore draw verify", async () => checks.Add(await ProgramAsync(
            "txcore draw verify: the package fits the tool's own roots, without database or server", "All fits.", 0, cancellationToken, "verify", _package,
            "--root", root, "--order-root", orderRoot, "--entries", entries)));
        checks.Add(await ProgramAsync(
            "txcore draw verify finds out a root that is not the published one", "DOES NOT FIT", 1, cancellationToken, "verify", _package, "--root", orderRoot));
        checks.Add(await ProgramAsync(
            "txcore draw proof: a person's rank is the one of the tool's own draw", $"Rank {draw.RankOf(person)} of {draw.Entries} ", 0, cancellationToken,
            "proof", _package, "--person", Convert.ToHexStringLower(stage.Keys.Of(person)), "--out", _proof));
        checks.Add(await ProgramAsync(
            "txcore draw verify: the person's proof fits the tool's own roots", "All fits.", 0, cancellationToken, "verify", _proof, "--root", root,
            "--order-root", orderRoot, "--entries", entries));
        return checks;
    }

    private async Task<CheckResult> ProgramAsync(
        string rule, string says, int exitCode, CancellationToken cancellationToken, params string[] arguments)
    {
        var end = await ServerCommand.RunAsync(stage.Shard.Database.WriterConnectionString, cancellationToken, ["draw", .. arguments]);
        bool holds = end.ExitCode == exitCode && end.Output.Contains(says, StringComparison.Ordinal);
        return new CheckResult(rule, holds ? 0 : 1, holds ? [] : [$"exit code {end.ExitCode}: {end.Output}"]);
    }
}
