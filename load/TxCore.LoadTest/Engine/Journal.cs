using System.Runtime.InteropServices;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Engine;

/// <summary>How far a transaction got.</summary>
internal enum Progress : byte
{
    /// <summary>Sent, no answer yet.</summary>
    Waiting,

    /// <summary>Answered by a decision.</summary>
    Answered,

    /// <summary>The client gave up on it.</summary>
    Failed,

    /// <summary>Never sent: too many were without an answer already.</summary>
    Dropped,
}

/// <summary>One transaction of the run: what was sent, what the tool expects, and what was answered.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct JournalEntry
{
    // Filled by the generator.
    public long PlannedAt;
    public long SentAt;
    public ulong Sequence;
    public ulong Reference;
    public long ExpectedAmountCents;
    public uint Source;
    public int FirstLine;
    public byte LineCount;
    public bool IsMeasured;
    public bool MaySellOut;
    public MessageType Kind;
    public ResultCode ExpectedCode;
    public ResultCode MayBe;

    // Filled by the answer.
    public ulong Number;
    public long AmountCents;
    public long SequencedAt;
    public long ExpiresAt;
    public ulong AnsweredReference;
    public ResultCode Code;
    public Progress Progress;

    /// <summary>Takes the answer: the part of it that is compared with the database.</summary>
    public void Answer(Outcome outcome)
    {
        // A reversal that came in its place decided the sequence: that is what is stored then.
        Kind = outcome.TransactionType == MessageType.Reversal ? MessageType.Reversal : Kind;
        Number = outcome.Number;
        Code = outcome.Code;
        AmountCents = outcome.AmountCents;
        SequencedAt = outcome.SequencedAt;
        ExpiresAt = outcome.ExpiresAt;
        AnsweredReference = outcome.Reference;
        Progress = Progress.Answered;
    }

    /// <summary>The tool knows of no reason why the server should decide otherwise.</summary>
    public readonly bool IsAsExpected =>
        Code == ExpectedCode ? AmountCents == (Code == ResultCode.Accepted ? ExpectedAmountCents : 0)
        : Code != ResultCode.Accepted && (Code == MayBe || (MaySellOut && Code == ResultCode.SoldOut));
}

/// <summary>A line of a wager or hold as the tool priced it.</summary>
internal readonly record struct JournalLine(long Race, ushort Pool, uint Session, ushort Category, int Quantity, long AmountCents)
{
    public static JournalLine Wager(long race, ushort pool, long amountCents) => new(race, pool, 0, 0, 0, amountCents);

    public static JournalLine Seats(uint session, ushort category, int quantity, long amountCents) =>
        new(0, 0, session, category, quantity, amountCents);
}

/// <summary>
/// Everything the run sent, in memory, for the comparison with the database afterwards. Whoever sends appends; the answer of an entry is
/// written by whoever receives it. Entries are plain values in large blocks: millions of them cost the garbage collector nothing.
/// </summary>
internal sealed class Journal
{
    private const int BlockLength = 4096;

    private JournalEntry[][] _blocks = new JournalEntry[64][];
    private JournalLine[] _lines = new JournalLine[BlockLength];
    private readonly Lock _appending = new();
    private int _lineCount;
    private int _count;

    /// <summary>Entries so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The entry appended as the <paramref name="index"/>th.</summary>
    public ref JournalEntry this[int index] => ref Volatile.Read(ref _blocks)[index / BlockLength][index % BlockLength];

    /// <summary>Appends an entry with its lines; returns its index.</summary>
    public int Append(in JournalEntry entry, ReadOnlySpan<JournalLine> lines)
    {
        using var turn = _appending.EnterScope();
        int index = _count;
        EnsureBlock(index / BlockLength);
        ref var slot = ref this[index];
        slot = entry;
        slot.FirstLine = _lineCount;
        slot.LineCount = (byte)lines.Length;
        AppendLines(lines);
        Volatile.Write(ref _count, index + 1);
        return index;
    }

    /// <summary>The lines of an entry below <see cref="Count"/>; by any thread.</summary>
    public ReadOnlySpan<JournalLine> LinesOf(in JournalEntry entry) =>
        Volatile.Read(ref _lines).AsSpan(entry.FirstLine, entry.LineCount);

    private void AppendLines(ReadOnlySpan<JournalLine> lines)
    {
        if (_lineCount + lines.Length > _lines.Length)
        {
            // A check during the run may read the old table, which has all that it looks for.
            var larger = new JournalLine[_lines.Length * 2];
            _lines.CopyTo(larger, 0);
            Volatile.Write(ref _lines, larger);
        }

        lines.CopyTo(_lines.AsSpan(_lineCount));
        _lineCount += lines.Length;
    }

    private void EnsureBlock(int block)
    {
        if (block == _blocks.Length)
        {
            // Readers of the old table see the same blocks.
            var larger = new JournalEntry[_blocks.Length * 2][];
            _blocks.CopyTo(larger, 0);
            Volatile.Write(ref _blocks, larger);
        }

        _blocks[block] ??= new JournalEntry[BlockLength];
    }
}
