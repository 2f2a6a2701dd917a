namespace TxCore.Simulation.Bugs;

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

    /// <summary>What needs no row is answered without a proof that the shard is still held.</summary>
    FenceNotProved,

    /// <summary>After a recovery the first repeat of a source is decided a second time.</summary>
    RepeatDecidedAgain,

    /// <summary>Refusals are answered and not stored.</summary>
    RefusalNotStored,

    /// <summary>A stop takes effect a few events late.</summary>
    StopAppliedLate,

    /// <summary>A snapshot names one entry more than it holds.</summary>
    SnapshotSkipsEntry,

    /// <summary>Recovery leaves out that holds expired.</summary>
    HoldExpiryNotReplayed,

    /// <summary>The oldest decision in memory is taken for the one before it.</summary>
    RecentWindowOffByOne,

    /// <summary>What an older connection of a source left in the ring is decided after a newer one has logged on.</summary>
    OlderConnectionDecides,

    /// <summary>A transaction that is told BUSY uses its sequence up.</summary>
    BusyConsumesSequence,

    /// <summary>Rows written ahead are committed although the commit of the batch before them failed.</summary>
    AheadCommittedAfterFailure,

    /// <summary>A part whose rows are ahead is answered as if they were committed.</summary>
    AheadAnswered,

    /// <summary>The second of two batches ahead is committed before the first.</summary>
    AheadSwapped,

    /// <summary>After a lost connection rows written ahead are taken to be there still.</summary>
    AheadLossUnnoticed,

    /// <summary>Rows written ahead can be read before their commit.</summary>
    AheadRowsShow,
}
