using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>Body of the race controls, read in place: actors, reason, race, runner, latest stop.</summary>
public readonly ref struct RaceBody
{
    /// <summary>Bytes up to and with the race, which every message about a race begins with.</summary>
    public const int NameBytes = Wire.ControlHeaderBytes + RaceId.Bytes;

    /// <summary>Actors and reason.</summary>
    public readonly ControlHeader Control;

    /// <summary>The race.</summary>
    public readonly RaceId Race;

    /// <summary>The scratched runner, or 0.</summary>
    public readonly byte Runner;

    /// <summary>The new latest stop of a reopening, microseconds since 1970-01-01 UTC.</summary>
    public readonly long LatestStopAt;

    /// <summary>Reads a canonical body.</summary>
    public RaceBody(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        Control = new ControlHeader(reader.UInt32(), reader.UInt32(), reader.UInt16());
        Race = new RaceId(reader.UInt32(), reader.Byte(), reader.Byte());
        Runner = reader.Byte();
        LatestStopAt = reader.Int64();
    }
}

/// <summary>Body of a sale's definition, opening or closing, read in place.</summary>
public readonly ref struct SaleBody
{
    /// <summary>Bytes up to and with the sale, which every control of one begins with.</summary>
    public const int NameBytes = Wire.ControlHeaderBytes + sizeof(uint);

    /// <summary>Actors and reason.</summary>
    public readonly ControlHeader Control;

    /// <summary>The sale.</summary>
    public readonly uint Sale;

    /// <summary>Definition: when it closes by itself, microseconds since 1970-01-01 UTC.</summary>
    public readonly long ClosesAt;

    /// <summary>Definition: life of a hold, in seconds.</summary>
    public readonly uint HoldSeconds;

    /// <summary>Definition: what it asks of buyers.</summary>
    public readonly SaleTerms Terms;

    /// <summary>Reads a canonical body.</summary>
    public SaleBody(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        Control = new ControlHeader(reader.UInt32(), reader.UInt32(), reader.UInt16());
        Sale = reader.UInt32();
        ClosesAt = reader.Int64();
        HoldSeconds = reader.UInt32();
        Terms = new SaleTerms(reader.UInt32(), reader.UInt16(), reader.Byte(), reader.Byte(), reader.UInt32(), reader.UInt32());
    }
}

/// <summary>Body of a registration or withdrawal, read in place.</summary>
public readonly ref struct DrawEntryBody
{
    /// <summary>The draw.</summary>
    public readonly uint Draw;

    /// <summary>Who.</summary>
    public readonly PersonKey Person;

    /// <summary>Registration: consent flags.</summary>
    public readonly uint Consent;

    /// <summary>Reads a canonical body.</summary>
    public DrawEntryBody(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        reader.Int64();
        Draw = reader.UInt32();
        Person = PersonKey.Read(reader.Bytes(Wire.PersonKeyBytes));
        Consent = reader.UInt32();
    }
}

/// <summary>Body of a hold, read in place line by line.</summary>
public ref struct HoldBody
{
    private WireReader _reader;
    private int _linesLeft;

    /// <summary>The sale.</summary>
    public readonly uint Sale;

    /// <summary>Number of lines.</summary>
    public readonly byte LineCount;

    /// <summary>The person key: 32 bytes or none.</summary>
    public readonly ReadOnlySpan<byte> Person;

    /// <summary>Reads a canonical body.</summary>
    public HoldBody(ReadOnlySpan<byte> body)
    {
        _reader = new WireReader(body);
        _reader.Int64();
        Sale = _reader.UInt32();
        Person = _reader.CountedBytes(Wire.PersonKeyBytes);
        LineCount = _reader.Byte();
        _linesLeft = LineCount;
    }

    /// <summary>Reads the next line; false when there is none.</summary>
    public bool TryNext(out HoldLine line)
    {
        if (_linesLeft == 0)
        {
            line = default;
            return false;
        }

        _linesLeft--;
        var element = _reader.Element();
        line = new HoldLine(element.UInt32(), element.UInt16(), element.UInt16(), element.Byte());
        return true;
    }
}

/// <summary>Reads the bodies that are rare enough for objects.</summary>
internal static class Bodies
{
    public static RaceDefine RaceDefine(ReadOnlySpan<byte> body) => Decode<RaceDefine>(body);

    public static CellsDefine CellsDefine(ReadOnlySpan<byte> body) => Decode<CellsDefine>(body);

    /// <summary>Decodes a canonical body by putting an empty transaction header in front of it, which is all that the wire form has more.</summary>
    public static T Decode<T>(ReadOnlySpan<byte> body)
        where T : IMessage<T>
    {
        byte[] payload = new byte[Wire.TransactionHeaderBytes + body.Length];
        body.CopyTo(payload.AsSpan(Wire.TransactionHeaderBytes));
        return Frame.TryDecode<T>(payload, out var message)
            ? message
            : throw new InvalidDataException($"A stored {T.Type} cannot be read.");
    }
}
