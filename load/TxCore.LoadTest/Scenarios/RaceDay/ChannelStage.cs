using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>One channel of the day: the shard it is held in, its sources, and everything they do.</summary>
internal sealed class ChannelStage(IDayShard shard, ChannelSources sources)
{
    public ShardIdentity Identity => shard.Identity;

    /// <summary>The database, for the check.</summary>
    public string CheckConnectionString => shard.CheckConnectionString;

    public DayJournal Journal { get; } = new();

    public DayBook Book { get; } = new();

    public DayCard Card { get; private set; } = null!;

    public RaceDirector Director { get; private set; } = null!;

    public ChannelTraffic Traffic { get; private set; } = null!;

    public int Sellers => sources.Sellers.Count;

    /// <summary>How often clients had to connect again.</summary>
    public long Reconnects => shard.Reconnects;

    /// <summary>Defines and opens the races, and puts everything in place that acts during the day.</summary>
    public async Task OpenAsync(
        Timetable timetable, DayClock clock, Tally tally, AnswerLatencies latencies, StatusProbe status, RaceDaySettings settings,
        CancellationToken cancellationToken)
    {
        var desk = new ControlDesk(shard.Clients[0], Journal);
        await shard.OpenAsync(timetable, desk, Journal, cancellationToken);
        int seed = HashCode.Combine(settings.Seed, Identity.Shard);
        var dispatcher = new Dispatcher(Journal.Journal, tally, RaceDaySettings.InFlightMax, latencies, shard.Watch);
        var players = new DayPlayers(shard.Run);
        Card = new DayCard(timetable, settings.Duration);
        Director = new RaceDirector(desk, Card, Book, players, clock, seed);
        Seller[] sellers = [.. sources.Sellers.Select((account, index) => new Seller(shard.Clients[index + 1], account.Outlet))];
        Traffic = new ChannelTraffic(Identity.Channel, sellers, Card, Book, clock, Journal, dispatcher, status, tally, players, new Random(seed));
        await Director.PrepareAsync(shard.ListVersion, cancellationToken);
    }

    /// <summary>Logs everybody off, and ends the server where it is the run's own.</summary>
    public async Task EndAsync()
    {
        await shard.EndAsync();
        Journal.Merge();
    }

    /// <summary>Checks the day in the database by the tool's own means, and asks the server where it can be asked.</summary>
    public async Task<(ValidationResult Result, DayReplay Replay)> ValidateAsync(CancellationToken cancellationToken)
    {
        var replay = new DayReplay(
            Card.Races.Select(race => race.Plan.Race.ToDefine(ControlDesk.OneActor)), sources.Sellers.Select(account => (account.Id, account.Outlet)));
        var result = await DayValidation.RunAsync(CheckConnectionString, Journal, replay, shard.NumberBefore, cancellationToken);
        CheckResult[] checks =
        [
            .. result.Checks, WinnersPaid(replay), .. await shard.AskServerAsync(Card.Races[0].Id.Day, cancellationToken),
        ];
        string name = Identity.Channel.ToString().ToLowerInvariant();
        return (result with { Checks = [.. checks.Select(check => check with { Rule = $"{name}: {check.Rule}" })] }, replay);
    }

    /// <summary>Every ticket was presented once its races were settled: none that stands is left without an answer about its money.</summary>
    private CheckResult WinnersPaid(DayReplay replay)
    {
        var presented = new HashSet<ulong>();
        var journal = Journal.Journal;
        for (int i = 0; i < journal.Count; i++)
        {
            if (journal[i] is { Kind: MessageType.Pay, Progress: Progress.Answered, Code: ResultCode.Accepted or ResultCode.TicketLost })
            {
                presented.Add(journal[i].Reference);
            }
        }

        ulong[] left = [.. replay.Held.Where(ticket => ticket.Value.State == PresentState.Live && !presented.Contains(ticket.Key)).Select(ticket => ticket.Key)];
        return new CheckResult(
            "every ticket that stands was paid or lost", left.Length, [.. left.Take(5).Select(number => $"ticket {number} was never settled")]);
    }
}
