using System.Buffers;
using System.Diagnostics;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Sessions;

/// <summary>The receiving half: cuts frames and sends each where it belongs.</summary>
public sealed partial class Session
{
    /// <summary>Status queries that may wait for their answer when the window is full: a source that waits must be able to ask.</summary>
    private const int StatusQueriesBeyondWindow = 16;

    private const int HeartbeatBytes = 8 + 8 + 8;

    private async Task ReceiveAsync()
    {
        while (State != SessionState.Closing)
        {
            var result = await _transport.Input.ReadAsync(_closing.Token);
            Volatile.Write(ref _lastReceivedAt, _services.Clock.GetTimestamp());
            _frames.ArrivedTicks = Stopwatch.GetTimestamp();
            var rest = await ProcessAsync(result.Buffer);
            Counts.BytesIn += result.Buffer.Length - rest.Length;
            _transport.Input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted || result.IsCanceled)
            {
                return;
            }
        }
    }

    /// <summary>Handles every whole frame of a read and returns what is left of it.</summary>
    private async ValueTask<ReadOnlySequence<byte>> ProcessAsync(ReadOnlySequence<byte> buffer)
    {
        while (State != SessionState.Closing)
        {
            var found = FrameParser.TryRead(ref buffer, _services.Limits.FrameBytesMax, out var header, out var payload, out var error);
            if (found == FrameResult.Frame)
            {
                await DispatchAsync(header.Type, payload);
                continue;
            }

            await _frames.PublishAsync(_closing.Token);
            if (found == FrameResult.Broken)
            {
                Refuse(error, BrokenDetail(error, buffer));
            }

            break;
        }

        _output.Flush();
        return buffer;
    }

    private ValueTask DispatchAsync(MessageType type, ReadOnlySequence<byte> payload)
    {
        if (State != SessionState.LoggedOn)
        {
            return DispatchBeforeLogonAsync(type, payload);
        }

        if (type.IsSequenced() && IsOnTheWire(type))
        {
            return payload.Length < Wire.TransactionHeaderBytes ? RefuseFrameAsync(ResultCode.FrameTooShort, type) : SubmitAsync(type, payload);
        }

        return type switch
        {
            MessageType.StatusQuery => payload.Length < sizeof(uint) + sizeof(ulong)
                ? RefuseFrameAsync(ResultCode.FrameTooShort, type)
                : SubmitAsync(type, payload),
            MessageType.PersonRequest => payload.Length < sizeof(uint) + sizeof(ulong) + PersonAnswers.CommandBytes
                ? RefuseFrameAsync(ResultCode.FrameTooShort, type)
                : SubmitAsync(type, payload),
            MessageType.Heartbeat => HeartbeatAsync(payload),
            MessageType.DefinitionsRequest => DefinitionsAsync(payload),
            MessageType.PoolTotalsRequest => PoolTotalsAsync(payload),
            MessageType.SaleStateRequest => SaleStateAsync(payload),
            MessageType.DrawStateRequest => DrawStateAsync(payload),
            MessageType.PaymentsRequest => PaymentsAsync(payload),
            MessageType.Logoff => LogoffAsync(),
            _ => RefuseFrameAsync(IsOnTheWire(type) ? ResultCode.UnexpectedMessage : ResultCode.UnknownMessage, type),
        };
    }

    /// <summary>Sends a transaction or status query to the ring, or refuses it without a decision.</summary>
    private ValueTask SubmitAsync(MessageType type, ReadOnlySequence<byte> payload)
    {
        var (source, sequence) = ReadName(in payload);
        if (Admit(type, source) is var refusal and not ResultCode.Accepted)
        {
            SendNotDecided(source, sequence, refusal);
            return default;
        }

        if (type == MessageType.StatusQuery && _services.Admission.IsStalled)
        {
            SendFrame(new StatusReply(source, sequence, TransactionStatus.Pending, 0, null));
            return default;
        }

        if (type == MessageType.PersonRequest)
        {
            _frames.Add(type, in payload);
            return _frames.IsTurnFull ? PublishTurnAsync() : default;
        }

        if (type.IsControl() || RowLookup.IsNeeded(type, in payload, _sourceState!, InFlight + _frames.PendingCount))
        {
            return SubmitAloneAsync(type, payload, source, sequence);
        }

        _frames.Add(type, in payload);
        return _frames.IsTurnFull ? PublishTurnAsync() : default;
    }

    private ResultCode Admit(MessageType type, uint source)
    {
        if (source != Source)
        {
            return ResultCode.SourceMismatch;
        }

        if (type.IsControl())
        {
            return _role == SourceRole.Admin ? ResultCode.Accepted : ResultCode.RoleNotAllowed;
        }

        if (type != MessageType.StatusQuery && _role < SourceRole.Submit)
        {
            return ResultCode.RoleNotAllowed;
        }

        bool isStatus = type == MessageType.StatusQuery;
        bool isFull = InFlight + _frames.PendingCount >= _window + (isStatus ? StatusQueriesBeyondWindow : 0);
        return isFull || (_services.Admission.IsBusy && !isStatus) ? ResultCode.Busy : ResultCode.Accepted;
    }

    /// <summary>Controls go one by one, through the reserve; frames that need an old row wait until it is there, and hold back those behind them.</summary>
    private async ValueTask SubmitAloneAsync(MessageType type, ReadOnlySequence<byte> payload, uint source, ulong sequence)
    {
        await _frames.PublishAsync(_closing.Token);
        Preparation prepared = default;
        if (!type.IsControl() || RowLookup.IsNeeded(type, in payload, _sourceState!, InFlight))
        {
            await WaitIdleAsync();
            if (RowLookup.IsNeeded(type, in payload, _sourceState!, 0))
            {
                (bool found, prepared) = await RowLookup.FetchAsync(type, payload, _sourceState!, _services, _closing.Token);
                if (!found)
                {
                    SendNotDecided(source, sequence, ResultCode.Busy);
                    return;
                }
            }
        }

        await _frames.PublishOneAsync(type, payload, prepared, _closing.Token);
    }

    private async ValueTask PublishTurnAsync() => await _frames.PublishAsync(_closing.Token);

    private ValueTask HeartbeatAsync(ReadOnlySequence<byte> payload)
    {
        if (payload.Length < HeartbeatBytes)
        {
            return RefuseFrameAsync(ResultCode.FrameTooShort, MessageType.Heartbeat);
        }

        Span<byte> frame = stackalloc byte[64];
        var beat = new Heartbeat(_services.Clock.GetUnixMicroseconds(), _services.Board.Version, (ulong)_services.Board.HighestNumber);
        Send(frame[..Frame.Encode(beat, frame)]);
        return default;
    }

    private ValueTask DefinitionsAsync(ReadOnlySequence<byte> payload)
    {
        if (!Frame.TryDecode<DefinitionsRequest>(payload.ToArray(), out var request))
        {
            return RefuseFrameAsync(ResultCode.FrameTooShort, MessageType.DefinitionsRequest);
        }

        Send(_services.Board.Page(in request));
        return default;
    }

    private ValueTask PoolTotalsAsync(ReadOnlySequence<byte> payload)
    {
        if (!Frame.TryDecode<PoolTotalsRequest>(payload.ToArray(), out var request))
        {
            return RefuseFrameAsync(ResultCode.FrameTooShort, MessageType.PoolTotalsRequest);
        }

        Send(_services.Totals.Answer(in request));
        return default;
    }

    private ValueTask SaleStateAsync(ReadOnlySequence<byte> payload)
    {
        if (!Frame.TryDecode<SaleStateRequest>(payload.ToArray(), out var request))
        {
            return RefuseFrameAsync(ResultCode.FrameTooShort, MessageType.SaleStateRequest);
        }

        Send(_services.Ticketing.SalePage(in request));
        return default;
    }

    private ValueTask DrawStateAsync(ReadOnlySequence<byte> payload)
    {
        if (!Frame.TryDecode<DrawStateRequest>(payload.ToArray(), out var request))
        {
            return RefuseFrameAsync(ResultCode.FrameTooShort, MessageType.DrawStateRequest);
        }

        Send(_services.Ticketing.DrawPage(in request));
        return default;
    }

    private async ValueTask PaymentsAsync(ReadOnlySequence<byte> payload)
    {
        if (_role != SourceRole.Admin)
        {
            await _frames.PublishAsync(_closing.Token);
            SendNotDecided(Source, 0, ResultCode.RoleNotAllowed);
            return;
        }

        if (!Frame.TryDecode<PaymentsRequest>(payload.ToArray(), out var request))
        {
            await RefuseFrameAsync(ResultCode.FrameTooShort, MessageType.PaymentsRequest);
            return;
        }

        await _frames.PublishAsync(_closing.Token);
        Send(Frame.Encode(await _services.Payments.ReadAsync(request, _closing.Token)));
    }

    /// <summary>Answers what was sent before, then closes.</summary>
    private async ValueTask LogoffAsync()
    {
        await _frames.PublishAsync(_closing.Token);
        await WaitIdleAsync();
        _output.Flush();
        CloseFor(CloseReason.Logoff);
        BeginClose();
    }

    private async ValueTask RefuseFrameAsync(ResultCode code, MessageType type)
    {
        await _frames.PublishAsync(_closing.Token);
        Refuse(code, (uint)type);
    }

    private void SendNotDecided(uint source, ulong sequence, ResultCode code)
    {
        Counts.CountNotDecided(code);
        Span<byte> frame = stackalloc byte[64];
        Send(frame[..AnswerEncoder.WriteNotDecided(source, sequence, code, frame)]);
    }

    private static (uint Source, ulong Sequence) ReadName(in ReadOnlySequence<byte> payload)
    {
        Span<byte> head = stackalloc byte[sizeof(uint) + sizeof(ulong)];
        payload.Slice(0, head.Length).CopyTo(head);
        var reader = new WireReader(head);
        return (reader.UInt32(), reader.UInt64());
    }

    /// <summary>True for a message that PROTOCOL.md has, whoever sends it; not for the kinds of entries that the shard makes itself.</summary>
    private static bool IsOnTheWire(MessageType type) => type is not MessageType.None and < MessageType.Started && Enum.IsDefined(type);

    private static uint BrokenDetail(ResultCode error, ReadOnlySequence<byte> buffer)
    {
        const int VersionAt = Wire.LengthBytes + 2;
        Span<byte> head = stackalloc byte[Wire.HeaderBytes];
        buffer.Slice(0, Math.Min(buffer.Length, head.Length)).CopyTo(head);
        return error == ResultCode.WrongVersion ? head[VersionAt] : new WireReader(head).UInt32();
    }
}
