using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>Sends each planned transaction from a source picked at random; there are terminals, frontends or both. Used by the generator's thread alone.</summary>
internal sealed class DemoLoad(
    Terminal[] terminals, Frontend[] frontends, TerminalTraffic? terminalTraffic, FrontendTraffic? frontendTraffic, Random random) : ILoad
{
    /// <summary>Share of the transactions that come from ticketing frontends, when there are any.</summary>
    public const double FrontendShare = 0.2;

    public void Send(in PlannedSend planned)
    {
        if (frontends.Length > 0 && (terminals.Length == 0 || random.NextDouble() < FrontendShare))
        {
            frontendTraffic!.Send(frontends[random.Next(frontends.Length)], in planned);
        }
        else
        {
            terminalTraffic!.Send(terminals[random.Next(terminals.Length)], in planned);
        }
    }
}
