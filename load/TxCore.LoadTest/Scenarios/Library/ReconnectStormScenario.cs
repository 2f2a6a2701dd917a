using System.Diagnostics;
using System.Globalization;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Demo;
using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Scenarios.Library;

/// <summary>
/// All terminals lose their connections at once, every so often, while they sell: they come back by themselves, send again what was not
/// answered, and not one ticket is lost or sold twice.
/// </summary>
internal sealed class ReconnectStormScenario(int terminals, TimeSpan every) : Scenario
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(60);

    private readonly List<RunSetting> _findings = [];
    private IReadOnlyList<SourceAccount> _terminals = [];
    private RaceCard _card = null!;

    public override string Name => "reconnect-storm";

    public override IReadOnlyList<LoadSimulation> DefaultPlan(int rate) =>
        [Simulation.Inject(Math.Max(1, rate / 4), interval: TimeSpan.FromSeconds(1), during: TimeSpan.FromSeconds(40))];

    public override bool NeedsProxy => true;

    public override IReadOnlyList<RunSetting> Findings => _findings;

    public override void Enrol(AccountBook accounts) => _terminals = accounts.Terminals(terminals);

    public override Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        _card = new RaceCard(context.Now, context.Numbers.Meeting());
        return context.Opening.OpenRacesAsync(_card, cancellationToken);
    }

    public override ILoad CreateLoad(ScenarioContext context)
    {
        var random = new Random(context.Random.Next());

        // No questions about tickets: one that was on its way when the connection was cut is nobody's fault.
        return new DemoLoad(
            [.. _terminals.Select(account => new Terminal(context.ClientOf(account)))],
            [],
            new TerminalTraffic(_card, context.Dispatcher, status: null, random),
            null,
            random);
    }

    public override async Task BesideAsync(ScenarioContext context, CancellationToken loadEnded)
    {
        TxCoreClient[] clients = [.. _terminals.Select(context.ClientOf)];
        for (int storm = 1; context.Generator.Measured + every < context.Plan.During; storm++)
        {
            try
            {
                await Task.Delay(every, loadEnded);
            }
            catch (OperationCanceledException)
            {
                // The load has ended, and the storms with it.
                return;
            }

            int[] before = [.. clients.Select(client => client.ReconnectCount)];
            long begin = Stopwatch.GetTimestamp();
            int cut = context.Proxy!.CutAll();
            while (!IsBack(clients, before) && Stopwatch.GetElapsedTime(begin) < BackWithin)
            {
                await Task.Delay(Look, CancellationToken.None);
            }

            string took = Stopwatch.GetElapsedTime(begin).TotalMilliseconds.ToString("0 ms", CultureInfo.InvariantCulture);
            _findings.Add(new RunSetting($"storm {storm}", IsBack(clients, before)
                ? $"{cut} connections cut, all {clients.Length} terminals back after {took}"
                : $"{cut} connections cut, terminals still missing after {took}"));
        }
    }

    private static bool IsBack(TxCoreClient[] clients, int[] before) =>
        clients.Zip(before).All(pair => pair.First.ReconnectCount > pair.Second);
}
