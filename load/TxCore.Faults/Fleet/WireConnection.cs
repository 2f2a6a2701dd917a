using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>A frame as it came.</summary>
internal readonly record struct ReceivedFrame(MessageType Type, byte[] Payload)
{
    public T Decode<T>()
        where T : IMessage<T> =>
        Frame.TryDecode<T>(Payload, out var message) ? message : throw new InvalidDataException($"A {Type} that cannot be read.");
}

/// <summary>A bare connection: frames out, frames in, nothing repaired and nothing hidden.</summary>
internal sealed class WireConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private PipeReader _reader = null!;

    /// <summary>Connects and logs on; whatever code the reply has.</summary>
    /// <exception cref="IOException">The server went away or answered with an error.</exception>
    public static async Task<(WireConnection Connection, LogonReply Reply)> LogOnAsync(
        IPEndPoint server, uint source, string password, Channel channel, ulong lastNumberHeld, CancellationToken cancellationToken)
    {
        var connection = new WireConnection();
        try
        {
            await connection._socket.ConnectAsync(server, cancellationToken);
            connection._reader = PipeReader.Create(new NetworkStream(connection._socket));
            var scram = new ScramProof(source, password);
            await connection.SendAsync(Frame.Encode(new LogonRequest(source, 0, channel, 0, lastNumberHeld, scram.ClientFirst())), cancellationToken);
            var challenge = await connection.ReadAsync(cancellationToken);
            if (challenge.Type == MessageType.LogonChallenge)
            {
                byte[] final = scram.ClientFinal(challenge.Decode<LogonChallenge>().Scram);
                await connection.SendAsync(Frame.Encode(new LogonProof(final)), cancellationToken);
                challenge = await connection.ReadAsync(cancellationToken);
            }

            return challenge.Type == MessageType.LogonReply
                ? (connection, challenge.Decode<LogonReply>())
                : throw new IOException($"{challenge.Type} instead of a logon reply.");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        await _socket.SendAsync(frame, cancellationToken);

    /// <summary>The next frame.</summary>
    /// <exception cref="IOException">The connection ended.</exception>
    public async ValueTask<ReceivedFrame> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var found = FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out var error);
            if (found == FrameResult.Frame)
            {
                var frame = new ReceivedFrame(header.Type, payload.ToArray());
                _reader.AdvanceTo(buffer.Start);
                return frame;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (found == FrameResult.Broken || read.IsCompleted)
            {
                throw new IOException(found == FrameResult.Broken ? $"The server sent a broken frame: {error}." : "The server closed the connection.");
            }
        }
    }

    /// <summary>Sends; false when the connection has ended or the token did.</summary>
    public async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken = default)
    {
        try
        {
            await _socket.SendAsync(frame, cancellationToken);
            return true;
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Ends it by a reset, which leaves nothing behind on either side.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // It has ended by itself.
        }

        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
