using TxCore.Protocol;

namespace TxCore.Simulation.Clients;

/// <summary>What a client sent under a sequence: a frame, and what it means.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Message">The message.</param>
/// <param name="Frame">The whole frame.</param>
internal sealed record Content(MessageType Type, object Message, byte[] Frame)
{
    public long Deadline => BitConverter.ToInt64(Frame, Wire.HeaderBytes + sizeof(uint) + sizeof(ulong));

    public ReadOnlySpan<byte> Body => Frame.AsSpan(Wire.HeaderBytes + Wire.TransactionHeaderBytes);
}

/// <summary>A sequence of a source: what was sent under it and what was answered.</summary>
internal sealed class Submission(long sequence, Content content)
{
    public long Sequence { get; } = sequence;

    /// <summary>What is sent now.</summary>
    public Content Content { get; set; } = content;

    /// <summary>What was sent before, when a reversal took the place of a transaction whose answer did not come.</summary>
    public Content? Before { get; set; }

    /// <summary>The first answer, without what may change in a repeat; null before.</summary>
    public byte[]? Outcome { get; set; }

    public ResultCode Code { get; set; }

    public long Number { get; set; }

    public long AmountCents { get; set; }

    /// <summary>The control code that was told; null when none was.</summary>
    public byte[]? ControlCode { get; set; }

    /// <summary>The connection it was last sent on.</summary>
    public int SentOn { get; set; }

    public long SentAt { get; set; }

    public bool IsAnswered => Outcome is not null;

    public bool IsAccepted => IsAnswered && Code == ResultCode.Accepted;

    /// <summary>A cancellation, reversal or confirmation of it was begun.</summary>
    public bool IsUsed { get; set; }
}
