using System.Runtime.InteropServices;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Engine;

/// <summary>One transaction of a ticket sale: what was asked, and what was answered. Plain and small: a large run has tens of millions.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct SentItem
{
    /// <summary>No person.</summary>
    public const int Nobody = -1;

    // Asked.
    public MessageType Kind;

    /// <summary>The person's index, of which the key is made; <see cref="Nobody"/> for none.</summary>
    public int Person;

    /// <summary>The sale of a hold or wait, the consent flags of a registration.</summary>
    public uint Subject;

    /// <summary>The hold, order or wait it is about.</summary>
    public uint Reference;

    /// <summary>The amount of a confirmation or authorisation.</summary>
    public int AskedCents;

    /// <summary>Where its lines begin; the number of a payment authorisation, 0 for none; where a control is kept.</summary>
    public int Detail;

    /// <summary>Lines of a hold or wait; the line of a return.</summary>
    public byte Lines;

    /// <summary>Seats of a return.</summary>
    public ushort Quantity;

    // Answered.
    public Progress Progress;
    public ResultCode Code;
    public uint Number;
    public uint AnsweredReference;
    public int AmountCents;
    public long SequencedAt;
    public long ExpiresAt;

    public void Answer(Outcome outcome)
    {
        Code = outcome.Code;
        Number = checked((uint)outcome.Number);
        AnsweredReference = checked((uint)outcome.Reference);
        AmountCents = checked((int)outcome.AmountCents);
        SequencedAt = outcome.SequencedAt;
        ExpiresAt = outcome.ExpiresAt;
        Progress = Progress.Answered;
    }
}

/// <summary>What one source sent, by sequence. Any thread writes an item of its own; blocks stay where they are.</summary>
internal sealed class SentLog
{
    private const int BlockLength = 16 * 1024;

    private readonly Lock _growing = new();
    private SentItem[]?[] _blocks = new SentItem[]?[16];
    private long _count;

    /// <summary>The highest sequence so far.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The item of a sequence, from 1.</summary>
    public ref SentItem this[ulong sequence]
    {
        get
        {
            long index = (long)sequence - 1;
            return ref Volatile.Read(ref _blocks)[index / BlockLength]![index % BlockLength];
        }
    }

    /// <summary>Notes what was sent under a sequence.</summary>
    public void Add(ulong sequence, in SentItem item)
    {
        long block = ((long)sequence - 1) / BlockLength;
        lock (_growing)
        {
            while (block >= _blocks.Length)
            {
                // Readers of the old table see the same blocks.
                var larger = new SentItem[]?[_blocks.Length * 2];
                _blocks.CopyTo(larger, 0);
                Volatile.Write(ref _blocks, larger);
            }

            _blocks[block] ??= new SentItem[BlockLength];
            Volatile.Write(ref _count, Math.Max(_count, (long)sequence));
        }

        this[sequence] = item;
    }
}

/// <summary>Everything a ticket sale sent: a log for each source, the lines of its holds, its controls.</summary>
internal sealed class SentBook
{
    private readonly Lock _adding = new();
    private readonly Dictionary<uint, SentLog> _logs = [];
    private readonly List<HoldLine> _lines = [];
    private readonly List<object> _controls = [];
    private int _authorisations;

    /// <summary>The logs by source.</summary>
    public IReadOnlyDictionary<uint, SentLog> Logs => _logs;

    /// <summary>The log of a source; made by its first use, before the run.</summary>
    public SentLog LogOf(uint source)
    {
        lock (_adding)
        {
            return CollectionsMarshal.GetValueRefOrAddDefault(_logs, source, out _) ??= new SentLog();
        }
    }

    /// <summary>Keeps lines; returns where they begin.</summary>
    public int AddLines(ReadOnlySpan<HoldLine> lines)
    {
        lock (_adding)
        {
            int first = _lines.Count;
            _lines.AddRange(lines);
            return first;
        }
    }

    /// <summary>Keeps a control; returns where.</summary>
    public int AddControl(object control)
    {
        lock (_adding)
        {
            _controls.Add(control);
            return _controls.Count - 1;
        }
    }

    /// <summary>A payment authorisation nobody had before.</summary>
    public int NextAuthorisation() => Interlocked.Increment(ref _authorisations);

    /// <summary>The authorisation as the payment provider names it.</summary>
    public static byte[] AuthorisationBytes(int authorisation) =>
        authorisation == 0 ? [] : System.Text.Encoding.ASCII.GetBytes($"PSP-{authorisation:D9}");

    /// <summary>The lines of a hold or wait; after the run.</summary>
    public ReadOnlySpan<HoldLine> LinesOf(in SentItem item) => CollectionsMarshal.AsSpan(_lines).Slice(item.Detail, item.Lines);

    /// <summary>A control as it was sent; after the run.</summary>
    public object ControlOf(in SentItem item) => _controls[item.Detail];
}
