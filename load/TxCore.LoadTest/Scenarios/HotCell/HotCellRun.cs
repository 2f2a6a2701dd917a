using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.HotCell;

/// <summary>One cell taken by everybody at once, sale after sale, with kills in between; then every seat and every answer is checked.</summary>
internal sealed class HotCellRun(HotCellSettings settings, TimeProvider clock, TextWriter output)
{
    private const int PersonSamples = 100;

    public async Task<RunRecord> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await TicketStage.StartAsync(
            HotCellSettings.Identity, HotCellSettings.Administrator, HotCellSettings.Frontends, HotCellSettings.AnswerTimeout, settings.Seed, clock, output,
            cancellationToken);
        var random = new Random(settings.Seed);
        long seatsWanted = 0;
        for (int i = 0; i < settings.Rounds; i++)
        {
            var round = new HotCellRound(stage.Room, stage.Desk, clock, settings, i);
            int first = i * settings.KillsPerRound;
            await stage.TimeAsync($"round {i + 1}: rush", () => round.RushAsync(() => KillAsync(stage, first, random, cancellationToken), cancellationToken));
            await stage.TimeAsync($"round {i + 1}: last seats", () => round.SellOffAsync(cancellationToken));
            seatsWanted += round.SeatsWanted;
        }

        uint[] sales = [.. Enumerable.Range(1, settings.Rounds).Select(round => (uint)round)];
        int[] persons = [.. Enumerable.Range(0, PersonSamples).Select(_ => random.Next(settings.Buyers))];
        ToldAtEnd told = null!;
        await stage.TimeAsync("payment list", async () => told = await stage.AskAsync(persons, draw: 0, sales, cancellationToken));
        var rules = new OwnSaleRules(stage.Book, new OwnLottery(stage.Keys));
        var result = await stage.CheckAsync(rules, told, [], cancellationToken);
        return TicketReport.Build("hot-cell", settings.Describe(), settings.Seed, stage, result, seatsWanted, ranksInvited: 0, settings.Rounds * settings.KillsPerRound);
    }

    /// <summary>Kills the server and PostgreSQL in turn, at moments of the rush that differ from round to round.</summary>
    private async Task KillAsync(TicketStage stage, int first, Random random, CancellationToken cancellationToken)
    {
        for (int i = 0; i < settings.KillsPerRound; i++)
        {
            long answers = random.Next(1, Math.Max(2, settings.Buyers / (2 * settings.KillsPerRound)));
            await stage.KillAfterAsync(first + i, answers, cancellationToken);
        }
    }
}
