namespace TxCore.Protocol.Messages;

/// <summary>Starts every transaction and control: its name and until when it may be decided.</summary>
/// <param name="Source">The source, as logged on.</param>
/// <param name="Sequence">The source's sequence, from 1, without holes, for ever.</param>
/// <param name="Deadline">Microseconds since 1970-01-01 UTC after which it must not be taken, in sequence time; 0 for none.</param>
public readonly record struct TransactionHeader(uint Source, ulong Sequence, long Deadline)
{
    internal static TransactionHeader Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt64(), reader.Int64());

    internal void Write(ref WireWriter writer)
    {
        writer.UInt32(Source);
        writer.UInt64(Sequence);
        writer.Int64(Deadline);
    }
}

/// <summary>Follows the transaction header in every control: who asks for it and why.</summary>
/// <param name="Actor">The person at the controls, by number; required.</param>
/// <param name="SecondActor">A second, different person where the control needs one; else 0.</param>
/// <param name="Reason">Reason code; the operator's own list, 0 for none.</param>
public readonly record struct ControlHeader(uint Actor, uint SecondActor, ushort Reason)
{
    internal static ControlHeader Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt32(), reader.UInt16());

    internal void Write(ref WireWriter writer)
    {
        writer.UInt32(Actor);
        writer.UInt32(SecondActor);
        writer.UInt16(Reason);
    }
}
