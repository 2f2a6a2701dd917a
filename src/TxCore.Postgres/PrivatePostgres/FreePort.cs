using System.Net;
using System.Net.Sockets;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>Picks a loopback port for a server that must come back on the same one after a crash.</summary>
internal static class FreePort
{
    // Below 32768, where Linux begins to hand out ports to outgoing connections, and below 49152, where the others do: otherwise a client
    // that tries to reconnect while the server is down may be given the server's own port.
    private const int First = 20_000;
    private const int End = 32_000;

    internal static int Pick()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, End);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; the next draw is another one.
            }
        }
    }
}
