using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>What became of the races of a channel.</summary>
internal sealed record RaceCounts(int Run, int Cancelled, int StoppedByCommand, int StoppedByTime, int Scratched, int Published);

/// <summary>
/// Runs the races of a channel by the timetable: scratches during the sale, the stop, the result, provisional and official, the publication by
/// two persons, and then the tickets are worth something.
/// </summary>
internal sealed class RaceDirector(ControlDesk desk, DayCard card, DayBook book, DayPlayers players, DayClock clock, int seed)
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MendsWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SupervisorLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>From the stop to the provisional result, and from each step to the next.</summary>
    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(500);

    private int _cancelled;
    private int _stoppedByCommand;
    private int _stoppedByTime;
    private int _scratched;
    private int _published;

    public RaceCounts Counts => new(card.Races.Count - _cancelled, _cancelled, _stoppedByCommand, _stoppedByTime, _scratched, _published);

    /// <summary>Sets up who may play; before the sale.</summary>
    /// <param name="listVersion">The version of the list of barred players in force; 0 for none yet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task PrepareAsync(uint listVersion, CancellationToken cancellationToken)
    {
        Require(await desk.BarAsync(listVersion + 1, players.Bars(clock.Begin), cancellationToken), "the list of barred players");
        foreach (var limit in players.Limits(ControlDesk.OneActor))
        {
            Require(await desk.LimitAsync(limit, cancellationToken), "the limit of a player");
        }
    }

    /// <summary>Runs all races, until the last is published.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(card.Races.Select(race => RunRaceAsync(race, cancellationToken)));

    /// <summary>Decides about disputed tickets as they come: half of them are granted, where it is not too late for that.</summary>
    public async Task SuperviseAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            while (book.TryTakeDisputed(out ulong ticket))
            {
                using var open = book.Undertake();
                if (ticket % 2 == 0 && await desk.ResolveAsync(ticket, isGranted: true, cancellationToken) == ResultCode.Accepted)
                {
                    continue;
                }

                Require(await desk.ResolveAsync(ticket, isGranted: false, cancellationToken), $"the decision that ticket {ticket} stands");
            }

            await clock.DelayAsync(SupervisorLooks, CancellationToken.None);
        }
    }

    private async Task RunRaceAsync(CardRace race, CancellationToken cancellationToken)
    {
        foreach (var (runner, at) in race.Plan.Scratches)
        {
            await clock.UntilAsync(at, cancellationToken);
            Require(await desk.ScratchAsync(race.Id, runner, cancellationToken), $"scratching runner {runner} of {race.Id}");
            race.Scratch(runner);
            Interlocked.Increment(ref _scratched);
        }

        if (race.Plan.CancelledAt is { } cancelledAt)
        {
            await clock.UntilAsync(cancelledAt, cancellationToken);
            Require(await desk.CancelAsync(race.Id, cancellationToken), $"cancelling {race.Id}");
            race.End();
            Interlocked.Increment(ref _cancelled);
            book.Refund(race.Id);

            // Tickets on it are refunded at once. What reports carry through it moves on with its publication.
            await PublishAsync(race.Id, cancellationToken);
            book.Settle(race.Id);
            return;
        }

        await StopAsync(race, cancellationToken);
        await ResultAsync(race, cancellationToken);
        await PublishAsync(race.Id, cancellationToken);
        book.Settle(race.Id);
    }

    private async Task StopAsync(CardRace race, CancellationToken cancellationToken)
    {
        await clock.UntilAsync(race.Plan.StopsAt, cancellationToken);
        if (!race.Plan.StopsByCommand)
        {
            // Nobody gives the command. The result is taken once the race has stopped by itself.
            Interlocked.Increment(ref _stoppedByTime);
            return;
        }

        // RaceState: a kill lasted so long that the latest stop time came first.
        var code = await desk.StopAsync(race.Id, cancellationToken);
        if (code == ResultCode.RaceState)
        {
            Interlocked.Increment(ref _stoppedByTime);
            return;
        }

        Require(code, $"stopping {race.Id}");
        Interlocked.Increment(ref _stoppedByCommand);
    }

    private async Task ResultAsync(CardRace race, CancellationToken cancellationToken)
    {
        await clock.DelayAsync(StepTime, cancellationToken);
        FinishPlace[] finish = race.Plan.Finish;
        if (HashCode.Combine(seed, race.Id) % 4 == 0 && finish.Length > 1)
        {
            // The photograph decides otherwise: a first provisional result is replaced.
            var first = finish.Select((place, index) => new FinishPlace(finish[finish.Length - 1 - index].Runner, (byte)(index + 1)));
            await TellAsync(race.Id, ResultStage.Provisional, [.. first], cancellationToken);
        }

        await TellAsync(race.Id, ResultStage.Provisional, finish, cancellationToken);
        await clock.DelayAsync(StepTime, cancellationToken);
        await TellAsync(race.Id, ResultStage.Official, finish, cancellationToken);
    }

    private async Task TellAsync(RaceId race, ResultStage stage, FinishPlace[] finish, CancellationToken cancellationToken)
    {
        // RaceState: the race has not stopped by itself yet.
        Require(
            await UntilAsync(() => desk.ResultAsync(race, stage, finish, cancellationToken), cancellationToken, ResultCode.RaceState),
            $"the {stage} result of {race}");
    }

    /// <summary>One person alone is refused; a race into which an earlier one may still carry gains waits for that one.</summary>
    private async Task PublishAsync(RaceId race, CancellationToken cancellationToken)
    {
        if (await desk.PublishAsync(race, ControlDesk.OneActor, cancellationToken) != ResultCode.SecondActorNeeded)
        {
            throw new InvalidOperationException($"One person alone published {race}.");
        }

        var code = await UntilAsync(
            () => desk.PublishAsync(race, ControlDesk.TwoActors, cancellationToken), cancellationToken, ResultCode.EarlierRaceUnpublished,
            ResultCode.SettlementOutdated);
        Require(code, $"publishing {race}");
        Interlocked.Increment(ref _published);
    }

    /// <summary>Asks again while the answer is one that time mends, and gives up after a while.</summary>
    private async Task<ResultCode> UntilAsync(Func<Task<ResultCode>> ask, CancellationToken cancellationToken, params ResultCode[] passing)
    {
        // What an earlier race holds up is held up until that one is published, at the latest after the last stop.
        var lastStop = card.Races[^1].Plan.StopsAt;
        var giveUpAt = (clock.Now > lastStop ? clock.Now : lastStop) + MendsWithin;
        ResultCode code;
        while (Array.IndexOf(passing, code = await ask()) >= 0 && clock.Now < giveUpAt)
        {
            await clock.DelayAsync(TryAgain, cancellationToken);
        }

        return code;
    }

    private static void Require(ResultCode code, string what)
    {
        if (code != ResultCode.Accepted)
        {
            throw new InvalidOperationException($"The server refused {what}: {code}.");
        }
    }
}
