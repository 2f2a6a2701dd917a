using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TxCore.Faults.Proxies;

/// <summary>One client's connection through the <see cref="PostgresProxy"/>: two pumps, and the faults that the rules ask for.</summary>
internal sealed class ProxyConnection
{
    private const int TlsRequestCode = 80877103;
    private const int GssRequestCode = 80877104;

    private readonly PostgresProxy _proxy;
    private readonly Socket _client;
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _ended = new();
    private readonly ProxyStatements _statements = new();
    private readonly TaskCompletionSource _replied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The server owes one ReadyForQuery after the start-up and one for each query or sync forwarded.
    private int _readyOwed = 1;
    private volatile bool _dropsReplies;
    private volatile MemoryStream? _keptReply;
    private volatile bool _awaitsReply;
    private volatile bool _isHeld;
    private volatile string _lastWord = "closed";

    internal ProxyConnection(PostgresProxy proxy, Socket client)
    {
        _proxy = proxy;
        _client = client;
        _client.NoDelay = true;
    }

    internal bool HasEnded => _ended.IsCancellationRequested;

    /// <summary>Carries the connection to its end, whichever side ends it.</summary>
    internal async Task RunAsync(IPEndPoint serverAddress)
    {
        try
        {
            await _server.ConnectAsync(serverAddress, _ended.Token);
            await PumpAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side may vanish at any moment; that is what this proxy is for.
        }
        finally
        {
            // Closed without a reset, so that a client still reads the server's last message.
            _client.Dispose();
            End();
        }
    }

    /// <summary>Resets the client and lets go of the server, unless a message is held.</summary>
    internal void Cut()
    {
        if (!_isHeld)
        {
            End();
        }
    }

    internal void End()
    {
        _ended.Cancel();
        ResetClient();
        _server.Dispose();
    }

    private async Task PumpAsync()
    {
        await using var clientStream = new NetworkStream(_client);
        await using var serverStream = new NetworkStream(_server);
        PipeReader fromClient = PipeReader.Create(clientStream);
        PipeWriter toServer = PipeWriter.Create(serverStream);
        await PassStartupAsync(fromClient, clientStream, toServer);
        Task backend = PumpBackendAsync(PipeReader.Create(serverStream), PipeWriter.Create(clientStream));
        Task frontend = PumpFrontendAsync(fromClient, toServer);
        await await Task.WhenAny(frontend, backend);
    }

    private async Task PassStartupAsync(PipeReader fromClient, NetworkStream toClient, PipeWriter toServer)
    {
        while (true)
        {
            ReadResult read = await fromClient.ReadAsync(_ended.Token);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (!ProxyFrame.TryReadStartup(ref buffer, out ReadOnlySequence<byte> frame))
            {
                fromClient.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                ThrowIfCompleted(read);
                continue;
            }

            int code = ProxyFrame.ReadInt32(frame, ProxyFrame.LengthBytes);
            await _proxy.WaitTurnAsync(_ended.Token);
            if (code is TlsRequestCode or GssRequestCode)
            {
                await toClient.WriteAsync("N"u8.ToArray(), _ended.Token);
                fromClient.AdvanceTo(buffer.Start);
                continue;
            }

            ProxyFrame.Write(toServer, frame);
            await toServer.FlushAsync(_ended.Token);
            fromClient.AdvanceTo(buffer.Start);
            return;
        }
    }

    private async Task PumpFrontendAsync(PipeReader fromClient, PipeWriter toServer)
    {
        while (true)
        {
            ReadResult read = await fromClient.ReadAsync(_ended.Token);
            await _proxy.WaitTurnAsync(_ended.Token);
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (ProxyFrame.TryRead(ref buffer, out ReadOnlySequence<byte> frame))
            {
                ProxyMessage message = _statements.Note(frame, _proxy.HasRules);
                if (_proxy.TakeRule(message) is { } rule)
                {
                    await ApplyAsync(rule, frame, toServer);
                    return;
                }

                Forward(frame, toServer);
            }

            await toServer.FlushAsync(_ended.Token);
            fromClient.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private void Forward(in ReadOnlySequence<byte> frame, PipeWriter toServer)
    {
        ProxyFrame.Write(toServer, frame);
        if (ProxyFrame.TypeOf(frame) is 'Q' or 'S' or 'F')
        {
            Interlocked.Increment(ref _readyOwed);
        }
    }

    private async Task ApplyAsync(ProxyRule rule, ReadOnlySequence<byte> frame, PipeWriter toServer)
    {
        byte[] message = frame.ToArray();
        if (rule is HeldMessage held)
        {
            await HoldAsync(held, message, toServer);
        }
        else if (rule.Position == CutPosition.Before)
        {
            // What came before the message still arrives.
            await toServer.FlushAsync(_ended.Token);
            End();
        }
        else
        {
            await ForwardAndDropReplyAsync(rule, message, toServer);
        }

        rule.SetFired();
    }

    private async Task HoldAsync(HeldMessage held, byte[] message, PipeWriter toServer)
    {
        _isHeld = true;
        _dropsReplies = true;
        ResetClient();
        try
        {
            // What came before the message still arrives in time.
            await toServer.FlushAsync(_ended.Token);
            held.SetFired();
            await Task.WhenAny(held.Released, Task.Delay(Timeout.InfiniteTimeSpan, _ended.Token));
            await SendLastAsync(message, toServer);
            await _replied.Task.WaitAsync(_ended.Token);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The server ended the connection before the message came; its last word says why.
        }
        finally
        {
            held.SetOutcome(_lastWord);
        }
    }

    private async Task ForwardAndDropReplyAsync(ProxyRule rule, byte[] message, PipeWriter toServer)
    {
        // Set first: the reply cannot overtake this, so the client never sees more of it than it is meant to.
        _keptReply = rule.Position == CutPosition.InReply ? new MemoryStream() : null;
        _dropsReplies = true;
        await SendLastAsync(message, toServer);
        if (rule.Position == CutPosition.AfterForward)
        {
            ResetClient();
            rule.SetFired();
        }

        // The server's side stays open until it has replied: closed earlier, a reset could overtake the message.
        await _replied.Task.WaitAsync(_ended.Token);
        if (_keptReply is { Length: > 0 } reply)
        {
            // Not reset but closed: what was delivered is read before the end.
            await _client.SendAsync(reply.GetBuffer().AsMemory(0, (int)((reply.Length + 1) / 2)), _ended.Token);
            _client.Dispose();
            return;
        }

        ResetClient();
    }

    /// <summary>Sends the last message of this connection, with the sync that makes the server answer an execute.</summary>
    private async Task SendLastAsync(byte[] message, PipeWriter toServer)
    {
        Forward(new ReadOnlySequence<byte>(message), toServer);
        if ((char)message[0] is not ('Q' or 'S'))
        {
            Forward(new ReadOnlySequence<byte>(ProxyFrame.Sync), toServer);
        }

        _awaitsReply = true;
        await toServer.FlushAsync(_ended.Token);
    }

    private async Task PumpBackendAsync(PipeReader fromServer, PipeWriter toClient)
    {
        try
        {
            while (true)
            {
                ReadResult read = await fromServer.ReadAsync(_ended.Token);
                await _proxy.WaitTurnAsync(_ended.Token);
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (ProxyFrame.TryRead(ref buffer, out ReadOnlySequence<byte> frame))
                {
                    Answer(frame, toClient);
                }

                if (!_dropsReplies)
                {
                    await FlushToClientAsync(toClient);
                }

                fromServer.AdvanceTo(buffer.Start, buffer.End);
                ThrowIfCompleted(read);
            }
        }
        finally
        {
            _replied.TrySetResult();
        }
    }

    private async Task FlushToClientAsync(PipeWriter toClient)
    {
        try
        {
            await toClient.FlushAsync(_ended.Token);
        }
        catch (Exception exception) when (_dropsReplies && (exception is IOException or ObjectDisposedException))
        {
            // A rule cut the client in the middle of an earlier reply; the server's side must live on.
        }
    }

    private void Answer(in ReadOnlySequence<byte> frame, PipeWriter toClient)
    {
        char type = ProxyFrame.TypeOf(frame);
        if (type == 'E' || (type == 'C' && _awaitsReply))
        {
            _lastWord = LastWordOf(type, frame.Slice(ProxyFrame.HeaderBytes).ToArray());
        }

        if (!_dropsReplies)
        {
            ProxyFrame.Write(toClient, frame);
        }
        else if (_keptReply is { } reply)
        {
            reply.Write(frame.ToArray());
        }

        if (type == 'Z' && Interlocked.Decrement(ref _readyOwed) == 0 && _awaitsReply)
        {
            _replied.TrySetResult();
        }
    }

    /// <summary>The command tag, or of an error the field <c>C</c>, which is the SQLSTATE.</summary>
    private static string LastWordOf(char type, byte[] body)
    {
        string[] fields = Encoding.UTF8.GetString(body).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return type == 'C' ? fields[0] : fields.First(field => field[0] == 'C')[1..];
    }

    private void ResetClient()
    {
        try
        {
            _client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // The pump has ended at the same moment and closed the client itself: there is nothing left to reset.
        }

        _client.Dispose();
    }

    private static void ThrowIfCompleted(in ReadResult read)
    {
        if (read.IsCompleted)
        {
            throw new IOException("The other side closed the connection.");
        }
    }
}
