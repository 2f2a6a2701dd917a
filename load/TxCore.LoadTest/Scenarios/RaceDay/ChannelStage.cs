using TxCore.Client;
using TxCore.Client.Programme;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>One channel of the day: its database, its server process, its sources, and everything they do.</summary>
internal sealed class ChannelStage : IAsyncDisposable
{
    private readonly ShardStage _shard;
    private readonly ChannelSources _sources;

    private ChannelStage(ShardStage shard, ChannelSources sources) => (_shard, _sources) = (shard, sources);

    public ShardIdentity Identity => _shard.Identity;

    /// <summary>The channel's database and server.</summary>
    public ShardStage Shard => _shard;

    public DayJournal Journal { get; } = new();

    public DayBook Book { get; } = new();

    public DayCard Card { get; private set; } = null!;

    public RaceDirector Director { get; private set; } = null!;

    public ChannelTraffic Traffic { get; private set; } = null!;

    public int Sellers => _sources.Sellers.Count;

    /// <summary>How often clients had to connect again.</summary>
    public long Reconnects => _shard.Reconnects;

    /// <summary>Makes the channel's database, starts its server and logs everybody on.</summary>
    public static async Task<ChannelStage> StartAsync(
        Channel channel, RehearsalPostgres postgres, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sources = ChannelSources.Of(channel);
        var shard = await ShardStage.StartAsync(RaceDaySettings.Identity(channel), postgres, sources.All, now, cancellationToken);
        try
        {
            await shard.ConnectAsync([sources.Administrator, .. sources.Sellers], RaceDaySettings.AnswerTimeout, cancellationToken);
            return new ChannelStage(shard, sources);
        }
        catch
        {
            await shard.DisposeAsync();
            throw;
        }
    }

    /// <summary>Imports the day by the client's own import, as an administrator would, and opens its races.</summary>
    public async Task ImportAsync(Timetable timetable, CancellationToken cancellationToken)
    {
        await using var importer = await _sources.Importer.ConnectAsync(_shard.Address, RaceDaySettings.AnswerTimeout, cancellationToken);
        var outcome = await importer.ImportAsync(timetable.Day, ControlDesk.OneActor, opens: true, scratches: false, cancellationToken);
        if (outcome.End != ImportEnd.Imported)
        {
            throw new InvalidOperationException($"The {Identity.Channel} day was not imported: {outcome.Reason}");
        }

        // The import keeps its answers to itself: first all definitions, then all openings, each with the next sequence.
        for (int i = 0; i < outcome.Defined + outcome.Opened; i++)
        {
            Journal.AddUnseen(importer.Source, (ulong)(i + 1), i < outcome.Defined ? MessageType.RaceDefine : MessageType.RaceOpen);
        }
    }

    /// <summary>Puts everything in place that acts during the day.</summary>
    public void Prepare(Timetable timetable, DayClock clock, Tally tally, AnswerLatencies latencies, StatusProbe status, RaceDaySettings settings)
    {
        int seed = HashCode.Combine(settings.Seed, Identity.Shard);
        var dispatcher = new Dispatcher(Journal.Journal, tally, RaceDaySettings.InFlightMax, latencies, _shard.Watch);
        Card = new DayCard(timetable, settings.Duration);
        Director = new RaceDirector(new ControlDesk(_shard.Clients[0], Journal), Card, Book, clock, seed);
        Seller[] sellers = [.. _sources.Sellers.Select((account, index) => new Seller(_shard.Clients[index + 1], account.Outlet))];
        Traffic = new ChannelTraffic(Identity.Channel, sellers, Card, Book, clock, Journal, dispatcher, status, tally, new Random(seed));
    }

    /// <summary>Logs everybody off and drains the server.</summary>
    public async Task EndAsync()
    {
        await _shard.EndAsync();
        Journal.Merge();
    }

    /// <summary>Checks the day in the database, by the tool's own means and by the server's.</summary>
    public async Task<(ValidationResult Result, DayReplay Replay)> ValidateAsync(CancellationToken cancellationToken)
    {
        var replay = new DayReplay(
            Card.Races.Select(race => race.Plan.Race.ToDefine(ControlDesk.OneActor)), _sources.Sellers.Select(account => (account.Id, account.Outlet)));
        var result = await DayValidation.RunAsync(_shard.Database.CheckConnectionString, Journal, replay, cancellationToken);
        string day = $"{Card.Races[0].Id.Day}";
        var checks = new List<CheckResult>(result.Checks)
        {
            _shard.ServerEnd(),
            WinnersPaid(replay),
            await _shard.CommandAsync("txcore day balance: every identity holds to the cent", cancellationToken, "day", "balance", "--day", day),
            await _shard.CommandAsync(
                "txcore verify --replay --anchor: the chain is whole, and every entry is decided again alike", cancellationToken,
                "verify", "--replay", "--anchor", "--data", _shard.DataDirectory),
        };
        return (result with { Checks = [.. checks.Select(check => check with { Rule = $"{_shard.Name}: {check.Rule}" })] }, replay);
    }

    public ValueTask DisposeAsync() => _shard.DisposeAsync();

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
