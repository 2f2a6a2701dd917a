using System.Security.Cryptography;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Hashes a batch's tuples; gathers them first, as every call of the hash costs more than a row's bytes.</summary>
internal sealed class HashFeed : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _gathered = new byte[64 * 1024];
    private readonly byte[] _result = new byte[ChainHash.Bytes];
    private int _length;

    public void Begin(BatchRecord batch, short shard) => ChainHash.Begin(
        _hash, batch.PreviousHash, shard, batch.RowFormat, batch.Batch, batch.FirstNumber, batch.LastNumber, batch.RowCount);

    public void Append(ReadOnlySpan<byte> tuple)
    {
        if (_gathered.Length - _length < tuple.Length)
        {
            Flush();
        }

        if (tuple.Length > _gathered.Length)
        {
            _hash.AppendData(tuple);
            return;
        }

        tuple.CopyTo(_gathered.AsSpan(_length));
        _length += tuple.Length;
    }

    public ReadOnlySpan<byte> Finish()
    {
        Flush();
        _hash.GetHashAndReset(_result);
        return _result;
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_gathered.AsSpan(0, _length));
        _length = 0;
    }
}
