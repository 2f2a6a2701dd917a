using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Fakes;

/// <summary>One connection to the <see cref="FakeServer"/>.</summary>
internal sealed class FakeConnection(FakeServer server, Socket socket, int index)
{
    private readonly Stream _stream = server.Certificate is null
        ? new NetworkStream(socket, ownsSocket: true)
        : new SslStream(new NetworkStream(socket, ownsSocket: true));
    private readonly List<byte[]> _held = [];
    private ScramServer? _scram;
    private int _unanswered;
    private bool _isHolding;

    public bool IsClosed { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_stream is SslStream secured)
            {
                await secured.AuthenticateAsServerAsync(server.Certificate!);
            }

            var reader = PipeReader.Create(_stream);
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                while (FrameParser.TryRead(ref buffer, Wire.FrameBytesMax, out var header, out var payload, out _) == FrameResult.Frame)
                {
                    lock (server.Gate)
                    {
                        if (!Receive(header.Type, System.Buffers.BuffersExtensions.ToArray(payload)))
                        {
                            return;
                        }
                    }
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            IsClosed = true;
            await _stream.DisposeAsync();
        }
    }

    public void Send(byte[] frame)
    {
        if (!server.IsSilent)
        {
            _stream.Write(frame);
        }
    }

    /// <summary>Loses the connection, if the client has not closed it already.</summary>
    public void Close() => socket.Dispose();

    public void ReleaseAnswers()
    {
        lock (server.Gate)
        {
            _isHolding = false;
            _held.ForEach(Send);
            _held.Clear();
        }
    }

    private bool Receive(MessageType type, byte[] payload)
    {
        switch (type)
        {
            case MessageType.LogonRequest:
                Assert.True(Frame.TryDecode<LogonRequest>(payload, out var request));
                server.Logons.Add(request);
                _scram = new ScramServer(FakeServer.Password, request.Scram);
                Send(Frame.Encode(new LogonChallenge(_scram.ServerFirst())));
                return true;
            case MessageType.LogonProof:
                return Logon(payload);
            case MessageType.Heartbeat:
                server.Heartbeats++;
                Send(Frame.Encode(new Heartbeat(0, server.DefinitionsVersion, server.Shard.NextNumber - 1)));
                return true;
            case MessageType.Logoff:
                return false;
            case MessageType.StatusQuery:
                Assert.True(Frame.TryDecode<StatusQuery>(payload, out var query));
                server.StatusQueries++;
                if (server.PendingStatuses > 0)
                {
                    server.PendingStatuses--;
                    Send(Frame.Encode(new StatusReply(query.Source, query.Sequence, TransactionStatus.Pending, 0, null)));
                    return true;
                }

                var found = server.Shard.Find(query.Sequence);
                var status = found is null ? TransactionStatus.Unknown : TransactionStatus.Decided;
                Send(Frame.Encode(new StatusReply(query.Source, query.Sequence, status, server.Shard.NextSequence, found)));
                return true;
            case MessageType.DefinitionsRequest:
                Assert.True(Frame.TryDecode<DefinitionsRequest>(payload, out var asked));
                server.PageAsked?.Invoke(asked.Page);
                Send(Frame.Encode(new DefinitionsPage(
                    server.DefinitionsVersion, asked.Page, (uint)server.Pages.Count, server.Pages[(int)asked.Page])));
                return true;
            case MessageType.PoolTotalsRequest:
                Assert.True(Frame.TryDecode<PoolTotalsRequest>(payload, out var race));
                server.TotalsAsked.Add(race);
                Send(Frame.Encode(server.Totals(race)));
                return true;
            case MessageType.SaleStateRequest:
                Assert.True(Frame.TryDecode<SaleStateRequest>(payload, out var sale));
                server.SalesAsked.Add(sale);
                Send(Frame.Encode(server.Sale(sale)));
                return true;
            case MessageType.DrawStateRequest:
                Assert.True(Frame.TryDecode<DrawStateRequest>(payload, out var draw));
                server.DrawsAsked.Add(draw);
                Send(Frame.Encode(server.Draw(draw)));
                return true;
            case MessageType.PersonRequest:
                Assert.True(Frame.TryDecode<PersonRequest>(payload, out var person));
                server.PersonsAsked.Add(person);
                Send(server.Person(person) is { } state
                    ? Frame.Encode(state)
                    : Frame.Encode(new NotDecided(person.Source, person.Request, ResultCode.Busy, 0, server.RetryAfterMilliseconds)));
                return true;
            case MessageType.PaymentsRequest:
                Assert.True(Frame.TryDecode<PaymentsRequest>(payload, out var payments));
                server.PaymentsAsked.Add(payments);
                Send(Frame.Encode(server.Payments(payments)));
                return true;
            default:
                return Transaction(type, payload);
        }
    }

    private bool Logon(byte[] payload)
    {
        Assert.True(Frame.TryDecode<LogonProof>(payload, out var proof));
        byte[]? final = _scram!.ServerFinal(proof.Scram);
        var code = final is null ? ResultCode.LogonRefused : server.LogonCode;
        if (server.FalseSignature)
        {
            final = "v="u8.ToArray().Concat("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="u8.ToArray()).ToArray();
        }

        Send(Frame.Encode(new LogonReply(
            code, 1, Channel.Retail, server.Shard.NextSequence, server.Window, server.Shard.NextNumber - 1, 1, server.DefinitionsVersion,
            (ulong)index, 20260101, final ?? [])));
        return code == ResultCode.Accepted;
    }

    private bool Transaction(MessageType type, byte[] payload)
    {
        ulong sequence = BitConverter.ToUInt64(payload, 4);
        server.Received.Add((index, sequence, type));
        server.Payloads.Add(payload);
        server.Deadlines.Add(BitConverter.ToInt64(payload, 12));
        server.UnansweredMax = Math.Max(server.UnansweredMax, ++_unanswered);
        var verdict = server.Script?.Invoke(type, sequence) ?? Verdict.Decide;
        switch (verdict)
        {
            case Verdict.Swallow:
                return true;
            case Verdict.LoseBefore:
                return false;
            case Verdict.Busy:
                Answer(Frame.Encode(new NotDecided(7, sequence, ResultCode.Busy, 0, server.RetryAfterMilliseconds)));
                return true;
        }

        var (outcome, notDecided) = server.Shard.Decide(type, payload);
        byte[] answer = outcome is not null ? Frame.Encode(outcome) : Frame.Encode(notDecided!.Value);
        _isHolding |= verdict == Verdict.HoldAnswer;
        if (_isHolding)
        {
            _held.Add(answer);
            return true;
        }

        if (verdict == Verdict.LoseAfter)
        {
            return false;
        }

        Answer(answer);
        return true;
    }

    private void Answer(byte[] frame)
    {
        _unanswered--;
        Send(frame);
    }
}
