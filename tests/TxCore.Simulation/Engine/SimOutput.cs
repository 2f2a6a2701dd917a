using System.IO.Pipelines;

namespace TxCore.Simulation.Engine;

/// <summary>
/// The server's way out of a connection: what is flushed has left the process. It is looked at in that moment, before anything else can
/// happen, and goes into the network. While the client leaves too much unread, a flush does not return.
/// </summary>
internal sealed class SimOutput(SimLink link, int unreadMax) : PipeWriter
{
    private byte[] _buffer = new byte[1024];
    private int _written;
    private TaskCompletionSource<FlushResult>? _flushing;
    private bool _isCut;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - _written < Math.Max(sizeHint, 1))
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _written + sizeHint));
        }

        return _buffer.AsMemory(_written);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _written += bytes;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isCut)
        {
            return new ValueTask<FlushResult>(new FlushResult(false, true));
        }

        link.TakeFromServer(_buffer.AsSpan(0, _written));
        _written = 0;
        if (link.ToClient.Count <= unreadMax)
        {
            return new ValueTask<FlushResult>(new FlushResult(false, false));
        }

        _flushing = new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new ValueTask<FlushResult>(_flushing.Task);
    }

    /// <summary>Told when the client has read.</summary>
    public void Relieve()
    {
        if (link.ToClient.Count <= unreadMax)
        {
            _flushing?.TrySetResult(new FlushResult(false, _isCut));
            _flushing = null;
        }
    }

    /// <summary>The network is gone.</summary>
    public void Cut()
    {
        _isCut = true;
        _flushing?.TrySetResult(new FlushResult(false, true));
        _flushing = null;
    }

    public override void CancelPendingFlush() => throw new NotSupportedException("Sessions do not cancel a flush.");

    public override void Complete(Exception? exception = null) => link.CloseByServer();
}
