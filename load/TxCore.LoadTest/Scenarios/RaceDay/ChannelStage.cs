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
    private const int LogonsAtOnce = 8;

    private readonly RehearsalDatabase _database;
    private readonly ChannelSources _sources;
    private readonly TemporaryDirectory _directory = new();
    private readonly ConnectionSet _connections = new();
    private readonly int _port = ListenPort.Pick();
    private ServerProcess? _server;

    private ChannelStage(RehearsalDatabase database, ChannelSources sources) => (_database, _sources) = (database, sources);

    public ShardIdentity Identity => _database.Identity;

    public DayJournal Journal { get; } = new();

    public DayBook Book { get; } = new();

    /// <summary>Tells when answers come again after a kill.</summary>
    public AnswerWatch Watch { get; } = new();

    public DayCard Card { get; private set; } = null!;

    public RaceDirector Director { get; private set; } = null!;

    public ChannelTraffic Traffic { get; private set; } = null!;

    public int Sellers => _sources.Sellers.Count;

    /// <summary>How often clients had to connect again.</summary>
    public long Reconnects { get; private set; }

    /// <summary>The last lines the server wrote.</summary>
    public string ServerOutput => _server?.OutputTail ?? "";

    /// <summary>The exit code of the server after the drain.</summary>
    public int? ServerExitCode => _server?.ExitCode;

    /// <summary>Makes the channel's database, starts its server and logs everybody on.</summary>
    public static async Task<ChannelStage> StartAsync(
        Channel channel, RehearsalPostgres postgres, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sources = ChannelSources.Of(channel);
        var database = await postgres.CreateDatabaseAsync(RaceDaySettings.Identity(channel), now, sources.All, cancellationToken);
        var stage = new ChannelStage(database, sources);
        try
        {
            await stage.StartServerAsync(cancellationToken);
            await stage._connections.ConnectAsync(
                [sources.Administrator, .. sources.Sellers], stage._server!.Address, RaceDaySettings.AnswerTimeout, LogonsAtOnce, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Imports the day by the client's own import, as an administrator would, and opens its races.</summary>
    public async Task ImportAsync(Timetable timetable, CancellationToken cancellationToken)
    {
        await using var importer = await _sources.Importer.ConnectAsync(_server!.Address, RaceDaySettings.AnswerTimeout, cancellationToken);
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
        var dispatcher = new Dispatcher(Journal.Journal, tally, RaceDaySettings.InFlightMax, latencies, Watch);
        Card = new DayCard(timetable, settings.Duration);
        Director = new RaceDirector(new ControlDesk(_connections.Clients[0], Journal), Card, Book, clock, seed);
        Seller[] sellers = [.. _sources.Sellers.Select((account, index) => new Seller(_connections.Clients[index + 1], account.Outlet))];
        Traffic = new ChannelTraffic(Identity.Channel, sellers, Card, Book, clock, Journal, dispatcher, status, tally, new Random(seed));
    }

    /// <summary>Kills the server.</summary>
    public Task KillServerAsync() => _server!.KillAsync();

    /// <summary>Starts the server on the same database and port, at first and after a kill.</summary>
    public async Task StartServerAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _server = await ServerProcess.StartAsync(Identity, _database.WriterConnectionString, _directory.FullPath, _port, cancellationToken);
    }

    /// <summary>Logs everybody off and drains the server: what it still has to write must be there when the check looks.</summary>
    public async Task EndAsync()
    {
        Reconnects = _connections.Clients.Sum(client => (long)client.ReconnectCount);
        await _connections.DisposeAsync();
        await _server!.StopAsync();
        Journal.Merge();
    }

    /// <summary>Checks the day in the database, by the tool's own means and by the server's.</summary>
    public async Task<(ValidationResult Result, DayReplay Replay)> ValidateAsync(CancellationToken cancellationToken)
    {
        var replay = new DayReplay(
            Card.Races.Select(race => race.Plan.Race.ToDefine(ControlDesk.OneActor)), _sources.Sellers.Select(account => (account.Id, account.Outlet)));
        var result = await DayValidation.RunAsync(_database.CheckConnectionString, Journal, replay, cancellationToken);
        string day = $"{Card.Races[0].Id.Day}";
        var checks = new List<CheckResult>(result.Checks)
        {
            ServerEnd(),
            WinnersPaid(replay),
            await CommandAsync("txcore day balance: every identity holds to the cent", cancellationToken, "day", "balance", "--day", day),
            await CommandAsync(
                "txcore verify --replay --anchor: the chain is whole, and every entry is decided again alike", cancellationToken,
                "verify", "--replay", "--anchor", "--data", _directory.FullPath),
        };
        return (result with { Checks = [.. checks.Select(check => check with { Rule = $"{Name}: {check.Rule}" })] }, replay);
    }

    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _directory.Dispose();
    }

    private string Name => Identity.Channel.ToString().ToLowerInvariant();

    private async Task<CheckResult> CommandAsync(string rule, CancellationToken cancellationToken, params string[] arguments)
    {
        var end = await ServerCommand.RunAsync(
            _database.WriterConnectionString, cancellationToken, [.. arguments, "--shard", $"{Identity.Shard}", "--channel", Name]);
        return new CheckResult(rule, end.ExitCode == 0 ? 0 : 1, end.ExitCode == 0 ? [] : [$"exit code {end.ExitCode}: {end.Output}"]);
    }

    private CheckResult ServerEnd() => new(
        "the server drained and ended with code 0", ServerExitCode == 0 ? 0 : 1,
        ServerExitCode == 0 ? [] : [$"exit code {ServerExitCode?.ToString() ?? "none, it was killed"}; it wrote: {ServerOutput}"]);

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
