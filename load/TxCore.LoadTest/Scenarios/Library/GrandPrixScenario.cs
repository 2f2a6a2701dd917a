using System.Globalization;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Demo;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios.Library;

/// <summary>
/// One race that everybody wants (<c>domain.md</c> section 4.2): the arrival curve up to the off, the stop, and the tail of wagers that
/// come too late and are refused. The stop comes when the last part of the plan begins.
/// </summary>
internal sealed class GrandPrixScenario(int terminals) : Scenario
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private IReadOnlyList<SourceAccount> _terminals = [];
    private RaceCard _card = null!;
    private TimeSpan _stoppedAt;

    public override string Name => "grand-prix";

    public override IReadOnlyList<LoadSimulation> DefaultPlan(int rate) =>
    [
        Simulation.InjectCurve(rate, interval: TimeSpan.FromSeconds(1), during: TimeSpan.FromSeconds(60), over: TimeSpan.FromHours(1)),
        Simulation.Inject(rate, interval: TimeSpan.FromSeconds(1), during: TimeSpan.FromSeconds(5)),
    ];

    public override IReadOnlyList<RunSetting> Findings =>
        [new("race stopped at", _stoppedAt.TotalSeconds.ToString("0.000 s", CultureInfo.InvariantCulture) + " of the measured time")];

    public override IReadOnlyList<StoredRule> Rules => RaceStopRules.All;

    public override void Enrol(AccountBook accounts) => _terminals = accounts.Terminals(terminals);

    public override Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        _card = new RaceCard(context.Now, context.Numbers.Meeting(), races: 1);
        return context.Opening.OpenRacesAsync(_card, cancellationToken);
    }

    public override ILoad CreateLoad(ScenarioContext context)
    {
        var random = new Random(context.Random.Next());
        return new DemoLoad(
            [.. _terminals.Select(account => new Terminal(context.ClientOf(account)))],
            [],
            new TerminalTraffic(_card, context.Dispatcher, context.Status, random, mayStop: true),
            null,
            random);
    }

    public override async Task BesideAsync(ScenarioContext context, CancellationToken loadEnded)
    {
        var segments = context.Plan.Segments;
        var off = segments.Count > 1 ? context.Plan.During - (segments[^1].During ?? TimeSpan.Zero) : context.Plan.During * 0.9;
        while (context.Generator.Measured < off && !loadEnded.IsCancellationRequested)
        {
            await Task.Delay(Look, CancellationToken.None);
        }

        await context.Opening.StopRaceAsync(_card.Races[0].Id, CancellationToken.None);
        _stoppedAt = context.Generator.Measured;
    }
}
