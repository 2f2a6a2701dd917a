using System.Diagnostics;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Validation;

namespace TxCore.LoadTest.Scenarios;

/// <summary>A kill of the day.</summary>
/// <param name="What">What was killed.</param>
/// <param name="AtSeconds">When, from the beginning of the run.</param>
/// <param name="BackMilliseconds">From the kill until the process was ready again.</param>
/// <param name="FirstAnswerMilliseconds">From the kill to the first answer to a client; the latest of all channels. 0 when none came any more.</param>
internal sealed record KillReport(string What, double AtSeconds, double BackMilliseconds, double FirstAnswerMilliseconds);

/// <summary>Kills a server or PostgreSQL (SIGKILL), starts it again at once, and notes how long that took.</summary>
internal sealed class Killer(IReadOnlyList<ShardStage> stages, RehearsalPostgres postgres, TimeProvider clock, DateTimeOffset runBegin)
{
    /// <summary>What was answered before the kill has arrived by then.</summary>
    private static readonly TimeSpan Underway = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromMinutes(2);

    private readonly List<KillReport> _done = [];

    public IReadOnlyList<KillReport> Done => _done;

    /// <summary>Kills a target: server 0, PostgreSQL, then the other servers in turn.</summary>
    public async Task KillAsync(int round, CancellationToken cancellationToken)
    {
        int target = round % (stages.Count + 1);
        _done.Add(target == 1 ? await KillPostgresAsync(cancellationToken) : await KillServerAsync(stages[target == 0 ? 0 : target - 1], cancellationToken));
    }

    /// <summary>The rule that all kills were made, and that answers came again after each.</summary>
    public CheckResult Check(int planned)
    {
        string[] unanswered = [.. _done.Where(kill => kill.FirstAnswerMilliseconds <= 0).Select(kill => $"{kill.What} at {kill.AtSeconds} s")];
        return new CheckResult($"all {planned} kills were survived: answers came again", unanswered.Length + planned - _done.Count, unanswered);
    }

    private async Task<KillReport> KillServerAsync(ShardStage stage, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow() - runBegin;
        long begin = Stopwatch.GetTimestamp();
        await stage.KillServerAsync();
        await Task.Delay(Underway, clock, cancellationToken);
        var answer = stage.Watch.NextAsync();
        await stage.StartServerAsync(cancellationToken);
        var back = Stopwatch.GetElapsedTime(begin);
        return Report($"{stage.Identity.Channel} server".ToLowerInvariant(), at, back, begin, await AnsweredAsync([answer], cancellationToken));
    }

    private async Task<KillReport> KillPostgresAsync(CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow() - runBegin;
        long begin = Stopwatch.GetTimestamp();
        await postgres.KillAsync();
        await Task.Delay(Underway, clock, cancellationToken);
        Task<long>[] answers = [.. stages.Select(stage => stage.Watch.NextAsync())];
        await postgres.RestartAsync(cancellationToken);
        var back = Stopwatch.GetElapsedTime(begin);
        return Report("PostgreSQL", at, back, begin, await AnsweredAsync(answers, cancellationToken));
    }

    private static KillReport Report(string what, TimeSpan at, TimeSpan back, long begin, long answeredAt) => new(
        what, Math.Round(at.TotalSeconds, 1), Math.Round(back.TotalMilliseconds),
        answeredAt == 0 ? 0 : Math.Round(Stopwatch.GetElapsedTime(begin, answeredAt).TotalMilliseconds));

    private static async Task<long> AnsweredAsync(Task<long>[] answers, CancellationToken cancellationToken)
    {
        try
        {
            return (await Task.WhenAll(answers).WaitAsync(AnswerWithin, cancellationToken)).Max();
        }
        catch (TimeoutException)
        {
            return 0;
        }
    }
}
