using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Tests.Support;

namespace TxCore.Fuzzing.Sessions;

/// <summary>A shard with its programme, and the witness who goes on selling there.</summary>
internal sealed class Scene
{
    private readonly FuzzShard _shard = new();
    private readonly FuzzConnection _witness;
    private long _sequence;

    public Scene()
    {
        Programme = Programme.Define(_shard);
        _witness = Programme.LogOn(_shard, FuzzSources.Witness, FuzzSources.OtherCertificate);
    }

    /// <summary>What is on sale.</summary>
    public Programme Programme { get; }

    /// <summary>The shard.</summary>
    public FuzzShard Shard => _shard;

    /// <summary>Inputs played here.</summary>
    public int Inputs { get; set; }

    /// <summary>
    /// The witness sells a wager and must get the answer to it, and nothing else but what everybody is told. Only where an administrator may
    /// have ended the sale, another decision than the usual one will do.
    /// </summary>
    public void Sell(bool anyDecision)
    {
        _witness.Send(Messages.Wager(FuzzSources.Witness, ++_sequence));
        _shard.Settle();
        _witness.Read();
        Outcome? answer = null;
        foreach (var (type, payload) in _witness.Received)
        {
            if (type == MessageType.Outcome && answer is null && Frame.TryDecode<Outcome>(payload, out var outcome))
            {
                answer = outcome;
            }
            else if (type != MessageType.StateChange)
            {
                throw new FuzzFailureException($"The witness was sent a {type}: {Convert.ToHexStringLower(payload)}.");
            }
        }

        _witness.Received.Clear();
        if (_witness.HasEnded || answer is null || answer.Source != FuzzSources.Witness || answer.Sequence != (ulong)_sequence || answer.IsRepeat)
        {
            throw new FuzzFailureException($"The witness sold number {_sequence} and was told {answer}.");
        }

        if (!anyDecision && (answer.Code != ResultCode.Accepted || answer.AmountCents != Messages.BaseStake))
        {
            throw new FuzzFailureException($"The witness sold number {_sequence} and was told {answer}.");
        }
    }

    /// <summary>Ends the witness and the shard, and looks at what was stored.</summary>
    public void Close()
    {
        _witness.End(inOrder: true);
        _shard.RunUntil(() => _witness.HasEnded, TimeSpan.FromSeconds(5), "the witness leaves");
        _witness.CheckEnd();
        _shard.CheckStored();
        _shard.Stop();
    }
}
