using System.Buffers.Binary;

namespace TxCore.Faults.Proxies;

/// <summary>Finds the place in a stream of TxCore frames where a connection is to be cut: in the middle of a frame, or at its end.</summary>
/// <param name="frame">The frame, from 1.</param>
/// <param name="inside">True to stop in its middle.</param>
internal sealed class FrameStop(int frame, bool inside)
{
    private const int LengthBytes = 4;
    private readonly byte[] _length = new byte[LengthBytes];
    private int _frame = 1;
    private int _inFrame;
    private int _frameBytes;

    /// <summary>Takes the next bytes; returns how many of them may pass. <paramref name="reached"/> when the rest must not.</summary>
    public int Pass(ReadOnlySpan<byte> bytes, out bool reached)
    {
        for (int passed = 0; passed < bytes.Length;)
        {
            int end = _inFrame < LengthBytes ? LengthBytes : _frame == frame && inside ? _frameBytes / 2 : _frameBytes;
            int step = Math.Min(end - _inFrame, bytes.Length - passed);
            if (_inFrame < LengthBytes)
            {
                bytes.Slice(passed, step).CopyTo(_length.AsSpan(_inFrame));
            }

            (_inFrame, passed) = (_inFrame + step, passed + step);
            if (_inFrame == LengthBytes)
            {
                _frameBytes = LengthBytes + (int)BinaryPrimitives.ReadUInt32LittleEndian(_length);
            }

            if (_frame == frame && _inFrame > LengthBytes && _inFrame == (inside ? _frameBytes / 2 : _frameBytes))
            {
                reached = true;
                return passed;
            }

            if (_inFrame > LengthBytes && _inFrame == _frameBytes)
            {
                (_frame, _inFrame) = (_frame + 1, 0);
            }
        }

        reached = false;
        return bytes.Length;
    }
}
