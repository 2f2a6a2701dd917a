using System.Buffers;
using System.IO.Pipelines;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Sessions;

/// <summary>
/// One connection: reads frames, puts what is sequenced into the ring, answers the rest itself. States: connected, challenged, logging
/// on, logged on, closing (PROTOCOL.md). Reading runs on one task; answers come from the reply thread.
/// </summary>
public sealed partial class Session : ISessionPeer
{
    private static long _lastId;
    private readonly SessionServices _services;
    private readonly IDuplexPipe _transport;
    private readonly SessionPeer _peer;
    private readonly SessionOutput _output;
    private readonly FrameIntake _frames;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _closeBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _connectedAt;
    private string? _closeReason;
    private TaskCompletionSource? _idle;
    private long _lastReceivedAt;
    private int _inFlight;
    private bool _answering;

    /// <summary>Makes the session of a connection; <see cref="RunAsync"/> serves it.</summary>
    public Session(IDuplexPipe transport, SessionServices services, SessionPeer? peer = null)
    {
        _peer = peer ?? SessionPeer.Unknown;
        Id = (ulong)Interlocked.Increment(ref _lastId);
        _transport = transport;
        _services = services;
        _output = new SessionOutput(transport.Output, services.Limits.UnsentBytesMax);
        _frames = new FrameIntake(this, services);
        _connectedAt = services.Clock.GetTimestamp();
        _lastReceivedAt = _connectedAt;
    }

    /// <inheritdoc/>
    public ulong Id { get; }

    /// <summary>The source, once it has named itself; 0 before.</summary>
    public uint Source { get; private set; }

    /// <summary>The source's outlet, once logged on.</summary>
    public int Outlet { get; private set; }

    /// <summary>Transactions put into the ring and not answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>What this connection counts; written by its reading task alone.</summary>
    internal SessionCounts Counts;

    /// <summary>Bytes handed to the network.</summary>
    internal long BytesOut => _output.BytesSent;

    /// <summary>True when nothing is in the ring and the last answer is on its way.</summary>
    private bool IsIdle => InFlight == 0 && !Volatile.Read(ref _answering);

    internal void AddInFlight(int count) => Interlocked.Add(ref _inFlight, count);

    /// <summary>Serves the connection until either side closes it.</summary>
    public async Task RunAsync()
    {
        _services.Tally.Open(this);
        _ = CancelWhenClosingAsync();
        try
        {
            if (!_services.Registry.TryAdd(this))
            {
                Refuse(ResultCode.TooManyConnections, 0);
            }
            else if (_services.Admission.IsDraining)
            {
                Refuse(ResultCode.ShuttingDown, 0);
            }
            else
            {
                await ReceiveAsync();
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            // The client is gone or was told to go: what it sent in whole frames is in the ring and will be decided and stored.
        }
        finally
        {
            await CloseAsync();
        }
    }

    /// <inheritdoc/>
    public void Answer(TxEvent answered)
    {
        // Its place in the window is free before the client can see the answer, or the next transaction might come too early and be told BUSY.
        Volatile.Write(ref _answering, true);
        int left = Interlocked.Decrement(ref _inFlight);
        if (answered.Answer == AnswerKind.Logon)
        {
            CompleteLogon(answered);
        }
        else if (answered.Person is { } person)
        {
            Span<byte> frame = stackalloc byte[AnswerEncoder.PersonFrameBytesMax];
            Send(frame[..Frame.Encode(person, frame)]);
        }
        else
        {
            Span<byte> frame = stackalloc byte[AnswerEncoder.FrameBytesMax];
            int length = _services.Encoder.Write(answered, frame);
            Send(frame[..length]);
            if (answered.Answer == AnswerKind.NotDecided && answered.AnswerCode == ResultCode.SequenceConflict)
            {
                _services.Logger.SequenceConflict(answered.Source, answered.Sequence);
            }
        }

        Volatile.Write(ref _answering, false);
        if (left == 0)
        {
            Interlocked.MemoryBarrier();
            Volatile.Read(ref _idle)?.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public void Flush() => _output.Flush();

    /// <summary>Sends a broadcast unless the client is behind: then it finds the hole and asks for the definitions.</summary>
    public void Broadcast(ReadOnlySpan<byte> frame)
    {
        if (!_output.IsCongested)
        {
            Send(frame);
            _output.Flush();
        }
    }

    /// <summary>Closes the connection with a reason: by the registry when fenced, by the sweep when idle, by the shard when it ends.</summary>
    public void Refuse(ResultCode code, uint detail)
    {
        if (State == SessionState.Closing)
        {
            return;
        }

        _services.Logger.ConnectionRefused(Id, Source, code, detail);
        CloseFor(code.ToString());
        Span<byte> frame = stackalloc byte[512];
        Send(frame[..Frame.Encode(new ErrorMessage(code, detail, ErrorText.Of(code, detail)), frame)]);
        _output.Flush();
        BeginClose();
    }

    /// <summary>Closes the connection when it is silent for too long or has not logged on in time.</summary>
    public void Sweep()
    {
        var limits = _services.Limits;
        if (State != SessionState.LoggedOn && _services.Clock.GetElapsedTime(_connectedAt).TotalSeconds > limits.LogonSeconds)
        {
            Refuse(ResultCode.LogonTimeout, 0);
        }
        else if (InFlight == 0 && _services.Clock.GetElapsedTime(Volatile.Read(ref _lastReceivedAt)).TotalSeconds > limits.IdleSeconds)
        {
            // A client that waits for answers is not idle: it may be unread because this side waits.
            Refuse(ResultCode.IdleTimeout, 0);
        }
    }

    /// <summary>Waits until nothing of this connection is in the ring and everything that was is answered.</summary>
    internal async ValueTask WaitIdleAsync()
    {
        while (!IsIdle)
        {
            var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _idle, idle);
            Interlocked.MemoryBarrier();
            if (!IsIdle)
            {
                await using var cut = _closing.Token.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), idle);
                await idle.Task;
            }

            Volatile.Write(ref _idle, null);
        }
    }

    private void Send(ReadOnlySpan<byte> frame)
    {
        if (!_output.TryAppend(frame) && State != SessionState.Closing)
        {
            _services.Logger.ConnectionRefused(Id, Source, ResultCode.SlowReader, (uint)_services.Limits.UnsentBytesMax);
            CloseFor(nameof(ResultCode.SlowReader));
            BeginClose();
        }
    }

    /// <summary>Keeps the first reason the connection ends for.</summary>
    private void CloseFor(string reason) => Interlocked.CompareExchange(ref _closeReason, reason, null);

    private void BeginClose()
    {
        EnterClosing();

        // Goes on on another thread: who closes may be the reply thread, which must not run what waits for this.
        _closeBegun.TrySetResult();
    }

    private async Task CancelWhenClosingAsync()
    {
        await _closeBegun.Task;
        _closing.Cancel();
    }

    private void EnterClosing() => Interlocked.Exchange(ref _state, SessionState.Closing);

    private async Task CloseAsync()
    {
        EnterClosing();
        _services.Registry.Remove(this);
        await _output.DrainAsync(TimeSpan.FromSeconds(1), _services.Clock);
        _output.Close();
        await _transport.Input.CompleteAsync();
        await _transport.Output.CompleteAsync();
        _services.Tally.Close(this, _closeReason ?? CloseReason.Client);
    }
}
