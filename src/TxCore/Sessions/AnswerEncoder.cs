using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Sessions;

/// <summary>
/// Writes answers as frames straight from the event, without objects. The layout is that of the messages in TxCore.Protocol; a test
/// compares the two.
/// </summary>
public sealed class AnswerEncoder(ShardIdentity identity, ReceiptKeys keys)
{
    /// <summary>Largest frame this encoder writes.</summary>
    public const int FrameBytesMax = 512;

    /// <summary>Largest frame of an answer about a person.</summary>
    public const int PersonFrameBytesMax = 8 * 1024;

    /// <summary>Milliseconds a client waits before it sends again after BUSY.</summary>
    public const uint RetryAfterMilliseconds = 100;

    /// <summary>Writes the answer to a transaction or status query; returns the frame's length, 0 when there is none.</summary>
    public int Write(TxEvent work, Span<byte> frame)
    {
        var writer = new WireWriter(frame[Wire.HeaderBytes..]);
        MessageType type;
        switch (work.Answer)
        {
            case AnswerKind.Outcome:
                type = MessageType.Outcome;
                WriteOutcome(work, ref writer);
                break;
            case AnswerKind.NotDecided:
                type = MessageType.NotDecided;
                new NotDecided(work.Source, (ulong)work.Sequence, work.AnswerCode, (ulong)work.NextSequence, RetryAfter(work.AnswerCode))
                    .Write(ref writer);
                break;
            case AnswerKind.Status:
                type = MessageType.StatusReply;
                WriteStatus(work, ref writer);
                break;
            default:
                return 0;
        }

        Frame.WriteHeader(frame, type, writer.Position);
        return Wire.HeaderBytes + writer.Position;
    }

    /// <summary>Writes a refusal that never reached the ring.</summary>
    public static int WriteNotDecided(uint source, ulong sequence, ResultCode code, Span<byte> frame) =>
        Frame.Encode(new NotDecided(source, sequence, code, 0, RetryAfter(code)), frame);

    private static uint RetryAfter(ResultCode code) => code == ResultCode.Busy ? RetryAfterMilliseconds : 0;

    private void WriteStatus(TxEvent work, ref WireWriter writer)
    {
        writer.UInt32(work.Source);
        writer.UInt64((ulong)work.Sequence);
        writer.Byte((byte)work.Status);
        writer.UInt64(work.Status == TransactionStatus.Pending ? 0 : (ulong)work.NextSequence);
        int mark = writer.BeginElement();
        if (work.Status == TransactionStatus.Decided)
        {
            work.IsRepeat = true;
            WriteOutcome(work, ref writer);
        }

        writer.EndElement(mark);
    }

    private void WriteOutcome(TxEvent work, ref WireWriter writer)
    {
        ref readonly var entry = ref work.Entry;
        writer.UInt32(entry.Source);
        writer.UInt64((ulong)entry.Sequence);
        writer.UInt16((ushort)entry.Kind);
        writer.UInt16((ushort)entry.Code);
        writer.Byte(work.IsRepeat ? (byte)1 : (byte)0);
        writer.Byte((byte)work.State);
        writer.UInt64((ulong)entry.Number);
        writer.Int64(entry.SequencedAt);
        writer.UInt32((uint)entry.BusinessDay);
        writer.Int64(entry.AmountCents);
        writer.Int64(entry.ExpiresAt);
        writer.UInt64((ulong)entry.Reference);
        writer.Byte(entry.FaultLine);
        writer.Byte((byte)entry.FaultField);
        if (!IsPrintable(in entry, work.State))
        {
            writer.UInt16(0);
            WritePicks(work.Picks, ref writer);
            return;
        }

        Span<byte> text = stackalloc byte[Receipt.SerialChars];
        Receipt.WriteSerial(entry.Number, text);
        writer.CountedBytes(text);
        if (work.IsSealed)
        {
            Receipt.WriteControlCode(work.Seal, text);
        }
        else
        {
            Receipt.WriteControlCode(keys[work.KeyEpoch], identity.Shard, in entry, text);
        }

        writer.CountedBytes(text[..Receipt.ControlCodeChars]);
        WritePicks(work.Picks, ref writer);
    }

    private static void WritePicks(byte[]? picks, ref WireWriter writer)
    {
        if (picks is null)
        {
            writer.Byte(0);
            return;
        }

        writer.Bytes(picks);
    }

    /// <summary>True when the answer of an event will carry a control code.</summary>
    internal static bool NeedsSeal(TxEvent work) => work.Answer == AnswerKind.Outcome && IsPrintable(in work.Entry, work.State);

    /// <summary>Only what stands may be printed: a ticket that was cancelled or reversed since must not come out again.</summary>
    private static bool IsPrintable(in Entry entry, PresentState state) =>
        entry.Code == ResultCode.Accepted
        && ((entry.Kind is MessageType.Wager or MessageType.VoucherIssue && state == PresentState.Live) || (entry.Kind == MessageType.Confirm && state == PresentState.Confirmed));
}
