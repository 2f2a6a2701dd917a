using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// What one row shows by itself and against the rows before it: checksum, number, line, its source's sequence, time. The first entry of each
/// source is kept for <see cref="SourceLedger"/>, which knows what came before.
/// </summary>
internal sealed class RowCheck
{
    private readonly short _shard;
    private readonly Dictionary<uint, (long Number, long Sequence)> _sources = [];
    private readonly List<FirstOfSource> _firsts = [];
    private short _lastLine;

    public RowCheck(short shard, long afterNumber)
    {
        _shard = shard;
        LastNumber = afterNumber;
    }

    /// <summary>The first entry of each source, in order.</summary>
    public IReadOnlyList<FirstOfSource> Firsts => _firsts;

    /// <summary>The last entry of each source.</summary>
    public IReadOnlyDictionary<uint, (long Number, long Sequence)> Lasts => _sources;

    /// <summary>Sequence time of the first entry; 0 when there is none.</summary>
    public long FirstTime { get; private set; }

    /// <summary>Sequence time of the last entry.</summary>
    public long LastTime { get; private set; } = long.MinValue;

    /// <summary>Number of the last row that fitted.</summary>
    public long LastNumber { get; private set; }

    /// <summary>Reads a row; its number may be trusted once its checksum fits.</summary>
    public StoredRow Read(in CopiedRow row, long batch)
    {
        // What a row says of itself is what its key columns say; in plain form the whole of it is checked against them.
        if (!StoredRow.TryRead(row.Columns, out var keys))
        {
            throw Fault(batch, LastNumber, _lastLine, "the row after this one cannot be read");
        }

        var stored = keys;
        if (row.IsPlain && !StoredRow.TryRead(row.Tuple, out stored))
        {
            throw Fault(batch, keys.Entry.Number, keys.Line, "the plain form cannot be read");
        }

        if (stored.Checksum != RowWriter.Checksum(row.Tuple[..^RowFormat.ChecksumFieldBytes]))
        {
            throw Fault(batch, keys.Entry.Number, keys.Line, "the row does not have the checksum it was written with");
        }

        if (row.IsPlain && (stored.Checksum != keys.Checksum || !Keys(row.Columns).SequenceEqual(Keys(row.Tuple))))
        {
            throw Fault(batch, keys.Entry.Number, keys.Line, "the key columns are not those of the plain form");
        }

        return stored;
    }

    /// <summary>Checks a row against those before it.</summary>
    public void Check(in StoredRow stored, in CopiedRow row, long batch)
    {
        ref readonly var entry = ref stored.Entry;
        if (stored.Shard != _shard)
        {
            throw Fault(batch, entry.Number, stored.Line, $"the row is of shard {stored.Shard}");
        }

        if (entry.Number == LastNumber && stored.Line == _lastLine + 1)
        {
            _lastLine = stored.Line;
            return;
        }

        CheckFirstLine(stored, batch);
        CheckSource(entry, batch);
        if (entry.SequencedAt < LastTime)
        {
            throw Fault(batch, entry.Number, stored.Line, "its sequence time is earlier than that of the entry before");
        }

        FirstTime = FirstTime == 0 ? entry.SequencedAt : FirstTime;
        (LastNumber, _lastLine, LastTime) = (entry.Number, stored.Line, entry.SequencedAt);
    }

    private void CheckFirstLine(in StoredRow stored, long batch)
    {
        long number = stored.Entry.Number;
        if (number == LastNumber)
        {
            throw Fault(batch, number, stored.Line, $"the line follows line {_lastLine}: one is missing or there twice");
        }

        if (number != LastNumber + 1)
        {
            throw Fault(batch, LastNumber + 1, 1, $"the entry is missing: the next one is {number}");
        }

        if (stored.Line != 1)
        {
            throw Fault(batch, number, 1, $"the line is missing: the first one is {stored.Line}");
        }
    }

    private void CheckSource(in Entry entry, long batch)
    {
        if (_sources.TryGetValue(entry.Source, out var last))
        {
            if (entry.Previous != last.Number || entry.Sequence != last.Sequence + 1)
            {
                throw SourceLedger.Broken(new FirstOfSource(batch, entry.Source, entry.Number, entry.Sequence, entry.Previous), last.Number, last.Sequence);
            }
        }
        else
        {
            _firsts.Add(new FirstOfSource(batch, entry.Source, entry.Number, entry.Sequence, entry.Previous));
        }

        _sources[entry.Source] = (entry.Number, entry.Sequence);
    }

    private static ReadOnlySpan<byte> Keys(ReadOnlySpan<byte> tuple) => tuple[2..PlainTuple.KeysEnd(tuple)];

    private static VerifyFaultException Fault(long batch, long number, short line, string what) => new(new VerifyFault(batch, number, line, what));
}
