using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using TxCore.Protocol;

namespace TxCore.Client.Sessions;

/// <summary>The server closed, or said that it will: connect again.</summary>
internal sealed class ConnectionEndedException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Takes the frames of a connection; called by its one reader, in order.</summary>
internal interface IFrameReceiver
{
    void Receive(MessageType type, ReadOnlySpan<byte> payload);
}

/// <summary>One TCP connection, with TLS if asked for: bytes out, frames in. It knows nothing of what they mean.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Stream _stream;
    private readonly PipeReader _reader;
    private readonly TimeProvider _time;
    private long _lastSentAt;
    private long _lastReceivedAt;

    private Connection(Stream stream, TimeProvider time)
    {
        _stream = stream;
        _time = time;

        // Zero-byte reads: an idle connection holds no buffer, and one process can be many terminals.
        _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 32 * 1024, minimumReadSize: 4 * 1024, useZeroByteReads: true));
        _lastSentAt = _lastReceivedAt = time.GetTimestamp();
    }

    public TimeSpan SinceSent => _time.GetElapsedTime(Volatile.Read(ref _lastSentAt));

    public TimeSpan SinceReceived => _time.GetElapsedTime(Volatile.Read(ref _lastReceivedAt));

    public static async Task<Connection> OpenAsync(ClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls is { } tls)
            {
                var secured = new SslStream(stream);
                await secured.AuthenticateAsClientAsync(tls, cancellationToken).ConfigureAwait(false);
                stream = secured;
            }

            return new Connection(stream, options.TimeProvider);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastSentAt, _time.GetTimestamp());
        await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads exactly one frame; null when the server closed. For the logon, whose steps take turns.</summary>
    public async Task<(MessageType Type, byte[] Payload)?> ReadOneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (TryCut(ref buffer, out var header, out var payload))
            {
                byte[] copy = payload.ToArray();
                _reader.AdvanceTo(buffer.Start);
                return (header.Type, copy);
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>Hands every frame to the receiver until the server closes.</summary>
    public async Task ReadAllAsync(IFrameReceiver receiver, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _lastReceivedAt, _time.GetTimestamp());
            var buffer = result.Buffer;
            while (TryCut(ref buffer, out var header, out var payload))
            {
                if (payload.IsSingleSegment)
                {
                    receiver.Receive(header.Type, payload.FirstSpan);
                }
                else
                {
                    ReceiveSplit(receiver, header.Type, payload);
                }
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Ends the connection at once; reads and writes under way fail.</summary>
    public void Dispose() => _stream.Dispose();

    private static bool TryCut(ref ReadOnlySequence<byte> buffer, out FrameHeader header, out ReadOnlySequence<byte> payload) =>
        FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out header, out payload, out var error) switch
        {
            FrameResult.Frame => true,
            FrameResult.Incomplete => false,
            _ => throw TxCoreClientException.FromCode(error, $"The server sent a frame that cannot be read: {error}."),
        };

    private static void ReceiveSplit(IFrameReceiver receiver, MessageType type, ReadOnlySequence<byte> payload)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        payload.CopyTo(rented);
        receiver.Receive(type, rented.AsSpan(0, (int)payload.Length));
        ArrayPool<byte>.Shared.Return(rented);
    }
}
