using TxCore.Protocol;

namespace TxCore.Wagering.Totals;

/// <summary>The runners that the host picked for the lines of a stored wager, read in place from behind its last line, as <c>Outcome.picks</c> has them.</summary>
internal readonly ref struct LinePicks
{
    private readonly WireReader _elements;
    private readonly int _count;

    /// <summary>The picks behind the canonical body; none when it ends there.</summary>
    public LinePicks(ReadOnlySpan<byte> body)
    {
        var wager = new WagerBody(body);
        while (wager.TryNext(out _))
        {
            // Only the end of the last line is wanted.
        }

        _elements = new WireReader(body[wager.Position..]);
        _count = wager.Position < body.Length ? _elements.Byte() : 0;
    }

    /// <summary>The runners picked for a line, from 1; empty for none.</summary>
    public ReadOnlySpan<byte> Of(int line)
    {
        var elements = _elements;
        for (int i = 0; i < _count; i++)
        {
            var element = elements.Element();
            if (element.Byte() == line)
            {
                return element.CountedBytes(Wire.RunnersMax);
            }
        }

        return default;
    }
}
