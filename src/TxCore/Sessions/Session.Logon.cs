using System.Buffers;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Sessions;

/// <summary>Where a session stands.</summary>
internal enum SessionState
{
    /// <summary>Connected: the logon request is awaited.</summary>
    Connected,

    /// <summary>Challenged: the proof is awaited.</summary>
    Challenged,

    /// <summary>The logon is in the ring.</summary>
    LoggingOn,

    /// <summary>Logged on.</summary>
    LoggedOn,

    /// <summary>On its way out: nothing more is read.</summary>
    Closing,
}

/// <summary>The logon: SCRAM or the certificate of the connection, then the ring, then the reply after a commit.</summary>
public sealed partial class Session
{
    private volatile SessionState _state;
    private ScramServer? _scram;
    private LogonRequest? _request;
    private SourceRecord? _record;
    private byte[] _serverFinal = [];
    private SourceState? _sourceState;
    private SourceRole _role;
    private int _window;

    private SessionState State => _state;

    /// <summary>Goes on to a state unless the session is closing, which may happen on any thread and is never undone.</summary>
    private bool TryEnter(SessionState state, SessionState from) => Interlocked.CompareExchange(ref _state, state, from) == from;

    private ValueTask DispatchBeforeLogonAsync(MessageType type, ReadOnlySequence<byte> payload)
    {
        switch (type)
        {
            case MessageType.LogonRequest when State == SessionState.Connected:
                return ChallengeAsync(payload);
            case MessageType.LogonProof when State == SessionState.Challenged:
                return ProveAsync(payload);
            default:
                bool known = IsOnTheWire(type);
                var code = type.IsSequenced() && known ? ResultCode.NotLoggedOn
                    : known ? ResultCode.UnexpectedMessage
                    : ResultCode.UnknownMessage;
                Refuse(code, (uint)type);
                return default;
        }
    }

    private ValueTask ChallengeAsync(ReadOnlySequence<byte> payload)
    {
        if (!Frame.TryDecode<LogonRequest>(payload.ToArray(), out var request))
        {
            Refuse(ResultCode.FrameTooShort, (uint)MessageType.LogonRequest);
            return default;
        }

        _request = request;
        Source = request.Source;
        if ((request.Shard != 0 && request.Shard != _services.Identity.Shard) || request.Channel != _services.Identity.Channel)
        {
            RefuseLogon(ResultCode.WrongShard);
            return default;
        }

        _record = _services.Sources.Find(request.Source);
        if (request.Scram.Length == 0)
        {
            return LogOnByCertificateAsync();
        }

        _scram = request.Source == 0 ? null : ScramServer.Start(request.Source, _record, request.Scram);
        if (_scram is null)
        {
            return RefuseLogonLaterAsync(ResultCode.LogonRefused);
        }

        TryEnter(SessionState.Challenged, from: SessionState.Connected);
        SendFrame(new LogonChallenge(_scram.ServerFirst));
        return default;
    }

    private async ValueTask ProveAsync(ReadOnlySequence<byte> payload)
    {
        if (!Frame.TryDecode<LogonProof>(payload.ToArray(), out var proof))
        {
            Refuse(ResultCode.FrameTooShort, (uint)MessageType.LogonProof);
        }
        else
        {
            await AdmitOrRefuseAsync(() => _scram!.TryFinish(proof.Scram, out _serverFinal)
                && (_record!.Certificate is null || _peer.Presents(_record.Certificate)));
        }

        _scram = null;
    }

    /// <summary>Without a SCRAM message it is the certificate of the connection that proves the source.</summary>
    private async ValueTask LogOnByCertificateAsync() => await AdmitOrRefuseAsync(
        () => _record is { Disabled: false, Certificate: { } registered } && _peer.Presents(registered));

    /// <summary>Puts the logon into the ring when the proof is right; a wrong one is counted, and too many are not even looked at.</summary>
    private async ValueTask AdmitOrRefuseAsync(Func<bool> isProved)
    {
        if (!_services.Logons.TryTake(Source, _peer.Address, out bool isFirstRefusal))
        {
            if (isFirstRefusal)
            {
                _services.Logger.LogonsHeld(Source, _peer.Address);
            }

            await RefuseLogonLaterAsync(ResultCode.Busy);
        }
        else if (!isProved())
        {
            _services.Logons.Failed(Source, _peer.Address);
            await RefuseLogonLaterAsync(ResultCode.LogonRefused);
        }
        else
        {
            _services.Logons.Succeeded(Source, _peer.Address);
            if (_record!.Channel != _services.Identity.Channel)
            {
                RefuseLogon(ResultCode.WrongShard);
                return;
            }

            _role = _record.Role;
            _window = _record.Window;
            Outlet = _record.Outlet;
            _ = TryEnter(SessionState.LoggingOn, from: SessionState.Challenged) || TryEnter(SessionState.LoggingOn, from: SessionState.Connected);
            await _frames.PublishLogonAsync(_window, Outlet, (long)_request!.LastNumberHeld, _closing.Token);
        }
    }

    /// <summary>Called by the reply thread once a commit later than the logon is durable.</summary>
    private void CompleteLogon(TxEvent logon)
    {
        if (State != SessionState.LoggingOn)
        {
            return;
        }

        if (logon.AnswerCode != ResultCode.Accepted)
        {
            _services.Logger.RestoredTooOld(Source, logon.LastNumberHeld, logon.HighestNumber);
            RefuseLogon(logon.AnswerCode);
            return;
        }

        // Logged on before the reply can leave: the client's first transaction may follow it at once. Nothing but closing can have come between.
        _sourceState = logon.SourceState;
        if (!TryEnter(SessionState.LoggedOn, from: SessionState.LoggingOn))
        {
            return;
        }

        _services.Registry.LogOn(this)?.Refuse(ResultCode.Fenced, 0);
        SendFrame(new LogonReply(
            ResultCode.Accepted, (ushort)_services.Identity.Shard, _services.Identity.Channel, (ulong)logon.NextSequence, (uint)_window,
            (ulong)logon.HighestNumber, logon.Time, (ulong)logon.DefinitionsVersion, logon.SessionEpoch, (uint)logon.BusinessDay, _serverFinal));
        _record = null;
        _request = null;
    }

    private async ValueTask RefuseLogonLaterAsync(ResultCode code)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(_services.Limits.LogonFailureDelayMilliseconds), _services.Clock, _closing.Token);
        RefuseLogon(code);
    }

    private void RefuseLogon(ResultCode code)
    {
        if (code != ResultCode.Busy)
        {
            _services.Logger.LogonRefused(Source, _peer.Address, code);
        }

        _services.Tally.RefuseLogon(code);
        CloseFor(code.ToString());
        SendFrame(new LogonReply(code, (ushort)_services.Identity.Shard, _services.Identity.Channel, 0, 0, 0, 0, 0, 0, 0, []));
        _output.Flush();
        BeginClose();
    }

    private void SendFrame<T>(T message)
        where T : IMessage<T> => Send(Frame.Encode(message));
}
