using System.Buffers.Binary;

namespace TxCore.Client;

/// <summary>Records of the outbox file, as they follow each other inside a group. All integers are little-endian.</summary>
internal static class OutboxRecords
{
    private const byte Append = 1;
    private const byte Complete = 2;

    // kind (1), sequence (8), frame length (4), then the frame
    private const int AppendHeadBytes = 1 + 8 + 4;

    // kind (1), sequence (8), number of the outcome (8)
    private const int CompleteBytes = 1 + 8 + 8;

    public static void WriteAppend(MemoryStream group, OutboxEntry entry)
    {
        Span<byte> head = stackalloc byte[AppendHeadBytes];
        head[0] = Append;
        BinaryPrimitives.WriteUInt64LittleEndian(head[1..], entry.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(head[9..], entry.Frame.Length);
        group.Write(head);
        group.Write(entry.Frame.Span);
    }

    public static void WriteComplete(MemoryStream group, ulong sequence, ulong number)
    {
        Span<byte> record = stackalloc byte[CompleteBytes];
        record[0] = Complete;
        BinaryPrimitives.WriteUInt64LittleEndian(record[1..], sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(record[9..], number);
        group.Write(record);
    }

    /// <summary>Applies the records of a whole group; false when they do not add up.</summary>
    public static bool TryApply(ReadOnlyMemory<byte> group, MemoryOutbox outbox)
    {
        while (!group.IsEmpty)
        {
            var span = group.Span;
            if (span[0] == Append && span.Length >= AppendHeadBytes)
            {
                int frameBytes = BinaryPrimitives.ReadInt32LittleEndian(span[9..]);
                if (frameBytes < 0 || frameBytes > span.Length - AppendHeadBytes)
                {
                    return false;
                }

                outbox.Append(new OutboxEntry(BinaryPrimitives.ReadUInt64LittleEndian(span[1..]), group.Slice(AppendHeadBytes, frameBytes)));
                group = group[(AppendHeadBytes + frameBytes)..];
            }
            else if (span[0] == Complete && span.Length >= CompleteBytes)
            {
                outbox.Complete(BinaryPrimitives.ReadUInt64LittleEndian(span[1..]), BinaryPrimitives.ReadUInt64LittleEndian(span[9..]));
                group = group[CompleteBytes..];
            }
            else
            {
                return false;
            }
        }

        return true;
    }
}
