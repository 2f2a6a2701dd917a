namespace TxCore.Ticketing.Draws;

/// <summary>
/// Person keys by position, in chunks: it grows without copying what it holds, so ten million keys take 320 MB and never twice that.
/// One thread adds; what was added before another thread was told the count may be read by it.
/// </summary>
public sealed class PersonKeyList
{
    private const int ChunkBits = 14;
    private const int ChunkKeys = 1 << ChunkBits;
    private PersonKey[][] _chunks = [];

    /// <summary>Keys in the list.</summary>
    public int Count { get; private set; }

    /// <summary>The key at a position.</summary>
    public ref readonly PersonKey this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _chunks[index >> ChunkBits][index & (ChunkKeys - 1)];
        }
    }

    /// <summary>Adds a key behind the others.</summary>
    public void Add(in PersonKey key)
    {
        if (Count >> ChunkBits == _chunks.Length)
        {
            _chunks = [.. _chunks, new PersonKey[ChunkKeys]];
        }

        _chunks[Count >> ChunkBits][Count & (ChunkKeys - 1)] = key;
        Count++;
    }
}
