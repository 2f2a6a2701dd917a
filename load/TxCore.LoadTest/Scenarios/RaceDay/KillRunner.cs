namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>Kills a server or PostgreSQL at planned times of the day: the servers in turn, and PostgreSQL after the first of them.</summary>
internal sealed class KillRunner(Killer killer, DayClock clock, TimeSpan duration, int kills)
{
    /// <summary>Kills are spread over this part of the run.</summary>
    private const double FirstShare = 0.08;
    private const double LastShare = 0.92;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < kills; i++)
        {
            await clock.UntilAsync(duration * (FirstShare + ((LastShare - FirstShare) * (i + 0.5) / kills)), cancellationToken);
            await killer.KillAsync(i, cancellationToken);
        }
    }
}
