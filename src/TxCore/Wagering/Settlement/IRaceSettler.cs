using TxCore.Protocol.Messages;

namespace TxCore.Wagering.Settlement;

/// <summary>Counts a race for its publication, beside the ring and from committed rows. Thread-safe.</summary>
public interface IRaceSettler
{
    /// <summary>The settlement, or why there is none, as <see cref="SettlementAnswer"/>; a fault of the store is thrown, and nothing is decided.</summary>
    ValueTask<byte[]> SettleAsync(RacePublish publish, CancellationToken cancellationToken);
}
