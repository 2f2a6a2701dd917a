using TxCore.Hashing;
using TxCore.Pipeline;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Wagering;

/// <summary>
/// Seals the receipts of a batch, eight at a time: one by one, the HMAC of its receipt costs a wager more than all the rules. For the reply
/// thread alone.
/// </summary>
internal sealed class ReceiptSealer(ShardIdentity identity, ReceiptKeys keys)
{
    private readonly TxEvent[] _waiting = new TxEvent[WideHmac.Lanes];
    private readonly byte[] _blocks = new byte[WideHmac.Lanes * WideSha256.BlockBytes];
    private readonly ulong[] _codes = new ulong[WideHmac.Lanes];
    private int _count;
    private ushort _epoch;

    /// <summary>Takes in an event, sealed at the latest by <see cref="Complete"/>; those without a receipt are left as they are.</summary>
    public void Add(TxEvent work)
    {
        if (!AnswerEncoder.NeedsSeal(work))
        {
            return;
        }

        if (_count > 0 && work.KeyEpoch != _epoch)
        {
            Complete();
        }

        _epoch = work.KeyEpoch;
        Receipt.WriteMessage(identity.Shard, in work.Entry, _blocks.AsSpan(_count * WideSha256.BlockBytes));
        _waiting[_count++] = work;
        if (_count == WideHmac.Lanes)
        {
            Complete();
        }
    }

    /// <summary>Seals those that wait.</summary>
    public void Complete()
    {
        if (_count > 0 && keys.Wide(_epoch) is { } key)
        {
            key.Compute(_blocks, _codes);
            for (int i = 0; i < _count; i++)
            {
                (_waiting[i].Seal, _waiting[i].IsSealed) = (_codes[i], true);
            }
        }

        _count = 0;
    }
}
