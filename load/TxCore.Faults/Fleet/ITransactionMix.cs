using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>Invents what one source submits.</summary>
internal interface ITransactionMix
{
    /// <summary>The next transaction, under the sequence given; null when there is nothing to do now.</summary>
    Submission? Next(ulong sequence);

    /// <summary>The first outcome of one of them.</summary>
    void Learn(Outcome outcome);
}
