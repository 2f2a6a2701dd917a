using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Testing.Shards;

/// <summary>A frame as received.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Payload">Its payload.</param>
public sealed record ReceivedFrame(MessageType Type, byte[] Payload)
{
    /// <summary>Decodes the payload; throws when the frame is of another type.</summary>
    public T As<T>()
        where T : IMessage<T> =>
        Type == T.Type && Frame.TryDecode<T>(Payload, out var message)
            ? message
            : throw new InvalidOperationException($"A {Type} came, not a {T.Type}.");
}

/// <summary>A client without any cleverness: sends bytes, and hands over what comes, frame by frame.</summary>
public sealed class RawClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly IDuplexPipe _pipe;
    private readonly Channel<ReceivedFrame> _received = System.Threading.Channels.Channel.CreateUnbounded<ReceivedFrame>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private volatile bool _isStuck;

    /// <summary>Takes the client's end of a connection.</summary>
    public RawClient(IDuplexPipe pipe)
    {
        _pipe = pipe;
        _ = ReadAsync();
    }

    /// <summary>Called for each frame the moment it is there, on the reading task.</summary>
    public Action<ReceivedFrame>? OnFrame { get; set; }

    /// <summary>Completes when the server has closed the connection.</summary>
    public Task Closed => _closed.Task.WaitAsync(Patience);

    /// <summary>Sends bytes as they are.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _pipe.Output.Write(bytes);
            _ = _pipe.Output.FlushAsync();
        }
    }

    /// <summary>Sends a message.</summary>
    public void Send<T>(T message)
        where T : IMessage<T> => Send(Frame.Encode(message));

    /// <summary>Leaves unread whatever comes from now on.</summary>
    public void StopReading() => _isStuck = true;

    /// <summary>Closes the client's end.</summary>
    public async Task CloseAsync()
    {
        await _pipe.Output.CompleteAsync();
        await _pipe.Input.CompleteAsync();
    }

    /// <summary>The next frame; throws when the connection was closed instead.</summary>
    public async Task<ReceivedFrame> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The next frame of a type; broadcasts and heartbeats in front of it are left out.</summary>
    public async Task<T> NextAsync<T>()
        where T : IMessage<T>
    {
        var frame = await NextAsync();
        while (frame.Type != T.Type && frame.Type is MessageType.StateChange or MessageType.Heartbeat)
        {
            frame = await NextAsync();
        }

        return frame.As<T>();
    }

    /// <summary>True when a frame is there already.</summary>
    public bool TryNext(out ReceivedFrame? frame) => _received.Reader.TryRead(out frame);

    /// <summary>Sends the first two messages of a logon and returns the reply, or what came instead.</summary>
    public async Task<ReceivedFrame> TryLogOnAsync(
        uint source, Protocol.Channel channel, ushort shard = 1, ulong lastNumberHeld = 0, string password = TestSources.Password)
    {
        var scram = new ScramExchange(source, password);
        Send(new LogonRequest(source, shard, channel, 1, lastNumberHeld, scram.ClientFirst));
        var challenge = await NextAsync();
        if (challenge.Type != MessageType.LogonChallenge)
        {
            return challenge;
        }

        Send(new LogonProof(scram.ClientFinal(challenge.As<LogonChallenge>().Scram)));
        return await NextAsync();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var read = await _pipe.Input.ReadAsync();
                var buffer = read.Buffer;
                while (FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out _) == FrameResult.Frame)
                {
                    var frame = new ReceivedFrame(header.Type, payload.ToArray());
                    OnFrame?.Invoke(frame);
                    _received.Writer.TryWrite(frame);
                }

                _pipe.Input.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted || _isStuck)
                {
                    break;
                }
            }

            _received.Writer.TryComplete();
            _closed.TrySetResult();
        }
        catch (Exception fault)
        {
            _received.Writer.TryComplete(fault);
            _closed.TrySetException(fault);
        }
    }
}
