using System.Buffers;
using System.IO.Pipelines;
using TxCore.Fuzzing.Frames;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;

namespace TxCore.Fuzzing.Sessions;

/// <summary>A connection in memory to a session of the shard. What the server sends is looked at frame by frame.</summary>
internal sealed class FuzzConnection : IDuplexPipe
{
    private readonly Pipe _toServer = new(Inline(0));
    private readonly Pipe _toClient;
    private readonly Session _session;
    private readonly Task _run;
    private readonly bool _reads;

    /// <param name="services">The shard's.</param>
    /// <param name="peer">Who connects.</param>
    /// <param name="unreadBytesMax">Bytes that the network takes from the server before the client reads; 0 for a client that reads all.</param>
    public FuzzConnection(SessionServices services, SessionPeer peer, int unreadBytesMax = 0)
    {
        _reads = unreadBytesMax == 0;
        _toClient = new Pipe(Inline(unreadBytesMax));
        _session = new Session(this, services, peer);
        _run = _session.RunAsync();
    }

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _toClient.Writer;

    /// <summary>The server has closed the connection.</summary>
    public bool HasEnded => _run.IsCompleted;

    /// <summary>The session; only to see whether anything keeps it once it has ended.</summary>
    public WeakReference Session => new(_session);

    /// <summary>What the server sent since the last look.</summary>
    public List<(MessageType Type, byte[] Payload)> Received { get; } = [];

    public void Send(ReadOnlySpan<byte> bytes)
    {
        _toServer.Writer.Write(bytes);
        _ = _toServer.Writer.FlushAsync();
    }

    public void Send<T>(T message)
        where T : IMessage<T> => Send(Frame.Encode(message));

    /// <summary>The client ends the connection, in order or not.</summary>
    public void End(bool inOrder)
    {
        _toServer.Writer.Complete(inOrder ? null : new IOException("The connection was reset."));
        if (!_reads)
        {
            _toClient.Reader.Complete();
        }
    }

    /// <summary>Reads what is there; each frame must be one that a server sends, and whole.</summary>
    public void Read()
    {
        while (_reads && _toClient.Reader.TryRead(out var read))
        {
            var buffer = read.Buffer;
            FrameResult result;
            while ((result = FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out _)) == FrameResult.Frame)
            {
                Received.Add((header.Type, payload.ToArray()));
                if (MessageCodecs.Find(header.Type)?.Decode(payload.ToArray()) is null)
                {
                    throw new FuzzFailureException($"The server sent a {header.Type} that cannot be read.");
                }
            }

            bool isCut = read.IsCompleted && buffer.Length > 0;
            _toClient.Reader.AdvanceTo(buffer.Start, buffer.End);
            if (result == FrameResult.Broken || isCut)
            {
                throw new FuzzFailureException("What the server sent is no sequence of whole frames.");
            }

            if (read.IsCompleted || buffer.IsEmpty)
            {
                return;
            }
        }
    }

    /// <summary>The session has ended; what it must not leave behind is looked at.</summary>
    public void CheckEnd()
    {
        if (_run.IsFaulted)
        {
            throw new FuzzFailureException($"The session ended with {_run.Exception.InnerException}", _run.Exception);
        }

        if (_session.InFlight != 0)
        {
            throw new FuzzFailureException($"The session ended with {_session.InFlight} transactions without an answer.");
        }
    }

    private static PipeOptions Inline(int pauseWriterThreshold) => new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: pauseWriterThreshold,
        resumeWriterThreshold: pauseWriterThreshold / 2);
}
