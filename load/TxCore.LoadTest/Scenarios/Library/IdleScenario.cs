using System.Globalization;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Demo;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Scenarios.Library;

/// <summary>
/// Thousands of terminals that are logged on and sell hardly anything, as most of the day: all stay connected, and the few sales among
/// them do not wait for the rest.
/// </summary>
internal sealed class IdleScenario(int connections) : Scenario
{
    private const int Sellers = 20;

    private IReadOnlyList<SourceAccount> _idle = [];
    private IReadOnlyList<SourceAccount> _sellers = [];
    private RaceCard _card = null!;
    private int _lost;

    public override string Name => "idle";

    public override IReadOnlyList<LoadSimulation> DefaultPlan(int rate) =>
        [Simulation.Inject(Math.Max(1, rate / 40), interval: TimeSpan.FromSeconds(1), during: TimeSpan.FromSeconds(60))];

    public override IReadOnlyList<RunSetting> Findings =>
        [new("idle connections", string.Create(CultureInfo.InvariantCulture, $"{connections:N0}, {_lost:N0} of them lost during the run"))];

    public override void Enrol(AccountBook accounts) => (_idle, _sellers) = (accounts.Terminals(connections), accounts.Terminals(Sellers));

    public override Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        _card = new RaceCard(context.Now, context.Numbers.Meeting());
        return context.Opening.OpenRacesAsync(_card, cancellationToken);
    }

    public override ILoad CreateLoad(ScenarioContext context)
    {
        var random = new Random(context.Random.Next());
        return new DemoLoad(
            [.. _sellers.Select(account => new Terminal(context.ClientOf(account)))],
            [],
            new TerminalTraffic(_card, context.Dispatcher, context.Status, random),
            null,
            random);
    }

    public override async Task BesideAsync(ScenarioContext context, CancellationToken loadEnded)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, loadEnded).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lost = _idle.Count(account => context.ClientOf(account) is var client && (client.ReconnectCount > 0 || client.Completion.IsCompleted));
    }
}
