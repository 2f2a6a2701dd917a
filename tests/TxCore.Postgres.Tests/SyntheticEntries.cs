using System.Security.Cryptography;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Postgres.Tests;

/// <summary>Makes batches that chain on from a head: wagers of a few sources, each with its own sequence.</summary>
internal sealed class SyntheticEntries(ShardIdentity identity, int businessDay = SyntheticEntries.FirstDay)
{
    public const int FirstDay = 20251105;

    private readonly Dictionary<uint, (long Sequence, long Number)> _sources = [];
    private readonly byte[] _hash = new byte[ChainHash.Bytes];
    private long _number;
    private long _batch;
    private long _time = 1_762_300_800_000_000;

    /// <summary>The day of the entries made from now on.</summary>
    public int BusinessDay { get; set; } = businessDay;

    /// <summary>Sources the entries come from, 1 and up.</summary>
    public int Sources { get; init; } = 7;

    /// <summary>Lines of each wager.</summary>
    public short Lines { get; init; } = 1;

    /// <summary>Lets time pass.</summary>
    public void Wait(TimeSpan time) => _time += time.Ticks / TimeSpan.TicksPerMicrosecond;

    public long LastNumber => _number;

    public long LastBatch => _batch;

    /// <summary>The number of the newest entry of a source.</summary>
    public long LastNumberOf(uint source) => _sources[source].Number;

    /// <summary>A batch of so many entries, the day changing to the next behind the first <paramref name="dayEndsAfter"/> of them.</summary>
    public RowBatch Next(int entries, int dayEndsAfter = int.MaxValue, byte[]? command = null)
    {
        var batch = new RowBatch { Rows = new RowWriter(identity.Shard) };
        batch.Batch = ++_batch;
        batch.FirstNumber = _number + 1;
        _hash.CopyTo(batch.PreviousHash, 0);
        for (int i = 0; i < entries; i++)
        {
            BusinessDay += i == dayEndsAfter ? 1 : 0;
            Append(batch.Rows, command ?? Command(_number));
        }

        batch.LastNumber = _number;
        batch.SequencedAt = _time;
        Seal(batch);
        return batch;
    }

    /// <summary>A batch of one entry of the caller's choosing; number, sequence and times are filled in, and source 1 where it names none.</summary>
    public RowBatch Next(Entry entry, byte[] command, params RowDetail[] lines)
    {
        var batch = new RowBatch { Rows = new RowWriter(identity.Shard), Batch = ++_batch, FirstNumber = _number + 1, LastNumber = _number + 1 };
        _hash.CopyTo(batch.PreviousHash, 0);
        entry.Source = entry.Source == 0 ? 1 : entry.Source;
        var last = _sources.GetValueOrDefault(entry.Source);
        (entry.Number, entry.BusinessDay, entry.Sequence, entry.Previous) = (++_number, BusinessDay, last.Sequence + 1, last.Number);
        batch.SequencedAt = entry.SequencedAt = entry.ReceivedAt = _time += 500;
        _sources[entry.Source] = (entry.Sequence, entry.Number);
        for (int i = 0; i < lines.Length; i++)
        {
            batch.Rows.Append(entry, lines[i] with { Line = (short)(i + 1) }, i == 0 ? command : []);
        }

        Seal(batch);
        return batch;
    }

    private void Append(RowWriter rows, byte[] command)
    {
        uint source = (uint)(_number % Sources) + 1;
        var last = _sources.GetValueOrDefault(source);
        var entry = new Entry
        {
            Number = ++_number,
            BusinessDay = BusinessDay,
            Source = source,
            Sequence = last.Sequence + 1,
            Previous = last.Number,
            Kind = MessageType.Wager,
            Code = _number % 10 == 0 ? ResultCode.RaceClosed : ResultCode.Accepted,
            SequencedAt = _time += 500,
            ReceivedAt = _time - 300,
            Fingerprint = _number * 7_919,
            Outlet = 42,
        };
        _sources[source] = (entry.Sequence, entry.Number);
        for (short line = 1; line <= Lines; line++)
        {
            var detail = new RowDetail { Line = line, AmountCents = 200, Race = 202511050108, Pool = (ushort)BetType.Trio, Combinations = 1 };
            rows.Append(entry, detail, line == 1 ? command : []);
        }
    }

    private void Seal(RowBatch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ChainHash.Begin(
            hash, batch.PreviousHash, identity.Shard, RowFormat.Version, batch.Batch, batch.FirstNumber, batch.LastNumber, batch.Rows.RowCount);
        hash.AppendData(batch.Rows.Bytes.Span);
        hash.GetHashAndReset(batch.Hash);
        batch.Hash.CopyTo(_hash, 0);
    }

    private static byte[] Command(long seed)
    {
        byte[] command = new byte[72];
        BitConverter.TryWriteBytes(command, seed);
        command.AsSpan(8).Fill((byte)seed);
        return command;
    }
}
