using System.Numerics;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>A decision as kept for repeats: what its outcome is made of.</summary>
public struct OutcomeRecord
{
    /// <summary>The fixed fields that an outcome tells.</summary>
    public Entry Entry;

    /// <summary>Control-code key epoch at its decision.</summary>
    public ushort KeyEpoch;

    /// <summary>The runners that the host picked; null for none.</summary>
    public byte[]? Picks;
}

/// <summary>
/// One source's place in the sequence. Written by the deciding thread alone; <see cref="Next"/>, <see cref="RecentFloor"/> and the
/// marks are read by sessions too, which only need values that were true a moment ago.
/// </summary>
public sealed class SourceState(uint id, int window)
{
    /// <summary>Every how many sequences the number is remembered, so that an older entry is at most that many steps away.</summary>
    public const int MarkInterval = 16;

    private OutcomeRecord[] _recent = new OutcomeRecord[8];
    private int _recentMax = Math.Max(8, (int)BitOperations.RoundUpToPowerOf2((uint)window));
    private long _next = 1;
    private long _floor = 1;
    private long[] _marks = [];
    private int _markCount;
    private long _firstMark;
    private int _marksAtDayStart;

    /// <summary>The source.</summary>
    public uint Id { get; } = id;

    /// <summary>The next sequence expected.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>The lowest sequence whose decision is in memory.</summary>
    public long RecentFloor => Volatile.Read(ref _floor);

    /// <summary>Number of its last entry; 0 for none.</summary>
    public long LastNumber { get; private set; }

    /// <summary>The connection that may submit for it; 0 for none since the start.</summary>
    public ulong SessionId { get; set; }

    /// <summary>Counts its logons since the start.</summary>
    public ulong SessionEpoch { get; set; }

    /// <summary>Lets the decisions kept grow with the source's window.</summary>
    public void AllowWindow(int window) => _recentMax = Math.Max(_recentMax, (int)BitOperations.RoundUpToPowerOf2((uint)window));

    /// <summary>Finds a decision in memory.</summary>
    public bool TryFindRecent(long sequence, out OutcomeRecord record)
    {
        record = _recent[sequence & (_recent.Length - 1)];
        return record.Entry.Sequence == sequence && sequence > 0;
    }

    /// <summary>Takes in the entry of the next sequence.</summary>
    public void Record(in Entry entry, ushort keyEpoch, byte[]? picks)
    {
        if (entry.Sequence != _next || entry.Previous != LastNumber)
        {
            throw new InvalidDataException(
                $"Source {Id}: entry {entry.Number} has sequence {entry.Sequence} after {_next - 1} and previous number {entry.Previous} after {LastNumber}.");
        }

        if (entry.Sequence - _floor == _recent.Length && _recent.Length < _recentMax)
        {
            Grow();
        }

        _recent[entry.Sequence & (_recent.Length - 1)] = new OutcomeRecord { Entry = entry, KeyEpoch = keyEpoch, Picks = picks };
        LastNumber = entry.Number;
        if (entry.Sequence % MarkInterval == 0)
        {
            AddMark(entry.Sequence / MarkInterval, entry.Number);
        }

        Volatile.Write(ref _floor, Math.Max(_floor, entry.Sequence + 1 - _recent.Length));
        Volatile.Write(ref _next, entry.Sequence + 1);
    }

    /// <summary>A number of this source at or shortly after <paramref name="sequence"/>; 0 when it lies before the days remembered.</summary>
    public long NumberAtOrAfter(long sequence)
    {
        var marks = Volatile.Read(ref _marks);
        int count = Math.Min(Volatile.Read(ref _markCount), marks.Length);
        long first = Volatile.Read(ref _firstMark);
        long mark = (sequence + MarkInterval - 1) / MarkInterval;
        if (mark - first >= count)
        {
            return LastNumber;
        }

        return mark < first ? 0 : marks[mark - first];
    }

    /// <summary>Forgets the marks of the day before the one that ends.</summary>
    public void StartDay()
    {
        int drop = _marksAtDayStart;
        _marksAtDayStart = _markCount - drop;
        if (drop == 0)
        {
            return;
        }

        long[] kept = _marks[drop.._markCount];
        Volatile.Write(ref _markCount, 0);
        Volatile.Write(ref _marks, kept);
        Volatile.Write(ref _firstMark, _firstMark + drop);
        Volatile.Write(ref _markCount, kept.Length);
    }

    internal void Save(SnapshotWriter writer)
    {
        writer.Int64(Id);
        writer.Int64(_recentMax);
        writer.Int64(_next);
        writer.Int64(LastNumber);
        writer.Int64(_firstMark);
        writer.Int64(_marksAtDayStart);
        writer.Int64(_markCount);
        for (int i = 0; i < _markCount; i++)
        {
            writer.Int64(_marks[i]);
        }

        writer.Int64(_floor);
        for (long sequence = _floor; sequence < _next; sequence++)
        {
            writer.Record(in _recent[sequence & (_recent.Length - 1)]);
        }
    }

    internal static SourceState Load(ref SnapshotReader reader)
    {
        var source = new SourceState((uint)reader.Int64(), (int)reader.Int64())
        {
            _next = reader.Int64(),
            LastNumber = reader.Int64(),
            _firstMark = reader.Int64(),
            _marksAtDayStart = (int)reader.Int64(),
        };
        source._markCount = reader.Count();
        source._marks = new long[source._markCount];
        for (int i = 0; i < source._markCount; i++)
        {
            source._marks[i] = reader.Int64();
        }

        source._floor = reader.Int64();
        long kept = source._next - source._floor;
        if (kept < 0 || kept > source._recentMax)
        {
            throw new InvalidDataException($"Source {source.Id} of the snapshot keeps {kept} decisions.");
        }

        source._recent = new OutcomeRecord[Math.Max(8, (int)BitOperations.RoundUpToPowerOf2((uint)kept))];
        for (long i = 0; i < kept; i++)
        {
            var record = reader.Record();
            source._recent[record.Entry.Sequence & (source._recent.Length - 1)] = record;
        }

        return source;
    }

    private void Grow()
    {
        var larger = new OutcomeRecord[_recent.Length * 2];
        foreach (var record in _recent)
        {
            larger[record.Entry.Sequence & (larger.Length - 1)] = record;
        }

        _recent = larger;
    }

    private void AddMark(long mark, long number)
    {
        if (_markCount == 0)
        {
            Volatile.Write(ref _firstMark, mark);
        }

        if (_markCount == _marks.Length)
        {
            long[] larger = new long[Math.Max(4, _marks.Length * 2)];
            _marks.AsSpan(0, _markCount).CopyTo(larger);
            Volatile.Write(ref _marks, larger);
        }

        _marks[_markCount] = number;
        Volatile.Write(ref _markCount, _markCount + 1);
    }
}
