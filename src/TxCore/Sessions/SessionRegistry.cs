using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Sessions;

/// <summary>The sessions of a shard: at most one logged-on session a source, and a bounded number of connections.</summary>
public sealed class SessionRegistry(int connectionsMax)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Session> _all = [];
    private readonly Dictionary<uint, Session> _bySource = [];
    private Session[] _loggedOn = [];
    private bool _stale;

    /// <summary>Open connections, logged on or not.</summary>
    public int ConnectionCount { get; private set; }

    /// <summary>Sessions logged on.</summary>
    public int LoggedOnCount
    {
        get
        {
            lock (_gate)
            {
                return _bySource.Count;
            }
        }
    }

    /// <summary>Takes a new connection; false when there are as many as may be.</summary>
    public bool TryAdd(Session session)
    {
        lock (_gate)
        {
            if (_all.Count >= connectionsMax)
            {
                return false;
            }

            _all.Add(session);
            ConnectionCount = _all.Count;
            return true;
        }
    }

    /// <summary>Makes a session the one of its source; the one before, if any, is returned to be fenced.</summary>
    public Session? LogOn(Session session)
    {
        lock (_gate)
        {
            if (!_all.Contains(session))
            {
                // Closed while its logon was in the ring.
                return null;
            }

            _bySource.Remove(session.Source, out var older);
            _bySource.Add(session.Source, session);
            _stale = true;
            return older == session ? null : older;
        }
    }

    /// <summary>Forgets a closed connection.</summary>
    public void Remove(Session session)
    {
        lock (_gate)
        {
            _all.Remove(session);
            ConnectionCount = _all.Count;
            if (_bySource.GetValueOrDefault(session.Source) == session)
            {
                _bySource.Remove(session.Source);
                _stale = true;
            }
        }
    }

    /// <summary>All connections as of now.</summary>
    public Session[] All()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }

    /// <summary>Sends a change to every logged-on session. Called by the reply thread.</summary>
    public void Broadcast(in StateChange change)
    {
        Span<byte> frame = stackalloc byte[128];
        var bytes = frame[..Frame.Encode(change, frame)];
        foreach (var session in LoggedOn())
        {
            session.Broadcast(bytes);
        }
    }

    private Session[] LoggedOn()
    {
        lock (_gate)
        {
            if (_stale)
            {
                _loggedOn = [.. _bySource.Values];
                _stale = false;
            }

            return _loggedOn;
        }
    }
}
