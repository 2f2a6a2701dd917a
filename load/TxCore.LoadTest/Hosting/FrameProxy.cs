using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TxCore.LoadTest.Hosting;

/// <summary>Sees every frame on its way; called by one thread at a time for each direction of a connection.</summary>
internal interface IFrameTap
{
    /// <summary>A frame of the client, header included; false keeps it from the server. What is written to <paramref name="answer"/> goes to the client.</summary>
    bool FromClient(int connection, Span<byte> frame, List<byte[]> answer) => true;

    /// <summary>A frame of the server; false keeps it from the client.</summary>
    bool FromServer(int connection, Span<byte> frame) => true;
}

/// <summary>
/// Stands between clients and a server on the loopback interface: it cuts all connections at once for reconnect storms, and in tests of
/// the validation it is the server's fault.
/// </summary>
internal sealed class FrameProxy : IAsyncDisposable
{
    private const int LengthBytes = 4;
    private const int BufferBytes = 128 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<int, (Socket Client, Socket Server)> _connections = new();
    private readonly ServerAddress _server;
    private readonly IFrameTap _tap;
    private readonly Task _accepting;

    private FrameProxy(ServerAddress server, IFrameTap tap)
    {
        (_server, _tap) = (server, tap);
        _listener.Start(backlog: 1024);
        Address = server with { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port };
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public ServerAddress Address { get; }

    /// <summary>Stands in front of a server from now on.</summary>
    public static FrameProxy Start(ServerAddress server, IFrameTap tap) => new(server, tap);

    /// <summary>Ends every connection; clients may connect again at once. Returns how many there were.</summary>
    public int CutAll()
    {
        int cut = 0;
        foreach (var (number, _) in _connections)
        {
            cut += Close(number) ? 1 : 0;
        }

        return cut;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        CutAll();
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (int number = 1; !_ending.IsCancellationRequested; number++)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_ending.Token);
                _ = RelayAsync(number, client);
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The proxy ends.
                return;
            }
        }
    }

    private async Task RelayAsync(int number, Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _connections[number] = (client, server);
        try
        {
            await server.ConnectAsync(_server.Host, _server.Port, _ending.Token);
            var gate = new SemaphoreSlim(1);
            await Task.WhenAny(
                PumpAsync(client, server, (frame, answer) => _tap.FromClient(number, frame, answer), client, gate),
                PumpAsync(server, client, (frame, _) => _tap.FromServer(number, frame), client, gate));
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is cut below, as either end would find it.
        }

        Close(number);
    }

    private delegate bool Look(Span<byte> frame, List<byte[]> answer);

    private async Task PumpAsync(Socket from, Socket to, Look look, Socket client, SemaphoreSlim gate)
    {
        byte[] buffer = new byte[BufferBytes];
        byte[] passed = new byte[BufferBytes];
        var answer = new List<byte[]>();
        int filled = 0;
        try
        {
            while (true)
            {
                int read = await from.ReceiveAsync(buffer.AsMemory(filled), _ending.Token);
                if (read == 0)
                {
                    return;
                }

                filled += read;
                int used = TakeFrames(buffer.AsSpan(0, filled), passed, out int passedBytes, look, answer);
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
                await SendAsync(to, passed.AsMemory(0, passedBytes), to == client ? gate : null);
                foreach (byte[] frame in answer)
                {
                    await SendAsync(client, frame, gate);
                }

                answer.Clear();
            }
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone; the other is closed by the caller.
        }
    }

    private static int TakeFrames(Span<byte> bytes, byte[] passed, out int passedBytes, Look look, List<byte[]> answer)
    {
        int used = 0;
        passedBytes = 0;
        while (bytes.Length - used >= LengthBytes)
        {
            int length = LengthBytes + (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[used..]);
            if (bytes.Length - used < length)
            {
                break;
            }

            var frame = bytes.Slice(used, length);
            if (look(frame, answer))
            {
                frame.CopyTo(passed.AsSpan(passedBytes));
                passedBytes += length;
            }

            used += length;
        }

        return used;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, SemaphoreSlim? gate)
    {
        if (gate is not null)
        {
            await gate.WaitAsync();
        }

        try
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                sent += await socket.SendAsync(bytes[sent..]);
            }
        }
        finally
        {
            gate?.Release();
        }
    }

    private bool Close(int number)
    {
        if (!_connections.TryRemove(number, out var pair))
        {
            return false;
        }

        pair.Client.Dispose();
        pair.Server.Dispose();
        return true;
    }
}
