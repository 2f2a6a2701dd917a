using TxCore.Storage;

namespace TxCore.Simulation.Storage;

/// <summary>What has become of rows that were written ahead.</summary>
internal enum RowsState
{
    /// <summary>Some of them may have arrived.</summary>
    OnTheirWay,

    /// <summary>All of them are in the transaction.</summary>
    Written,

    /// <summary>The server refused one of them.</summary>
    Refused,

    /// <summary>Their connection is gone.</summary>
    Lost,
}

/// <summary>Rows that were written ahead, in a transaction over a connection of its own: nothing before its commit.</summary>
/// <param name="given">The batch, whose memory belongs to the persist stage.</param>
/// <param name="writer">The process.</param>
internal sealed class SimTransaction(RowBatch given, int writer)
{
    public RowBatch Given => given;

    public int Writer => writer;

    /// <summary>The batch as it was when it was given; it may not change before its commit has returned.</summary>
    public StoredBatch Asked { get; } = StoredBatch.Copy(given);

    public RowsState State { get; set; }

    /// <summary>True when it was rolled back, by the writer or with its connection.</summary>
    public bool IsUndone { get; set; }

    /// <summary>What arrived: read out of the batch's memory in that moment. Null before.</summary>
    public StoredBatch? Rows { get; set; }
}
