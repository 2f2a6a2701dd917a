using System.Net;
using System.Net.Sockets;

namespace TxCore.LoadTest.Hosting;

/// <summary>Picks a loopback port for a server that is killed and must come back on the same one.</summary>
internal static class ListenPort
{
    // Below what operating systems hand out to outgoing connections: a client that tries to reconnect while the server is down could be
    // given the server's own port.
    private const int First = 12_000;
    private const int End = 20_000;

    public static int Pick()
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
