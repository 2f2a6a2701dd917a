using Disruptor;
using TxCore.Pipeline;
using TxCore.Storage;

namespace TxCore.Simulation.Engine;

/// <summary>Faults of behaviour that are put around the real parts on purpose, to prove that the check finds them.</summary>
internal enum PlantedBug
{
    /// <summary>The core as it is.</summary>
    None,

    /// <summary>Answers leave when their transactions are decided, before these are stored.</summary>
    AnswersBeforeCommit,

    /// <summary>A commit without an answer is taken for one that failed, and sent again.</summary>
    AmbiguousSentAgain,

    /// <summary>A commit without an answer is taken for one that succeeded.</summary>
    AmbiguousTakenAsStored,

    /// <summary>A writer that was replaced may still store.</summary>
    EpochNotChecked,
}

/// <summary>Puts a planted bug around a part; without one the part stays as it is.</summary>
internal static class PlantedBugs
{
    public static IBatchEventHandler<TxEvent> Wrap(World world, SimProcess process, int stage, IBatchEventHandler<TxEvent> handler) => handler;

    public static IShardReader Wrap(World world, SimProcess process, IShardReader reader) => reader;
}
