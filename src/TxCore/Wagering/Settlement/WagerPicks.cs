using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>
/// The runners that the host picked for lines with spot (<c>domain.md</c> section 1.4), read in place from behind the canonical body of a
/// stored wager: count (1 byte), then elements of line (1 byte) and counted runners, as in the outcome. Nothing behind the body: no picks.
/// </summary>
public readonly ref struct WagerPicks
{
    private readonly WireReader _elements;
    private readonly int _count;

    /// <summary>Starts reading what lies behind the canonical body.</summary>
    public WagerPicks(ReadOnlySpan<byte> rest)
    {
        var reader = new WireReader(rest);
        _count = rest.IsEmpty ? 0 : reader.Byte();
        _elements = reader;
    }

    /// <summary>The picks of a stored wager.</summary>
    public static WagerPicks Of(in WagerBody body) => new(body.Rest);

    /// <summary>The runners picked for a line, from 1, in order; empty when the host picked none.</summary>
    public ReadOnlySpan<byte> For(int line)
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
