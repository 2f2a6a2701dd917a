using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Scenarios.Demo;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Library;

/// <summary>The steady mix of the demo: wagers, cancellations and questions from terminals, seats from frontends.</summary>
internal sealed class SteadyScenario(int terminals, int frontends) : Scenario
{
    private IReadOnlyList<SourceAccount> _terminals = [];
    private IReadOnlyList<SourceAccount> _frontends = [];
    private RaceCard _card = null!;
    private SeatPlan _seats = null!;

    public override string Name => "steady";

    public override IReadOnlyList<LoadSimulation> DefaultPlan(int rate) =>
        [Simulation.Inject(rate, interval: TimeSpan.FromSeconds(1), during: TimeSpan.FromSeconds(60))];

    public override IReadOnlyList<CellDefinition> Cells => _seats.Cells;

    public override void Enrol(AccountBook accounts) =>
        (_terminals, _frontends) = (accounts.Terminals(terminals), accounts.Frontends(frontends));

    public override async Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        uint sale = context.Numbers.Sale();
        _card = new RaceCard(context.Now, context.Numbers.Meeting());
        _seats = new SeatPlan((long)(Math.Max(context.SendsExpected, 10_000) * DemoLoad.FrontendShare), sale, FreeNumbers.FirstSession(sale));
        await context.Opening.OpenRacesAsync(_card, cancellationToken);
        await context.Opening.OpenSaleAsync(_seats, context.Now, cancellationToken);
    }

    public override ILoad CreateLoad(ScenarioContext context)
    {
        var random = new Random(context.Random.Next());
        return new DemoLoad(
            [.. _terminals.Select(account => new Terminal(context.ClientOf(account)))],
            [.. _frontends.Select(account => new Frontend(context.ClientOf(account)))],
            new TerminalTraffic(_card, context.Dispatcher, context.Status, random),
            new FrontendTraffic(_seats, context.Dispatcher, random),
            random);
    }
}
