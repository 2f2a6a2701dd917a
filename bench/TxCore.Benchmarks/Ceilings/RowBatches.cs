using System.Security.Cryptography;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Benchmarks.Ceilings;

/// <summary>Rows like those the server writes for <see cref="WagerFrames"/>, for the layers below it.</summary>
internal sealed class RowBatches(ShardIdentity identity, int businessDay, int rows)
{
    private static readonly byte[] Command = WagerFrames.Template()[(Wire.HeaderBytes + Wire.TransactionHeaderBytes - sizeof(long))..];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _number;
    private byte[] _previous = new byte[ChainHash.Bytes];

    public RowBatch Batch { get; } = new() { Rows = new RowWriter(identity.Shard) };

    /// <summary>Continues after a stored head.</summary>
    public void StartAfter(ChainHead head)
    {
        _number = head.Number;
        Batch.Batch = head.Batch;
        _previous = head.Hash;
    }

    /// <summary>Makes the next batch, numbers and hash chain included.</summary>
    public RowBatch Next()
    {
        Batch.Rows.Clear();
        Batch.FirstNumber = _number + 1;
        for (int i = 0; i < rows; i++)
        {
            _number++;
            var entry = new Entry
            {
                Number = _number,
                BusinessDay = businessDay,
                Source = (uint)(1 + (_number % 200)),
                Sequence = (_number / 200) + 1,
                Previous = Math.Max(0, _number - 200),
                Kind = MessageType.Wager,
                SequencedAt = 1_767_225_600_000_000 + _number,
                ReceivedAt = 1_767_225_600_000_000 + _number,
                Fingerprint = _number * 7919,
                Outlet = 7,
                AmountCents = 400,
            };
            var detail = new RowDetail { Line = 1, AmountCents = 400, Race = WagerFrames.Race.Value, Pool = (ushort)BetType.Win, Combinations = 1 };
            Batch.Rows.Append(in entry, in detail, Command);
        }

        Batch.Batch++;
        Batch.LastNumber = _number;
        Batch.SequencedAt = 1_767_225_600_000_000 + _number;
        _previous.CopyTo(Batch.PreviousHash, 0);
        ChainHash.Begin(_hash, _previous, identity.Shard, RowFormat.Version, Batch.Batch, Batch.FirstNumber, Batch.LastNumber, rows);
        _hash.AppendData(Batch.Rows.Bytes.Span);
        _hash.GetHashAndReset(Batch.Hash);
        _previous = [.. Batch.Hash];
        return Batch;
    }
}
