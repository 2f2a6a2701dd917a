using Microsoft.Extensions.Logging;

namespace TxCore.Sessions;

/// <summary>The log events of a shard. Ids are stable; OPERATIONS.md tells each. No event carries a secret or a person.</summary>
public static partial class ShardEvents
{
    /// <summary>The shard serves.</summary>
    [LoggerMessage(1000, LogLevel.Information, "Shard {Shard} ({Channel}) serves: next number {Number}, epoch {Epoch}, {Sources} sources, recovered in {Milliseconds} ms")]
    public static partial void ShardServes(this ILogger logger, short shard, Protocol.Channel channel, long number, long epoch, int sources, long milliseconds);

    /// <summary>The shard drains.</summary>
    [LoggerMessage(1001, LogLevel.Information, "Shard {Shard} drains: nothing new is taken, what was taken is finished")]
    public static partial void ShardDrains(this ILogger logger, short shard);

    /// <summary>The shard has stopped in order.</summary>
    [LoggerMessage(1002, LogLevel.Information, "Shard {Shard} has stopped in order after number {Number}")]
    public static partial void ShardStopped(this ILogger logger, short shard, long number);

    /// <summary>The shard has failed.</summary>
    [LoggerMessage(1003, LogLevel.Critical, "Shard {Shard} has failed and serves no more")]
    public static partial void ShardFailed(this ILogger logger, short shard, Exception? reason);

    /// <summary>The clock stepped forward.</summary>
    [LoggerMessage(1004, LogLevel.Critical, "Shard {Shard}: the clock stepped forward beyond the limit; nothing is taken until an administrator confirms the time")]
    public static partial void TimeHeld(this ILogger logger, short shard);

    /// <summary>The ring is full.</summary>
    [LoggerMessage(1005, LogLevel.Error, "Shard {Shard} is saturated: {Waiting} connections wait for room in the ring of {Size}")]
    public static partial void Saturated(this ILogger logger, short shard, int waiting, int size);

    /// <summary>A batch is being written again.</summary>
    [LoggerMessage(1100, LogLevel.Warning, "Shard {Shard}: PostgreSQL does not commit, retry {Retries}: {Reason}")]
    public static partial void StoreInTrouble(this ILogger logger, short shard, long retries, string reason);

    /// <summary>A row was stored in plain form.</summary>
    [LoggerMessage(1101, LogLevel.Error, "Shard {Shard}: {Count} rows that PostgreSQL refused are stored in plain form")]
    public static partial void PlainRows(this ILogger logger, short shard, long count);

    /// <summary>A snapshot was written.</summary>
    [LoggerMessage(1102, LogLevel.Information, "Shard {Shard}: snapshot after number {Number}, {Bytes} bytes")]
    public static partial void SnapshotWritten(this ILogger logger, short shard, long number, long bytes);

    /// <summary>Snapshots cannot be written.</summary>
    [LoggerMessage(1103, LogLevel.Warning, "Shard {Shard}: the snapshot failed; recovery takes longer until the next")]
    public static partial void SnapshotFailed(this ILogger logger, short shard, Exception reason);

    /// <summary>A snapshot could not be read.</summary>
    [LoggerMessage(1104, LogLevel.Error, "Shard {Shard}: the snapshot after number {Number} cannot be read, the one before is taken")]
    public static partial void SnapshotUnreadable(this ILogger logger, short shard, long number, Exception reason);

    /// <summary>The pool totals cannot read what they missed.</summary>
    [LoggerMessage(1105, LogLevel.Warning, "Shard {Shard}: the pool totals are behind and cannot read the rows after number {Number}; they try again")]
    public static partial void TotalsBehind(this ILogger logger, short shard, long number, Exception reason);

    /// <summary>The combinations of before the start cannot be counted.</summary>
    [LoggerMessage(1106, LogLevel.Warning, "Shard {Shard}: the combinations of earlier wagers cannot be read, there are no dividends yet; tried again")]
    public static partial void TotalsNotLoaded(this ILogger logger, short shard, Exception reason);

    /// <summary>A source was refused at logon.</summary>
    [LoggerMessage(1200, LogLevel.Warning, "Source {Source} at {Address}: logon refused: {Code}")]
    public static partial void LogonRefused(this ILogger logger, uint source, string address, Protocol.ResultCode code);

    /// <summary>A source holds a number that the database lacks.</summary>
    [LoggerMessage(1201, LogLevel.Critical, "Source {Source} holds number {Held}, the database ends at {Highest}: it was restored from too old a copy")]
    public static partial void RestoredTooOld(this ILogger logger, uint source, long held, long highest);

    /// <summary>A sequence was sent again with other content.</summary>
    [LoggerMessage(1202, LogLevel.Error, "Source {Source}: sequence {Sequence} was sent again with other content")]
    public static partial void SequenceConflict(this ILogger logger, uint source, long sequence);

    /// <summary>A connection was closed for what it sent.</summary>
    [LoggerMessage(1203, LogLevel.Warning, "Connection {Connection} of source {Source} is closed: {Code}, detail {Detail}")]
    public static partial void ConnectionRefused(this ILogger logger, ulong connection, uint source, Protocol.ResultCode code, uint detail);

    /// <summary>A look-up failed.</summary>
    [LoggerMessage(1204, LogLevel.Warning, "Source {Source}: a look-up failed, the client is told to send again")]
    public static partial void LookupFailed(this ILogger logger, uint source, Exception reason);

    /// <summary>Logons are held back for the many that failed.</summary>
    [LoggerMessage(1206, LogLevel.Warning, "Source {Source} at {Address}: too many logons of it or from there failed; they are held back for a minute")]
    public static partial void LogonsHeld(this ILogger logger, uint source, string address);

    /// <summary>A race could not be settled.</summary>
    [LoggerMessage(1205, LogLevel.Error, "Race {Race} is not published: {Fault}")]
    public static partial void SettlementRefused(this ILogger logger, string race, string fault);
}
