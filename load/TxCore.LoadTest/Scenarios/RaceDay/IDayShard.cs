using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Storage;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>The shard in which a channel's day is held: one of the run's own, or one that somebody else runs.</summary>
internal interface IDayShard : IAsyncDisposable
{
    ShardIdentity Identity { get; }

    /// <summary>The logged-on sources: the administrator that runs the races, then the sellers.</summary>
    IReadOnlyList<TxCoreClient> Clients { get; }

    /// <summary>Tells the players of this run from those of others on the same database.</summary>
    uint Run { get; }

    /// <summary>The list of barred players in force before the run; 0 for none.</summary>
    uint ListVersion { get; }

    /// <summary>Learns of answers, where something is killed; else null.</summary>
    AnswerWatch? Watch { get; }

    /// <summary>How often clients had to connect again.</summary>
    long Reconnects { get; }

    /// <summary>The database, for the check; read-only is enough.</summary>
    string CheckConnectionString { get; }

    /// <summary>The highest number before the run.</summary>
    long NumberBefore { get; }

    /// <summary>Defines and opens the day's races.</summary>
    Task OpenAsync(Timetable timetable, ControlDesk desk, DayJournal journal, CancellationToken cancellationToken);

    /// <summary>Ends the connections, and what the run started.</summary>
    Task EndAsync();

    /// <summary>What the server's own program says of the day; nothing where it cannot be asked.</summary>
    Task<IReadOnlyList<CheckResult>> AskServerAsync(uint day, CancellationToken cancellationToken);
}
