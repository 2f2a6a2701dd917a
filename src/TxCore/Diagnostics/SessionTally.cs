using TxCore.Protocol;
using TxCore.Sessions;

namespace TxCore.Diagnostics;

/// <summary>Why a connection ended when no result code says it.</summary>
public static class CloseReason
{
    /// <summary>The client closed it, or the network did.</summary>
    public const string Client = "Client";

    /// <summary>The client logged off.</summary>
    public const string Logoff = "Logoff";
}

/// <summary>What one connection counts. Written by its reading task alone.</summary>
public struct SessionCounts
{
    /// <summary>Bytes of whole frames received.</summary>
    public long BytesIn;

    /// <summary>Transactions answered BUSY before they reached the ring.</summary>
    public long Busy;

    /// <summary>Transactions refused for the source's role.</summary>
    public long RoleNotAllowed;

    /// <summary>Transactions that named another source.</summary>
    public long SourceMismatch;

    /// <summary>Counts what was answered without the ring.</summary>
    internal void CountNotDecided(ResultCode code)
    {
        switch (code)
        {
            case ResultCode.Busy:
                Busy++;
                break;
            case ResultCode.RoleNotAllowed:
                RoleNotAllowed++;
                break;
            case ResultCode.SourceMismatch:
                SourceMismatch++;
                break;
        }
    }

    internal void Add(in SessionCounts other)
    {
        BytesIn += other.BytesIn;
        Busy += other.Busy;
        RoleNotAllowed += other.RoleNotAllowed;
        SourceMismatch += other.SourceMismatch;
    }
}

/// <summary>The counts of all connections of a shard: each keeps its own while it lives and leaves them here when it ends.</summary>
public sealed class SessionTally
{
    private readonly Lock _gate = new();
    private readonly HashSet<Session> _open = [];
    private readonly Dictionary<string, long> _closed = [];
    private readonly Dictionary<ResultCode, long> _logonsRefused = [];
    private SessionCounts _ended;
    private long _endedBytesOut;

    /// <summary>Counts of all connections there ever were, and the bytes handed to the network for them.</summary>
    public (SessionCounts Counts, long BytesOut) Total()
    {
        lock (_gate)
        {
            var total = _ended;
            long bytesOut = _endedBytesOut;
            foreach (var session in _open)
            {
                total.Add(in session.Counts);
                bytesOut += session.BytesOut;
            }

            return (total, bytesOut);
        }
    }

    /// <summary>Transactions answered without the ring, by code.</summary>
    public IEnumerable<(ResultCode Code, long Count)> NotDecided()
    {
        var (total, _) = Total();
        (ResultCode Code, long Count)[] counts =
        [
            (ResultCode.Busy, total.Busy), (ResultCode.RoleNotAllowed, total.RoleNotAllowed), (ResultCode.SourceMismatch, total.SourceMismatch),
        ];
        return counts.Where(static row => row.Count > 0);
    }

    /// <summary>Connections ended, by a <see cref="CloseReason"/> or the result code that ended them.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Closed()
    {
        lock (_gate)
        {
            return [.. _closed];
        }
    }

    /// <summary>Logons refused, by code.</summary>
    public IReadOnlyList<KeyValuePair<ResultCode, long>> LogonsRefused()
    {
        lock (_gate)
        {
            return [.. _logonsRefused];
        }
    }

    internal void Open(Session session)
    {
        lock (_gate)
        {
            _open.Add(session);
        }
    }

    internal void RefuseLogon(ResultCode code)
    {
        lock (_gate)
        {
            _logonsRefused[code] = _logonsRefused.GetValueOrDefault(code) + 1;
        }
    }

    internal void Close(Session session, string reason)
    {
        lock (_gate)
        {
            _open.Remove(session);
            _ended.Add(in session.Counts);
            _endedBytesOut += session.BytesOut;
            _closed[reason] = _closed.GetValueOrDefault(reason) + 1;
        }
    }
}
