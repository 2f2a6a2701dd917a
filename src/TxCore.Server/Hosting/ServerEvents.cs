namespace TxCore.Server.Hosting;

/// <summary>The log events of the server around its shards. Ids are stable; OPERATIONS.md tells each.</summary>
internal static partial class ServerEvents
{
    [LoggerMessage(2000, LogLevel.Information, "Private PostgreSQL {Version} on port {Port}, data in {Directory}")]
    public static partial void PrivatePostgres(ILogger logger, Version version, int port, string directory);

    [LoggerMessage(2001, LogLevel.Warning, "The sources could not be read; those known stay known")]
    public static partial void SourcesNotRead(ILogger logger, Exception fault);

    [LoggerMessage(2002, LogLevel.Error, "Shard {Shard}: the head of the chain could not be signed")]
    public static partial void HeadNotSigned(ILogger logger, short shard, Exception fault);

    [LoggerMessage(2003, LogLevel.Error, "Shard {Shard}: partitions could not be kept ready")]
    public static partial void MaintenanceFailed(ILogger logger, short shard, Exception fault);

    [LoggerMessage(2006, LogLevel.Information, "Shard {Shard}: the {Entries} ranks of draw {Draw} are stored for SQL")]
    public static partial void RanksWritten(ILogger logger, short shard, uint draw, int entries);

    [LoggerMessage(2007, LogLevel.Error, "Shard {Shard}: the ranks of draw {Draw} could not be stored for SQL")]
    public static partial void RanksNotWritten(ILogger logger, short shard, uint draw, Exception fault);

    [LoggerMessage(2004, LogLevel.Information, "Signal {Signal}: the server drains")]
    public static partial void SignalReceived(ILogger logger, string signal);

    [LoggerMessage(2008, LogLevel.Information, "TLS: certificate {Subject}, valid until {NotAfter:u}, is in effect for new connections")]
    public static partial void CertificateLoaded(ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(2009, LogLevel.Error, "TLS: the files cannot be used, what is in effect stays: {Reason}")]
    public static partial void CertificateNotLoaded(ILogger logger, string reason);

    [LoggerMessage(2010, LogLevel.Error, "Shard {Shard}: only {Ahead} of the days after the present one have a partition")]
    public static partial void PartitionsLow(ILogger logger, short shard, int ahead);

    [LoggerMessage(2005, LogLevel.Critical, "The server cannot start: {Reason}")]
    public static partial void CannotStart(ILogger logger, string reason);
}
