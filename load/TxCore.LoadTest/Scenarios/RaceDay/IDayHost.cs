using TxCore.Client.Programme;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>Where a racing day is held: servers and a PostgreSQL of the run's own, or a server that somebody else runs.</summary>
internal interface IDayHost : IAsyncDisposable
{
    /// <summary>How it is called in reports.</summary>
    string Description { get; }

    /// <summary>The shard of each channel.</summary>
    IReadOnlyList<ChannelStage> Stages { get; }

    /// <summary>The servers' own latencies, as far as they can be had.</summary>
    ServerStages Servers { get; }

    /// <summary>The disk of the databases; null when it is not on this machine.</summary>
    FdatasyncReport? Fdatasync { get; }

    /// <summary>What this host cannot tell or do, for the report.</summary>
    IReadOnlyList<RunSetting> Findings { get; }

    /// <summary>The days with races that the servers do not have yet.</summary>
    Task<IReadOnlyList<ProgrammeDay>> RenumberAsync(IReadOnlyList<ProgrammeDay> days, uint businessDay, CancellationToken cancellationToken);

    /// <summary>Kills servers and PostgreSQL; null where nothing may be killed.</summary>
    Killer? CreateKiller(TimeProvider clock, DateTimeOffset begin);
}
