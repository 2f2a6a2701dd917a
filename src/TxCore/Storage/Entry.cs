using TxCore.Protocol;

namespace TxCore.Storage;

/// <summary>
/// The fixed fields of an entry of the sequence, as decided and as stored: what recovery applies. Times are microseconds since
/// 1970-01-01 UTC, money is cents, numbers and sequences start at 1.
/// </summary>
public struct Entry
{
    /// <summary>Number in the shard; no holes.</summary>
    public long Number;

    /// <summary>Business day as <c>YYYYMMDD</c>.</summary>
    public int BusinessDay;

    /// <summary>The source; 0 for entries the shard makes itself.</summary>
    public uint Source;

    /// <summary>The source's sequence; entries of the shard have a sequence of their own.</summary>
    public long Sequence;

    /// <summary>Number of the source's previous entry; 0 for its first.</summary>
    public long Previous;

    /// <summary>What it is.</summary>
    public MessageType Kind;

    /// <summary>The decision.</summary>
    public ResultCode Code;

    /// <summary>Sequence time: what the decision took as now.</summary>
    public long SequencedAt;

    /// <summary>When its bytes had arrived, by the host's clock.</summary>
    public long ReceivedAt;

    /// <summary>Fingerprint of the type and canonical body, to tell a repeat from a conflict.</summary>
    public long Fingerprint;

    /// <summary>The outlet of the source at that time; 0 for none.</summary>
    public int Outlet;

    /// <summary>The number it is about (cancelled ticket, confirmed hold); 0 for none.</summary>
    public long Reference;

    /// <summary>Amount taken, given back or paid; 0 for none.</summary>
    public long AmountCents;

    /// <summary>Hold: when it expires; 0 for none.</summary>
    public long ExpiresAt;

    /// <summary>Refusal: the line at fault, from 1; 0 for none.</summary>
    public byte FaultLine;

    /// <summary>Refusal: the field at fault.</summary>
    public BodyField FaultField;
}
