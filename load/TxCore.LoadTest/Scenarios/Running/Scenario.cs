using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Engine.Simulations;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.LoadTest.Scenarios.Demo;
using TxCore.LoadTest.Validation;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>What a scenario has to work with while a run goes on.</summary>
internal sealed class ScenarioContext
{
    private readonly Dictionary<uint, TxCoreClient> _clients = [];

    public required TxCoreClient Administrator { get; init; }

    public required Journal Journal { get; init; }

    public required Dispatcher Dispatcher { get; init; }

    public required Tally Tally { get; init; }

    public required StatusProbe Status { get; init; }

    public required LoadPlan Plan { get; init; }

    public required TimeSpan WarmUp { get; init; }

    /// <summary>Everything random of the run comes from it.</summary>
    public required Random Random { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Stands between clients and server in scenarios that ask for it; else null.</summary>
    public required FrameProxy? Proxy { get; init; }

    /// <summary>Numbers of races, sales and draws that the server does not have yet.</summary>
    public required FreeNumbers Numbers { get; init; }

    /// <summary>The generator; there once the load begins.</summary>
    public LoadGenerator Generator { get; set; } = null!;

    /// <summary>Sends expected in all, to size what is sold.</summary>
    public long SendsExpected => Plan.SendsExpected + (long)(WarmUp.TotalSeconds * Plan.RatePeak);

    public Opening Opening => new(Administrator, Journal);

    /// <summary>The logged-on client of an account.</summary>
    public TxCoreClient ClientOf(SourceAccount account) => _clients[account.Id];

    public void Connected(IEnumerable<TxCoreClient> clients)
    {
        foreach (var client in clients)
        {
            _clients[client.Source] = client;
        }
    }
}

/// <summary>A kind of traffic: what it sells, who sends it, and what must be true of it afterwards.</summary>
internal abstract class Scenario
{
    /// <summary>As on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Its plan when none is given.</summary>
    /// <param name="rate">The normal peak, per second; 2,000 unless told.</param>
    public abstract IReadOnlyList<LoadSimulation> DefaultPlan(int rate);

    /// <summary>Load before the measured time when nothing is said.</summary>
    public virtual TimeSpan DefaultWarmUp => TimeSpan.FromSeconds(5);

    /// <summary>It needs a proxy between clients and server.</summary>
    public virtual bool NeedsProxy => false;

    /// <summary>The cells it sells, for the check.</summary>
    public virtual IReadOnlyList<CellDefinition> Cells => [];

    /// <summary>Rules of its own for the check.</summary>
    public virtual IReadOnlyList<StoredRule> Rules => [];

    /// <summary>What it found out, for the report.</summary>
    public virtual IReadOnlyList<RunSetting> Findings => [];

    /// <summary>Takes its sources.</summary>
    public abstract void Enrol(AccountBook accounts);

    /// <summary>Opens what it sells.</summary>
    public abstract Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken);

    /// <summary>Makes its load, when its sources are logged on.</summary>
    public abstract ILoad CreateLoad(ScenarioContext context);

    /// <summary>What happens beside the load; cancelled when the load has ended.</summary>
    public virtual Task BesideAsync(ScenarioContext context, CancellationToken loadEnded) => Task.CompletedTask;
}
