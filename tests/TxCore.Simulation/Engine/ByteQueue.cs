namespace TxCore.Simulation.Engine;

/// <summary>Bytes on their way, first in, first out.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = new byte[1024];
    private int _first;
    private int _end;

    public int Count => _end - _first;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_first, Count);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_end + bytes.Length > _bytes.Length)
        {
            byte[] room = Count + bytes.Length > _bytes.Length / 2 ? new byte[Math.Max(_bytes.Length * 2, (Count + bytes.Length) * 2)] : _bytes;
            Span.CopyTo(room);
            (_bytes, _end, _first) = (room, Count, 0);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Drop(int count)
    {
        _first += count;
        if (_first == _end)
        {
            _first = _end = 0;
        }
    }
}
