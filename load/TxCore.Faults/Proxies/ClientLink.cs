using System.Net;
using System.Net.Sockets;

namespace TxCore.Faults.Proxies;

/// <summary>One client's connection through the <see cref="ClientProxy"/>: two pumps, and what was drawn for it.</summary>
internal sealed class ClientLink(ClientProxy proxy, Socket client, IPEndPoint server, LinkFault fault)
{
    private const int BufferBytes = 16 * 1024;
    private const int FewBytes = 41;
    private static readonly TimeSpan SlowStep = TimeSpan.FromMilliseconds(2);

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _ended = new();

    public IPEndPoint Server => server;

    public bool HasEnded => _ended.IsCancellationRequested;

    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(server, _ended.Token);
            if (fault.Step == ClientStep.Connect)
            {
                Cut();
                return;
            }

            var up = PumpAsync(client, _server, Stop(ClientStep.InFrame, ClientStep.AfterFrame), fault.Pace == ClientPace.SlowWriter);
            var down = PumpAsync(_server, client, Stop(ClientStep.InAnswer, ClientStep.AfterAnswer), fault.Pace == ClientPace.SlowReader);
            await await Task.WhenAny(up, down);
        }
        catch (Exception loss) when (loss is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side may vanish at any moment; that is what this proxy is for.
        }
        finally
        {
            End(resets: false);
        }
    }

    /// <summary>Closes both sides.</summary>
    public void End(bool resets)
    {
        _ended.Cancel();
        Close(client, resets);
        Close(_server, resets);
    }

    private FrameStop? Stop(ClientStep inside, ClientStep after) =>
        fault.Step == inside || fault.Step == after ? new FrameStop(fault.Frame, fault.Step == inside) : null;

    private async Task PumpAsync(Socket from, Socket to, FrameStop? stop, bool isSlow)
    {
        byte[] buffer = new byte[isSlow ? FewBytes : BufferBytes];
        while (true)
        {
            int read = await from.ReceiveAsync(buffer, _ended.Token);
            if (read == 0)
            {
                return;
            }

            bool reached = false;
            int passed = stop?.Pass(buffer.AsSpan(0, read), out reached) ?? read;
            for (int sent = 0; sent < passed;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, passed - sent), _ended.Token);
            }

            if (reached)
            {
                Cut();
                return;
            }

            if (isSlow)
            {
                await Task.Delay(SlowStep, _ended.Token);
            }
        }
    }

    private void Cut()
    {
        proxy.NoteCut(fault.Name);
        End(fault.Resets);
    }

    private static void Close(Socket socket, bool resets)
    {
        try
        {
            if (resets)
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // The other side ended it at the same moment: there is nothing left to reset.
        }

        socket.Dispose();
    }
}
