using System.Buffers.Binary;

namespace TxCore.Protocol;

/// <summary>Sizes and limits of the wire format, all of them in bytes or counts. Normative text: PROTOCOL.md.</summary>
public static class Wire
{
    /// <summary>The protocol version this assembly speaks; the byte after the message type in every frame.</summary>
    public const byte Version = 1;

    /// <summary>Bytes of the length field that starts a frame. The length counts what follows it.</summary>
    public const int LengthBytes = 4;

    /// <summary>Bytes of a frame header: length (4), type (2), version (1), flags (1).</summary>
    public const int HeaderBytes = LengthBytes + 2 + 1 + 1;

    /// <summary>The largest frame, header included, that either side accepts.</summary>
    public const int FrameBytesMax = 64 * 1024;

    /// <summary>Bytes of the header of a transaction or control: source (4), sequence (8), deadline (8).</summary>
    public const int TransactionHeaderBytes = 4 + 8 + 8;

    /// <summary>Bytes of the control header that follows the transaction header: actor (4), second actor (4), reason (2).</summary>
    public const int ControlHeaderBytes = 4 + 4 + 2;

    /// <summary>Most lines of a wager.</summary>
    public const int LinesMax = 20;

    /// <summary>Most lines of a hold: ten packs of three sessions.</summary>
    public const int HoldLinesMax = 30;

    /// <summary>Bytes of a SHA-256 hash, a commitment, a secret or the randomness of a beacon.</summary>
    public const int HashBytes = 32;

    /// <summary>Most bytes of a draw's name.</summary>
    public const int DrawNameBytesMax = 32;

    /// <summary>Most bytes of the name of a beacon's chain.</summary>
    public const int BeaconChainBytesMax = 64;

    /// <summary>Most bytes of a beacon's signature (BLS: 48 or 96).</summary>
    public const int BeaconSignatureBytesMax = 128;

    /// <summary>Most persons excluded by one message.</summary>
    public const int ExcludedMax = 1000;

    /// <summary>Most waves of a draw.</summary>
    public const int WavesMax = 500;

    /// <summary>Most holds, and most waiting list entries, told of one person.</summary>
    public const int PersonItemsMax = 50;

    /// <summary>Most payment orders in one page.</summary>
    public const int PaymentsMax = 500;

    /// <summary>Most legs of a report (parlay) line.</summary>
    public const int LegsMax = 10;

    /// <summary>Most runners in a race, bases or associates in a line (<c>domain.md</c>: runner numbers are 1..20 in practice, a mask holds 31).</summary>
    public const int RunnersMax = 31;

    /// <summary>Bytes of a person key (HMAC-SHA-256).</summary>
    public const int PersonKeyBytes = 32;

    /// <summary>Most bytes of a payment authorisation reference.</summary>
    public const int AuthorisationBytesMax = 32;

    /// <summary>Most bytes of a SCRAM message.</summary>
    public const int ScramBytesMax = 1024;

    /// <summary>Most pools of a race.</summary>
    public const int PoolsMax = 40;

    /// <summary>Most dividends of a pool in one message.</summary>
    public const int DividendsMax = 1000;

    /// <summary>Most players in one part of a list.</summary>
    public const int BarredPlayersMax = 1000;

    /// <summary>Most inventory cells in one definition message.</summary>
    public const int CellsMax = 1000;

    /// <summary>The type of a frame without removing it; <see cref="MessageType.None"/> when the header is not complete.</summary>
    public static MessageType PeekType(ReadOnlySpan<byte> frame) =>
        frame.Length < HeaderBytes ? MessageType.None : (MessageType)BinaryPrimitives.ReadUInt16LittleEndian(frame[LengthBytes..]);
}
