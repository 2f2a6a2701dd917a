using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Overhead;

/// <summary>
/// A connection that sends frames made beforehand, without the client library: with it the generator itself is measured. Frames of one
/// tick leave together. Written by the generator's thread, read by one of its own.
/// </summary>
internal sealed class RawLink : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const int OpenMax = 1 << 20;
    private const int SequenceAt = 12;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly long[] _plannedAt = new long[OpenMax];
    private readonly byte[] _frame;
    private readonly byte[] _out = new byte[BufferBytes];
    private readonly LatencyRecorder _latencies;
    private readonly Thread _reader;
    private int _outBytes;
    private long _sent;
    private long _answered;

    public RawLink(IPEndPoint server, uint source, LatencyRecorder latencies)
    {
        _latencies = latencies;
        _frame = WagerFrame(source);
        _socket.Connect(server);
        _reader = new Thread(Read) { IsBackground = true, Name = "answers" };
        _reader.Start();
    }

    /// <summary>Answers received.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Sent and not answered.</summary>
    public long Open => _sent - Answered;

    /// <summary>Adds a frame to those that leave next; false when there is no room before they have left.</summary>
    public bool TryAppend(in PlannedSend planned)
    {
        if (_outBytes + _frame.Length > _out.Length)
        {
            return false;
        }

        // A time of 0 is not measured.
        _plannedAt[_sent % OpenMax] = planned.IsMeasured ? planned.PlannedAt : 0;
        _sent++;
        _frame.CopyTo(_out.AsSpan(_outBytes));
        BinaryPrimitives.WriteInt64LittleEndian(_out.AsSpan(_outBytes + SequenceAt), _sent);
        _outBytes += _frame.Length;
        return true;
    }

    /// <summary>Hands everything to the operating system.</summary>
    public void Flush()
    {
        for (int sent = 0; sent < _outBytes;)
        {
            sent += _socket.Send(_out.AsSpan(sent, _outBytes - sent));
        }

        _outBytes = 0;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _reader.Join();
    }

    /// <summary>An ordinary ticket of one line.</summary>
    private static byte[] WagerFrame(uint source)
    {
        var line = new WagerLine(
            new RaceId(20251105, 1, 8), (ushort)BetType.Win, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, 1, 200, [7], [], []);
        var wager = new Wager(new TransactionHeader(source, 0, 0), 0, 1, 1, PaymentMeans.Cash, [], [], 200, [line]);
        return Frame.Encode(wager);
    }

    private void Read()
    {
        byte[] buffer = new byte[BufferBytes * 4];
        int filled = 0;
        try
        {
            while (_socket.Receive(buffer.AsSpan(filled)) is var read and > 0)
            {
                long now = Stopwatch.GetTimestamp();
                filled += read;
                int used = 0;
                for (int length; (length = NullServer.FrameAt(buffer.AsSpan(used, filled - used))) > 0; used += length)
                {
                    long sequence = BinaryPrimitives.ReadInt64LittleEndian(buffer.AsSpan(used + SequenceAt));
                    if (_plannedAt[(sequence - 1) % OpenMax] is var planned and not 0)
                    {
                        _latencies.Record(planned, now);
                    }

                    Volatile.Write(ref _answered, _answered + 1);
                }

                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }
}
