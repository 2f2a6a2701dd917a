using System.Net;
using System.Net.Sockets;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Tests.Faults;

/// <summary>The proxy between clients and server cuts where it is told to, whatever pieces the bytes come in.</summary>
public sealed class ClientProxyTests
{
    private static readonly byte[] Beat = Frame.Encode(new Heartbeat(1, 2, 3));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ClientStep.Connect, 0, 0, 0)]
    [InlineData(ClientStep.InFrame, 3, 2.5, 2)]
    [InlineData(ClientStep.AfterFrame, 3, 3, 3)]
    [InlineData(ClientStep.InAnswer, 2, 5, 1.5)]
    [InlineData(ClientStep.AfterAnswer, 2, 5, 2)]
    public async Task A_connection_is_cut_at_its_step(ClientStep step, int frame, double serverGetsFrames, double clientGetsFramesMax)
    {
        int serverGets = (int)(serverGetsFrames * Beat.Length);
        int clientGetsMax = (int)(clientGetsFramesMax * Beat.Length);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var echo = EchoAsync(listener);
        await using var proxy = ClientProxy.Start(() => new LinkFault(step, frame, Resets: false, ClientPace.Normal));
        proxy.LeadTo((IPEndPoint)listener.LocalEndpoint);

        int got = await TalkAsync(proxy.Address);

        Assert.InRange(got, step is ClientStep.InAnswer or ClientStep.AfterAnswer ? clientGetsMax : 0, clientGetsMax);
        int reached = await echo.WaitAsync(Cancellation);
        Assert.InRange(reached, step is ClientStep.InFrame or ClientStep.AfterFrame ? serverGets : 0, serverGets);
        Assert.Equal(1, proxy.CutsByStep.Values.Sum());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void The_place_is_found_in_bytes_that_come_in_pieces(int pieceBytes)
    {
        byte[] bytes = [.. Enumerable.Repeat(Beat, 4).SelectMany(static beat => beat)];
        foreach (bool inside in (bool[])[true, false])
        {
            var stop = new FrameStop(frame: 3, inside);
            int passed = 0;
            bool reached = false;
            for (int at = 0; at < bytes.Length && !reached; at += pieceBytes)
            {
                passed += stop.Pass(bytes.AsSpan(at, Math.Min(pieceBytes, bytes.Length - at)), out reached);
            }

            Assert.True(reached);
            Assert.Equal((2 * Beat.Length) + (inside ? Beat.Length / 2 : Beat.Length), passed);
        }
    }

    /// <summary>Sends five frames, one after the other; returns how many bytes came back.</summary>
    private static async Task<int> TalkAsync(IPEndPoint server)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, Cancellation);
        int got = 0;
        try
        {
            for (int i = 0; i < 5; i++)
            {
                await socket.SendAsync(Beat, Cancellation);
            }

            byte[] buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer, Cancellation) is var read and > 0)
            {
                got += read;
            }
        }
        catch (SocketException)
        {
            // Cut, as it should be.
        }

        return got;
    }

    private static async Task<int> EchoAsync(TcpListener listener)
    {
        using var socket = await listener.AcceptSocketAsync(Cancellation);
        byte[] buffer = new byte[1024];
        int got = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancellation) is var read and > 0)
            {
                got += read;
                await socket.SendAsync(buffer.AsMemory(0, read), Cancellation);
            }
        }
        catch (SocketException)
        {
            // Cut, as it should be.
        }

        return got;
    }
}
