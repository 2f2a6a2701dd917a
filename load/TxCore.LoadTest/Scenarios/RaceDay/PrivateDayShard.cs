using TxCore.Client;
using TxCore.Client.Programme;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A channel's shard of the run's own: its database, and its server process, which can be killed.</summary>
internal sealed class PrivateDayShard : IDayShard
{
    private readonly SourceAccount _importer;

    private PrivateDayShard(ShardStage stage, SourceAccount importer) => (Stage, _importer) = (stage, importer);

    /// <summary>Its database and server.</summary>
    public ShardStage Stage { get; }

    public ShardIdentity Identity => Stage.Identity;

    public IReadOnlyList<TxCoreClient> Clients => Stage.Clients;

    public uint Run => 0;

    public uint ListVersion => 0;

    public AnswerWatch? Watch => Stage.Watch;

    public long Reconnects => Stage.Reconnects;

    public string CheckConnectionString => Stage.Database.CheckConnectionString;

    public long NumberBefore => 0;

    /// <summary>Makes the channel's database, starts its server and logs everybody on.</summary>
    public static async Task<PrivateDayShard> StartAsync(
        ShardIdentity identity, ChannelSources sources, RehearsalPostgres postgres, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var importer = new SourceAccount(1, 0, SourceRole.Admin, Window: 64);
        var stage = await ShardStage.StartAsync(identity, postgres, [importer, .. sources.All], now, cancellationToken);
        try
        {
            await stage.ConnectAsync([.. sources.All], RaceDaySettings.AnswerTimeout, cancellationToken);
            return new PrivateDayShard(stage, importer);
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Imports the day by the client's own import, as an administrator would, and opens its races.</summary>
    public async Task OpenAsync(Timetable timetable, ControlDesk desk, DayJournal journal, CancellationToken cancellationToken)
    {
        await using var importer = await _importer.ConnectAsync(Stage.Address, RaceDaySettings.AnswerTimeout, cancellationToken);
        var outcome = await importer.ImportAsync(timetable.Day, ControlDesk.OneActor, opens: true, scratches: false, cancellationToken);
        if (outcome.End != ImportEnd.Imported)
        {
            throw new InvalidOperationException($"The {Identity.Channel} day was not imported: {outcome.Reason}");
        }

        // The import keeps its answers to itself: first all definitions, then all openings, each with the next sequence.
        for (int i = 0; i < outcome.Defined + outcome.Opened; i++)
        {
            journal.AddUnseen(importer.Source, (ulong)(i + 1), i < outcome.Defined ? MessageType.RaceDefine : MessageType.RaceOpen);
        }
    }

    public Task EndAsync() => Stage.EndAsync();

    public async Task<IReadOnlyList<CheckResult>> AskServerAsync(uint day, CancellationToken cancellationToken) =>
    [
        Stage.ServerEnd(),
        await Stage.CommandAsync("txcore day balance: every identity holds to the cent", cancellationToken, "day", "balance", "--day", $"{day}"),
        await Stage.CommandAsync(
            "txcore verify --replay --anchor: the chain is whole, and every entry is decided again alike", cancellationToken,
            "verify", "--replay", "--anchor", "--data", Stage.DataDirectory),
    ];

    public ValueTask DisposeAsync() => Stage.DisposeAsync();
}
