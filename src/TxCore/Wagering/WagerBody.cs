using TxCore.Protocol;

namespace TxCore.Wagering;

/// <summary>A line of a canonical wager body, read in place.</summary>
public readonly ref struct WagerLineView
{
    /// <summary>The race.</summary>
    public readonly RaceId Race;

    /// <summary>The pool.</summary>
    public readonly ushort Pool;

    /// <summary>The formula.</summary>
    public readonly Formula Formula;

    /// <summary>1 all orders, 2 spot.</summary>
    public readonly byte Flags;

    /// <summary>In all orders.</summary>
    public bool AllOrders => (Flags & 1) != 0;

    /// <summary>The host picks the missing runners.</summary>
    public bool Spot => (Flags & 2) != 0;

    /// <summary>Risk, or 0.</summary>
    public readonly byte Risk;

    /// <summary>Complement, or 0.</summary>
    public readonly byte Complement;

    /// <summary>Stake form.</summary>
    public readonly StakeForm StakeForm;

    /// <summary>Stake in its form.</summary>
    public readonly long Stake;

    /// <summary>Announced price, in cents.</summary>
    public readonly long AmountCents;

    /// <summary>Bases in order; 0 is a free place.</summary>
    public readonly ReadOnlySpan<byte> Bases;

    /// <summary>Associates.</summary>
    public readonly ReadOnlySpan<byte> Associates;

    /// <summary>Number of report legs.</summary>
    public readonly byte LegCount;

    private readonly WireReader _legs;

    /// <summary>The legs, to be read one after the other.</summary>
    public WagerLegs Legs => new(_legs, LegCount);

    /// <summary>The pool that the stake goes into: of a report, that of its first leg, which is in the line's race.</summary>
    public ushort StakePool()
    {
        var legs = Legs;
        return legs.TryNext(out var first) ? first.Pool : Pool;
    }

    internal WagerLineView(WireReader line)
    {
        Race = new RaceId(line.UInt32(), line.Byte(), line.Byte());
        Pool = line.UInt16();
        Formula = (Formula)line.Byte();
        Flags = line.Byte();
        Risk = line.Byte();
        Complement = line.Byte();
        StakeForm = (StakeForm)line.Byte();
        Stake = line.Int64();
        AmountCents = line.Int64();
        Bases = line.CountedBytes(Wire.RunnersMax);
        Associates = line.CountedBytes(Wire.RunnersMax);
        LegCount = line.Byte();
        _legs = line;
    }
}

/// <summary>A leg of a report line, read in place (<c>domain.md</c> section 1.9).</summary>
public readonly ref struct WagerLeg
{
    /// <summary>The race within the meeting of the line.</summary>
    public readonly byte Race;

    /// <summary>1: <see cref="Carry"/> is a percentage of the gains; 2: a multiple of the minimum stake.</summary>
    public readonly byte CarryForm;

    /// <summary>What is carried to the next leg, as the form says.</summary>
    public readonly ushort Carry;

    /// <summary>Pool of the leg.</summary>
    public readonly ushort Pool;

    /// <summary>Runners of the leg.</summary>
    public readonly ReadOnlySpan<byte> Bases;

    internal WagerLeg(WireReader leg)
    {
        Race = leg.Byte();
        CarryForm = leg.Byte();
        Carry = leg.UInt16();
        Pool = leg.UInt16();
        Bases = leg.CountedBytes(Wire.RunnersMax);
    }
}

/// <summary>The legs of a report line, read in place one by one.</summary>
public ref struct WagerLegs
{
    private WireReader _reader;
    private int _left;

    internal WagerLegs(WireReader reader, int count)
    {
        _reader = reader;
        _left = count;
    }

    /// <summary>Reads the next leg; false when there is none.</summary>
    public bool TryNext(out WagerLeg leg)
    {
        if (_left == 0)
        {
            leg = default;
            return false;
        }

        _left--;
        leg = new WagerLeg(_reader.Element());
        return true;
    }
}

/// <summary>A canonical wager body, read in place line by line.</summary>
public ref struct WagerBody
{
    private WireReader _reader;
    private int _linesLeft;

    /// <summary>Total price announced, in cents.</summary>
    public readonly long AmountCents;

    /// <summary>Number of lines.</summary>
    public readonly byte LineCount;

    /// <summary>How it is paid.</summary>
    public readonly PaymentMeans PaymentMeans;

    /// <summary>Player key; empty for none.</summary>
    public readonly ReadOnlySpan<byte> Player;

    /// <summary>True when a payment authorisation is named.</summary>
    public readonly bool HasAuthorisation;

    /// <summary>Bytes read so far; behind the last line, where the addendum begins.</summary>
    public readonly int Position => _reader.Position;

    /// <summary>Starts reading; the body was checked by <see cref="Storage.CanonicalBody"/>.</summary>
    public WagerBody(ReadOnlySpan<byte> body)
    {
        _reader = new WireReader(body);
        _reader.Bytes(8 + 8 + 4);
        PaymentMeans = (PaymentMeans)_reader.Byte();
        Player = _reader.CountedBytes(Wire.PersonKeyBytes);
        HasAuthorisation = !_reader.CountedBytes(Wire.AuthorisationBytesMax).IsEmpty;
        AmountCents = _reader.Int64();
        LineCount = _reader.Byte();
        _linesLeft = LineCount;
    }

    /// <summary>What is stored behind the last line, wherever the reading stands: the runners that the host picked, or nothing.</summary>
    internal readonly ReadOnlySpan<byte> Rest
    {
        get
        {
            var reader = _reader;
            for (int line = 0; line < _linesLeft; line++)
            {
                reader.Element();
            }

            return reader.Bytes(reader.Remaining);
        }
    }

    /// <summary>Reads the next line; false when there is none.</summary>
    public bool TryNext(out WagerLineView line)
    {
        if (_linesLeft == 0)
        {
            line = default;
            return false;
        }

        _linesLeft--;
        line = new WagerLineView(_reader.Element());
        return true;
    }
}
