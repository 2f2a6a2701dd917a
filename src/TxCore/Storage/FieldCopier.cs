using System.Buffers.Binary;

namespace TxCore.Storage;

/// <summary>
/// Copies the known fields of a body from source to destination and leaves out what an element has beyond them. Elements nest two
/// deep (a line and its legs), which is all the protocol has.
/// </summary>
internal ref struct FieldCopier(ReadOnlySpan<byte> source, Span<byte> destination)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private readonly Span<byte> _destination = destination;
    private int _read;
    private Level _outer;
    private Level _inner;
    private int _depth;

    public bool Failed { get; private set; }

    public int Length { get; private set; }

    public void Fail() => Failed = true;

    public void Fixed(int count)
    {
        if (Failed || count > End - _read)
        {
            Failed = true;
            return;
        }

        _source.Slice(_read, count).CopyTo(_destination[Length..]);
        _read += count;
        Length += count;
    }

    public void Counted(int max)
    {
        int count = CountByte(0, max);
        Fixed(count);
    }

    public int CountByte(int min, int max)
    {
        int at = _read;
        Fixed(1);
        return Failed ? 0 : Checked(_source[at], min, max);
    }

    public int CountUInt16(int min, int max)
    {
        int at = _read;
        Fixed(2);
        return Failed ? 0 : Checked(BinaryPrimitives.ReadUInt16LittleEndian(_source[at..]), min, max);
    }

    public void BeginElement()
    {
        int at = _read;
        int mark = Length;
        Fixed(2);
        if (Failed)
        {
            return;
        }

        int size = BinaryPrimitives.ReadUInt16LittleEndian(_source[at..]);
        if (size > End - _read)
        {
            Failed = true;
            return;
        }

        _depth++;
        if (_depth == 1)
        {
            _outer = new Level(_read + size, mark);
        }
        else
        {
            _inner = new Level(_read + size, mark);
        }
    }

    public void EndElement()
    {
        if (Failed)
        {
            return;
        }

        var level = _depth == 1 ? _outer : _inner;
        _read = level.End;
        BinaryPrimitives.WriteUInt16LittleEndian(_destination[level.Mark..], (ushort)(Length - level.Mark - 2));
        _depth--;
    }

    private readonly int End => _depth switch
    {
        0 => _source.Length,
        1 => _outer.End,
        _ => _inner.End,
    };

    private int Checked(int count, int min, int max)
    {
        if (count >= min && count <= max)
        {
            return count;
        }

        Failed = true;
        return 0;
    }

    private readonly record struct Level(int End, int Mark);
}
