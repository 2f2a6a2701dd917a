using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TxCore.Faults.Proxies;

/// <summary>
/// Stands between clients and a server on loopback and does to each connection what was drawn for it: cuts it at a step, sends half frames,
/// makes it slow. Where it leads can change; connections that exist stay where they are.
/// </summary>
internal sealed class ClientProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ClientLink, Task> _links = new();
    private readonly ConcurrentDictionary<string, long> _cuts = new(StringComparer.Ordinal);
    private readonly Func<LinkFault> _draw;
    private readonly Task _accepting;
    private volatile IPEndPoint? _server;

    private ClientProxy(Func<LinkFault> draw)
    {
        _draw = draw;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(backlog: 1024);
        Address = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Address { get; }

    /// <summary>False lets every connection live from now on; those that are to be cut already still are.</summary>
    public bool Cuts { get; set; } = true;

    /// <summary>Connections cut so far, by step.</summary>
    public IReadOnlyDictionary<string, long> CutsByStep => _cuts;

    /// <summary>Starts a proxy that leads nowhere yet. <paramref name="draw"/> is called by one thread at a time.</summary>
    public static ClientProxy Start(Func<LinkFault> draw) => new(draw);

    /// <summary>Where connections lead from now on; null for nowhere: they are closed at once.</summary>
    public void LeadTo(IPEndPoint? server) => _server = server;

    /// <summary>Ends a part of the connections now, chosen by whether their server is <paramref name="server"/>; returns how many.</summary>
    public int CutAll(IPEndPoint server, Func<bool> chosen)
    {
        int cut = 0;
        foreach (var link in _links.Keys.Where(link => link.Server.Equals(server)))
        {
            if (chosen())
            {
                link.End(resets: true);
                cut++;
            }
        }

        _cuts.AddOrUpdate("all at once", cut, (_, before) => before + cut);
        return cut;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var link in _links.Keys)
        {
            link.End(resets: false);
        }

        await Task.WhenAll(_links.Values);
    }

    internal void NoteCut(string step) => _cuts.AddOrUpdate(step, 1, static (_, before) => before + 1);

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (_server is not { } server)
            {
                client.Dispose();
                continue;
            }

            var link = new ClientLink(this, client, server, Cuts ? _draw() : LinkFault.None);
            _links[link] = ServeAsync(link);
            if (link.HasEnded)
            {
                _links.TryRemove(link, out _);
            }
        }
    }

    private async Task ServeAsync(ClientLink link)
    {
        await link.RunAsync();
        _links.TryRemove(link, out _);
    }
}
