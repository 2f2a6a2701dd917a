namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>The time of the run: what the timetable counts in.</summary>
internal sealed class DayClock(TimeProvider clock, DateTimeOffset begin)
{
    public DateTimeOffset Begin => begin;

    /// <summary>Time since the run began.</summary>
    public TimeSpan Now => clock.GetUtcNow() - begin;

    /// <summary>Waits until a time of the run; at once when it is over.</summary>
    public Task UntilAsync(TimeSpan at, CancellationToken cancellationToken) =>
        at - Now is var wait && wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;

    public Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, clock, cancellationToken);
}
