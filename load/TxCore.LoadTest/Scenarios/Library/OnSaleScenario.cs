using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Scenarios.Demo;
using TxCore.LoadTest.Scenarios.Running;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Library;

/// <summary>
/// The opening of a sale that everybody waited for (<c>domain.md</c> section 4.2): a step and its decay, seats for a twentieth of what is
/// asked for, and then the long tail of those who are told that it is sold out. The warm-up buys of another sale.
/// </summary>
internal sealed class OnSaleScenario(int frontends) : Scenario
{
    private IReadOnlyList<SourceAccount> _frontends = [];
    private SeatPlan _seats = null!;
    private SeatPlan _warmUpSeats = null!;

    public override string Name => "on-sale";

    public override IReadOnlyList<LoadSimulation> DefaultPlan(int rate) =>
    [
        Simulation.InjectDecay(rate * 2, interval: TimeSpan.FromSeconds(1), theta: TimeSpan.FromSeconds(30), during: TimeSpan.FromSeconds(60)),
    ];

    public override IReadOnlyList<CellDefinition> Cells => [.. _seats.Cells, .. _warmUpSeats.Cells];

    public override void Enrol(AccountBook accounts) => _frontends = accounts.Frontends(frontends);

    public override async Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        uint sale = context.Numbers.Sale();
        _seats = SeatPlan.Wanted(context.Plan.SendsExpected, sale, FreeNumbers.FirstSession(sale));
        uint warmUpSale = context.Numbers.Sale();
        _warmUpSeats = new SeatPlan(context.SendsExpected, warmUpSale, FreeNumbers.FirstSession(warmUpSale));
        await context.Opening.OpenSaleAsync(_warmUpSeats, context.Now, cancellationToken);
        await context.Opening.OpenSaleAsync(_seats, context.Now, cancellationToken);
    }

    public override ILoad CreateLoad(ScenarioContext context)
    {
        var random = new Random(context.Random.Next());
        var traffic = new FrontendTraffic(_seats, context.Dispatcher, random, _warmUpSeats);
        return new DemoLoad([], [.. _frontends.Select(account => new Frontend(context.ClientOf(account)))], null, traffic, random);
    }
}
