using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>
/// A connection that costs the generator as little as can be: frames are copied from a template, answers are counted and their code
/// checked, up to a window of them at a time.
/// </summary>
internal sealed class RawConnection(uint source, string password, int window, bool isRefused = false) : IDisposable
{
    private const int FramesPerWrite = 256;
    private const int NotDecidedCodeAt = Wire.HeaderBytes + sizeof(uint) + sizeof(ulong);
    private const int CodeAt = NotDecidedCodeAt + sizeof(ushort);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SemaphoreSlim _room = new(0);
    private NetworkStream _stream = null!;
    private PipeReader _reader = null!;
    private byte[]? _frames;
    private long _sequence;
    private long _answered;
    private long _refused;
    private ResultCode _firstRefusal;

    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Answers that were not an accepted outcome.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>The code of the first of them.</summary>
    public ResultCode FirstRefusal => _firstRefusal;

    public async Task LogOnAsync(int port)
    {
        await _socket.ConnectAsync("127.0.0.1", port);
        _stream = new NetworkStream(_socket);
        _reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 256 * 1024));
        string first = $"n={source},r={Convert.ToBase64String(RandomNumberGenerator.GetBytes(18))}";
        await SendAsync(Frame.Encode(new LogonRequest(source, 0, Channel.Retail, 1, 0, Encoding.UTF8.GetBytes("n,," + first))));
        var challenge = await ReceiveAsync<LogonChallenge>();
        await SendAsync(Frame.Encode(new LogonProof(Proof(first, Encoding.UTF8.GetString(challenge.Scram)))));
        var reply = await ReceiveAsync<LogonReply>();
        if (reply.Code != ResultCode.Accepted)
        {
            throw new InvalidOperationException($"Source {source} was refused: {reply.Code}.");
        }

        _sequence = (long)reply.NextSequence - 1;
    }

    /// <summary>Sends one sequenced message and waits for its outcome.</summary>
    public async Task<Outcome> SubmitAsync(Func<TransactionHeader, byte[]> encode)
    {
        await SendAsync(encode(new TransactionHeader(source, (ulong)++_sequence, 0)));
        return await ReceiveAsync<Outcome>();
    }

    /// <summary>Keeps the window full until told to stop, then waits for the answers outstanding.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var done = new CancellationTokenSource();
        long from = _sequence;
        var receiving = ReceiveAnswersAsync(null, done.Token);
        _room.Release(window);
        try
        {
            await SendWindowAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Time is up; the answers outstanding are still counted.
        }

        while (Answered < _sequence - from && !receiving.IsCompleted)
        {
            await Task.Delay(5, CancellationToken.None);
        }

        await done.CancelAsync();
        await receiving;
    }

    /// <summary>Sends so many transactions at once, whatever is unanswered; blocks while the server takes no more. For one thread.</summary>
    public void Send(int count)
    {
        _frames ??= NewFrames(isRefused);
        for (int sent = 0; sent < count;)
        {
            int now = Math.Min(count - sent, FramesPerWrite);
            _socket.Send(Fill(_frames, now));
            sent += now;
        }
    }

    public void Dispose()
    {
        _room.Dispose();
        _socket.Dispose();
    }

    private async Task SendWindowAsync(CancellationToken stop)
    {
        int perWrite = Math.Clamp(window / 4, 1, FramesPerWrite);
        byte[] frames = NewFrames(isRefused);
        while (true)
        {
            await _room.WaitAsync(stop);
            int count = 1;
            while (count < perWrite && _room.Wait(0, CancellationToken.None))
            {
                count++;
            }

            Fill(frames, count);
            await _stream.WriteAsync(frames.AsMemory(0, count * (frames.Length / FramesPerWrite)), CancellationToken.None);
        }
    }

    private static byte[] NewFrames(bool isRefused)
    {
        byte[] template = WagerFrames.Template(isRefused);
        byte[] frames = new byte[template.Length * FramesPerWrite];
        for (int i = 0; i < FramesPerWrite; i++)
        {
            template.CopyTo(frames.AsSpan(i * template.Length));
        }

        return frames;
    }

    /// <summary>Gives the first frames the source's next sequences.</summary>
    private ReadOnlySpan<byte> Fill(byte[] frames, int count)
    {
        int length = frames.Length / FramesPerWrite;
        for (int i = 0; i < count; i++)
        {
            WagerFrames.Patch(frames.AsSpan(i * length, length), source, ++_sequence);
        }

        return frames.AsSpan(0, count * length);
    }

    /// <summary>Counts answers until told to stop; <paramref name="answered"/> learns how many there were before, and how many came.</summary>
    public async Task ReceiveAnswersAsync(Action<long, int>? answered, CancellationToken done)
    {
        try
        {
            while (true)
            {
                var result = await _reader.ReadAsync(done);
                var buffer = result.Buffer;
                int answers = Count(ref buffer);
                _reader.AdvanceTo(buffer.Start, buffer.End);
                if (answers > 0)
                {
                    answered?.Invoke(_answered, answers);
                    Volatile.Write(ref _answered, _answered + answers);
                    _room.Release(answers);
                }

                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // Everything was answered.
        }
    }

    private int Count(ref ReadOnlySequence<byte> buffer)
    {
        int answers = 0;
        Span<byte> code = stackalloc byte[sizeof(ushort)];
        while (true)
        {
            var start = buffer;
            if (FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out _, out _) != FrameResult.Frame)
            {
                return answers;
            }

            if (header.Type == MessageType.Outcome)
            {
                answers++;
                start.Slice(CodeAt, code.Length).CopyTo(code);
                CountRefusal((ResultCode)BinaryPrimitives.ReadUInt16LittleEndian(code));
            }
            else if (header.Type == MessageType.NotDecided)
            {
                answers++;
                start.Slice(NotDecidedCodeAt, code.Length).CopyTo(code);
                CountRefusal((ResultCode)BinaryPrimitives.ReadUInt16LittleEndian(code));
            }
        }
    }

    private void CountRefusal(ResultCode code)
    {
        if (code != ResultCode.Accepted)
        {
            _firstRefusal = _refused++ == 0 ? code : _firstRefusal;
        }
    }

    private async Task SendAsync(byte[] frame) => await _stream.WriteAsync(frame);

    private async Task<T> ReceiveAsync<T>()
        where T : IMessage<T>
    {
        while (true)
        {
            var result = await _reader.ReadAsync();
            var buffer = result.Buffer;
            if (FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out _) != FrameResult.Frame)
            {
                _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted)
                {
                    throw new InvalidOperationException("The server closed the connection.");
                }

                continue;
            }

            byte[] bytes = payload.ToArray();
            _reader.AdvanceTo(buffer.Start);
            if (header.Type == T.Type)
            {
                return Frame.TryDecode<T>(bytes, out var message) ? message : throw new InvalidDataException($"A {T.Type} cannot be read.");
            }
        }
    }

    private byte[] Proof(string firstBare, string serverFirst)
    {
        var parts = serverFirst.Split(',').ToDictionary(static part => part[0], static part => part[2..]);
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), Convert.FromBase64String(parts['s']), int.Parse(parts['i'], System.Globalization.CultureInfo.InvariantCulture),
            HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        string withoutProof = $"c=biws,r={parts['r']}";
        byte[] signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.UTF8.GetBytes($"{firstBare},{serverFirst},{withoutProof}"));
        for (int i = 0; i < clientKey.Length; i++)
        {
            clientKey[i] ^= signature[i];
        }

        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(clientKey)}");
    }
}
