using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios.Overhead;

/// <summary>
/// Takes transactions on the loopback interface and answers each at once, without a logon, a decision or a disk: what is measured against
/// it is the tool itself.
/// </summary>
internal sealed class NullServer : IDisposable
{
    private const int BufferBytes = 256 * 1024;
    private const int HeaderBytes = 8;
    private const int SourceAndSequenceBytes = 12;
    private const int NumberAt = HeaderBytes + 18;

    // Fixed part, then an empty serial, an empty control code and no picks.
    private const int OutcomeBytes = HeaderBytes + 64 + 3;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly List<Thread> _threads = [];
    private long _number;

    public NullServer()
    {
        _listener.Start();
        _threads.Add(Start(Accept));
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose()
    {
        _listener.Stop();
        lock (_sockets)
        {
            _sockets.ForEach(socket => socket.Dispose());
        }

        foreach (var thread in _threads.ToArray())
        {
            thread.Join();
        }
    }

    private static Thread Start(Action body)
    {
        var thread = new Thread(() => body()) { IsBackground = true, Name = "null server" };
        thread.Start();
        return thread;
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                socket.NoDelay = true;
                lock (_sockets)
                {
                    _sockets.Add(socket);
                    _threads.Add(Start(() => Serve(socket)));
                }
            }
        }
        catch (SocketException)
        {
            // The server ends.
        }
    }

    private void Serve(Socket socket)
    {
        byte[] received = new byte[BufferBytes];
        byte[] answers = new byte[BufferBytes * 4];
        int filled = 0;
        try
        {
            while (socket.Receive(received.AsSpan(filled)) is var read and > 0)
            {
                filled += read;
                int used = 0;
                int answered = 0;
                while (FrameAt(received.AsSpan(used, filled - used)) is var length and > 0 && answered + OutcomeBytes <= answers.Length)
                {
                    Answer(received.AsSpan(used, length), answers.AsSpan(answered, OutcomeBytes));
                    answered += OutcomeBytes;
                    used += length;
                }

                received.AsSpan(used, filled - used).CopyTo(received);
                filled -= used;
                for (int sent = 0; sent < answered;)
                {
                    sent += socket.Send(answers.AsSpan(sent, answered - sent));
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The client or the server ends.
        }
    }

    /// <summary>Length of the frame that begins here; 0 when it is not whole.</summary>
    public static int FrameAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
        {
            return 0;
        }

        int length = sizeof(uint) + (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length <= bytes.Length ? length : 0;
    }

    private void Answer(ReadOnlySpan<byte> transaction, Span<byte> outcome)
    {
        outcome.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(outcome, OutcomeBytes - sizeof(uint));
        BinaryPrimitives.WriteUInt16LittleEndian(outcome[4..], (ushort)MessageType.Outcome);
        outcome[6] = 1;
        transaction.Slice(HeaderBytes, SourceAndSequenceBytes).CopyTo(outcome[HeaderBytes..]);
        transaction.Slice(4, sizeof(ushort)).CopyTo(outcome[(HeaderBytes + SourceAndSequenceBytes)..]);
        BinaryPrimitives.WriteInt64LittleEndian(outcome[NumberAt..], Interlocked.Increment(ref _number));
    }
}
