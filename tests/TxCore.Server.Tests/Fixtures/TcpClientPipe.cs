using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace TxCore.Server.Tests.Fixtures;

/// <summary>A TCP connection as a pipe, for a client that sends bytes as they are.</summary>
internal sealed class TcpClientPipe : IDuplexPipe, IDisposable
{
    private readonly TcpClient _socket;

    private TcpClientPipe(TcpClient socket)
    {
        _socket = socket;
        Input = PipeReader.Create(socket.GetStream());
        Output = PipeWriter.Create(socket.GetStream());
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public static async Task<TcpClientPipe> ConnectAsync(IPEndPoint server)
    {
        var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(server, TestContext.Current.CancellationToken);
        return new TcpClientPipe(socket);
    }

    public void Dispose() => _socket.Dispose();
}
