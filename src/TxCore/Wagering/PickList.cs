using System.Buffers.Binary;

namespace TxCore.Wagering;

/// <summary>The runners picked for the lines of one wager, written as <c>Outcome.picks</c> has them. Reused from wager to wager.</summary>
internal sealed class PickList
{
    private const int ElementBytes = 2 + 1 + 1;
    private readonly byte[] _bytes = new byte[1 + (Protocol.Wire.LinesMax * (ElementBytes + Protocol.Wire.RunnersMax))];
    private int _length = 1;

    /// <summary>Lines with picks.</summary>
    public int Count => _bytes[0];

    /// <summary>Forgets the picks.</summary>
    public void Clear()
    {
        _bytes[0] = 0;
        _length = 1;
    }

    /// <summary>Adds a line; returns where its runners go.</summary>
    public Span<byte> Add(byte line, int runners)
    {
        var element = _bytes.AsSpan(_length, ElementBytes + runners);
        BinaryPrimitives.WriteUInt16LittleEndian(element, (ushort)(element.Length - sizeof(ushort)));
        element[2] = line;
        element[3] = (byte)runners;
        _bytes[0]++;
        _length += element.Length;
        return element[ElementBytes..];
    }

    /// <summary>The list as stored and sent.</summary>
    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();
}
