using Microsoft.Extensions.Logging;
using TxCore.Pipeline;
using TxCore.Storage;
using TxCore.Ticketing.Draws;
using TxCore.Wagering.Settlement;
using TxCore.Wagering.Totals;

namespace TxCore.Sessions;

/// <summary>Limits of the sessions of a shard.</summary>
public sealed record SessionLimits
{
    /// <summary>Open connections. Default 16,384: 12,000 terminals and as many again as may be reconnecting.</summary>
    public int ConnectionsMax { get; init; } = 16_384;

    /// <summary>Largest frame, in bytes. Default 65,536, the protocol's own limit.</summary>
    public int FrameBytesMax { get; init; } = Protocol.Wire.FrameBytesMax;

    /// <summary>Time from connecting to being logged on, in seconds. Default 10.</summary>
    public int LogonSeconds { get; init; } = 10;

    /// <summary>Time without a byte from the client before it counts as gone, in seconds. Default 90: three heartbeats.</summary>
    public int IdleSeconds { get; init; } = 90;

    /// <summary>Bytes of answers a client may leave unread before it is closed. Default 1 MiB.</summary>
    public int UnsentBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Time an answer to a failed logon is held back, in milliseconds. Default 1,000: guessing is slow.</summary>
    public int LogonFailureDelayMilliseconds { get; init; } = 1000;

    /// <summary>Failed logons of one source in a minute before further ones are held back. Default 10: nobody types a password that often.</summary>
    public int LogonFailuresOfSourceMax { get; init; } = 10;

    /// <summary>Failed logons from one address in a minute before further ones are held back. Default 100: many terminals may share an address.</summary>
    public int LogonFailuresOfAddressMax { get; init; } = 100;

    /// <summary>Most frames of one connection put into the ring at a time. Default 256, so that one does not crowd out the others.</summary>
    public int FramesPerTurnMax { get; init; } = 256;
}

/// <summary>Finds sources by number; kept up to date beside the sessions.</summary>
public interface ISourceDirectory
{
    /// <summary>The source; null when there is none.</summary>
    SourceRecord? Find(uint id);
}

/// <summary>What all sessions of a shard share.</summary>
/// <param name="Identity">The shard.</param>
/// <param name="Intake">The way into the ring.</param>
/// <param name="Admission">Whether transactions are taken now.</param>
/// <param name="Registry">The sessions.</param>
/// <param name="Board">What is on sale.</param>
/// <param name="Sources">Who may log on.</param>
/// <param name="Reader">Look-ups of old rows.</param>
/// <param name="Settler">Counts races for their publication.</param>
/// <param name="Totals">Pool totals.</param>
/// <param name="Recent">The last committed rows.</param>
/// <param name="Ticketing">Sales and draws as committed.</param>
/// <param name="Draws">Works out lists and orders of draws.</param>
/// <param name="Payments">Reads payment orders.</param>
/// <param name="Encoder">Encodes answers.</param>
/// <param name="Tally">Counts of the connections.</param>
/// <param name="Limits">Limits.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Logger">The log.</param>
public sealed record SessionServices(
    ShardIdentity Identity, Intake Intake, IAdmission Admission, SessionRegistry Registry, DefinitionsBoard Board, ISourceDirectory Sources,
    IShardReader Reader, IRaceSettler Settler, PoolTotalsBoard Totals, RecentRows Recent, TicketingBoard Ticketing, DrawPreparer Draws, PaymentsFeed Payments,
    AnswerEncoder Encoder, Diagnostics.SessionTally Tally, SessionLimits Limits, TimeProvider Clock, ILogger Logger)
{
    /// <summary>Counts failed logons.</summary>
    public LogonGuard Logons { get; } = new(Limits, Clock);
}

/// <summary>Whether transactions are taken now; asked for every frame.</summary>
public interface IAdmission
{
    /// <summary>True when new transactions are answered BUSY: draining, or no commit for too long.</summary>
    bool IsBusy { get; }

    /// <summary>True while no commit came back for too long: status is answered pending at once.</summary>
    bool IsStalled { get; }

    /// <summary>True once the shard takes no new connection and closes the ones it has.</summary>
    bool IsDraining { get; }
}
