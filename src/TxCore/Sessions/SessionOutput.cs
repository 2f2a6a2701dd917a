using System.Buffers;
using System.IO.Pipelines;

namespace TxCore.Sessions;

/// <summary>
/// A connection's way out. Any thread appends; one flush at a time moves what is pending into the pipe, so that nobody waits for a
/// slow client. What a client leaves unread beyond the limit is the client's to lose: the connection is closed.
/// </summary>
public sealed class SessionOutput(PipeWriter writer, int unsentBytesMax)
{
    private readonly Lock _gate = new();
    private byte[] _pending = [];
    private byte[] _sending = [];
    private int _pendingBytes;
    private long _sentBytes;
    private bool _flushing;
    private bool _closed;
    private TaskCompletionSource? _drained;

    /// <summary>Bytes handed to the transport since the start.</summary>
    public long BytesSent => Volatile.Read(ref _sentBytes);

    /// <summary>True when more than half of the limit is unsent: broadcasts are left out, the client finds the hole.</summary>
    public bool IsCongested => Volatile.Read(ref _pendingBytes) > unsentBytesMax / 2;

    /// <summary>Appends a frame; false when the limit is reached or the output closed, and then nothing was appended.</summary>
    public bool TryAppend(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_closed || _pendingBytes + frame.Length > unsentBytesMax)
            {
                return false;
            }

            if (_pending.Length - _pendingBytes < frame.Length)
            {
                Grow(_pendingBytes + frame.Length);
            }

            frame.CopyTo(_pending.AsSpan(_pendingBytes));
            _pendingBytes += frame.Length;
            return true;
        }
    }

    /// <summary>Starts sending what is pending, unless that is under way.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_flushing || _closed || _pendingBytes == 0)
            {
                return;
            }

            _flushing = true;
        }

        _ = PumpAsync();
    }

    /// <summary>Waits until everything appended so far was handed to the transport, or cannot be, but no longer than <paramref name="limit"/>.</summary>
    public async Task DrainAsync(TimeSpan limit, TimeProvider clock)
    {
        TaskCompletionSource drained;
        lock (_gate)
        {
            if (_closed || (!_flushing && _pendingBytes == 0))
            {
                return;
            }

            drained = _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        // May have sent everything by the time it returns, and then forgets whom it told.
        Flush();
        await using var end = clock.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), drained, limit, Timeout.InfiniteTimeSpan);
        await drained.Task;
    }

    /// <summary>Takes nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _pendingBytes = 0;
            Return(ref _pending);
            _drained?.TrySetResult();
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            while (TakePending(out var bytes))
            {
                writer.Write(bytes.Span);
                var result = await writer.FlushAsync();
                if (result.IsCompleted || result.IsCanceled)
                {
                    Close();
                }
            }
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is gone, which its reader finds out too; what was unsent is answered again when the source resumes.
            Close();
        }
    }

    private bool TakePending(out ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            if (_pendingBytes == 0 || _closed)
            {
                _flushing = false;
                Return(ref _sending);
                if (!_closed)
                {
                    Return(ref _pending);
                }

                _drained?.TrySetResult();
                _drained = null;
                bytes = default;
                return false;
            }

            (_pending, _sending) = (_sending, _pending);
            bytes = _sending.AsMemory(0, _pendingBytes);
            _sentBytes += _pendingBytes;
            _pendingBytes = 0;
            return true;
        }
    }

    private void Grow(int needed)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 512));
        _pending.AsSpan(0, _pendingBytes).CopyTo(larger);
        Return(ref _pending);
        _pending = larger;
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }
}
