using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace TxCore.Faults.Proxies;

/// <summary>
/// Stands between a client and PostgreSQL on loopback and does what networks do: cuts, delays, stalls, and delivers late. It understands
/// the protocol's messages, so that a fault hits exactly the one that a test means. No TLS: a client's request for it is declined.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _server;
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = new();
    private readonly ConcurrentQueue<ProxyRule> _rules = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _stall;
    private long _delayTicks;

    private PostgresProxy(NpgsqlConnectionStringBuilder server)
    {
        _server = new IPEndPoint(IPAddress.Parse(server.Host!), server.Port);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = Port }.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1 that clients connect to.</summary>
    public int Port { get; }

    /// <summary>The server's connection string, by way of the proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>While set, new connections are reset at once; those that exist go on.</summary>
    public bool RefusesConnections { get; set; }

    /// <summary>Starts a proxy in front of the server that the connection string names by its IP address.</summary>
    public static PostgresProxy Start(string connectionString) => new(new NpgsqlConnectionStringBuilder(connectionString));

    /// <summary>Resets every client now and closes the connections to the server. Held messages stay held.</summary>
    public void CutAll()
    {
        foreach (ProxyConnection connection in _connections.Keys)
        {
            connection.Cut();
        }
    }

    /// <summary>Cuts the connection of the first client message that meets the condition.</summary>
    public ProxyRule CutWhen(Func<ProxyMessage, bool> condition, CutPosition position) => Add(new ProxyRule(condition, position));

    /// <summary>
    /// Swallows the first client message that meets the condition and cuts that client, but leaves the server waiting, so that the message
    /// can be delivered later with <see cref="HeldMessage.ReleaseAsync"/>.
    /// </summary>
    public HeldMessage HoldFrontendWhen(Func<ProxyMessage, bool> condition) => Add(new HeldMessage(condition));

    /// <summary>Holds back everything, both ways, by this long from now on. Only what was read at once travels together.</summary>
    public void DelayAll(TimeSpan delay) => Interlocked.Exchange(ref _delayTicks, delay.Ticks);

    /// <summary>Forwards nothing more, both ways, until <see cref="Resume"/>; connections stay open and new ones get no answer.</summary>
    public void Stall() => _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume()
    {
        TaskCompletionSource? stall = _stall;
        _stall = null;
        stall?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (ProxyConnection connection in _connections.Keys)
        {
            connection.End();
        }

        await Task.WhenAll(_connections.Values);
    }

    internal bool HasRules => _rules.Any(rule => rule.IsWaiting);

    internal ProxyRule? TakeRule(ProxyMessage message) => _rules.FirstOrDefault(rule => rule.TryTake(message));

    /// <summary>Waits as the present delay and stall ask.</summary>
    internal async ValueTask WaitTurnAsync(CancellationToken cancellationToken)
    {
        long delayTicks = Interlocked.Read(ref _delayTicks);
        if (delayTicks > 0)
        {
            await Task.Delay(TimeSpan.FromTicks(delayTicks), cancellationToken);
        }

        while (_stall is { } stall)
        {
            await stall.Task.WaitAsync(cancellationToken);
        }
    }

    private TRule Add<TRule>(TRule rule)
        where TRule : ProxyRule
    {
        while (_rules.TryPeek(out var done) && !done.IsWaiting)
        {
            _rules.TryDequeue(out _);
        }

        _rules.Enqueue(rule);
        return rule;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = new ProxyConnection(this, client);
            _connections[connection] = ServeAsync(connection);
            if (connection.HasEnded)
            {
                _connections.TryRemove(connection, out _);
            }
        }
    }

    private async Task ServeAsync(ProxyConnection connection)
    {
        if (RefusesConnections)
        {
            connection.End();
        }
        else
        {
            await connection.RunAsync(_server);
        }

        _connections.TryRemove(connection, out _);
    }
}
