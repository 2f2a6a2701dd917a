using System.Security.Cryptography;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>
/// Follows the rows of an archive, as they are written and as they are read again: those before its first batch by checksum and a hash of
/// their own, the others along the chain; and a hash over those behind the day.
/// </summary>
internal sealed class ArchiveRows : IDisposable
{
    private readonly ChainHead _start;
    private readonly long _lastNumber;
    private readonly ChainCheck _chain;
    private readonly IncrementalHash _lead = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _rest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public ArchiveRows(short shard, ChainHead start, long lastNumber)
    {
        (_start, _lastNumber) = (start, lastNumber);
        _chain = new ChainCheck(shard, start);
    }

    public ChainCheck Chain => _chain;

    public long LeadRows { get; private set; }

    public long DayRows { get; private set; }

    public long RestRows { get; private set; }

    public string LeadHash() => Convert.ToHexStringLower(_lead.GetCurrentHash());

    public string RestHash() => Convert.ToHexStringLower(_rest.GetCurrentHash());

    /// <summary>Takes the next row.</summary>
    /// <exception cref="VerifyFaultException">It does not fit.</exception>
    /// <exception cref="InvalidDataException">One before the first batch does not have its checksum.</exception>
    public void Take(in CopiedRow row)
    {
        long number = row.Read(_start.Number).Entry.Number;
        DayRows += number <= _lastNumber ? 1 : 0;
        if (number <= _start.Number)
        {
            LeadRows++;
            _lead.AppendData(row.Tuple);
            return;
        }

        if (number > _lastNumber)
        {
            RestRows++;
            _rest.AppendData(row.Tuple);
        }

        _chain.Check(row);
    }

    public void Dispose()
    {
        _chain.Dispose();
        _lead.Dispose();
        _rest.Dispose();
    }
}
