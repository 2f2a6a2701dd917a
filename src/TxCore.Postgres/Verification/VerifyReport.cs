using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>What <see cref="ChainVerifier"/> is to check.</summary>
public sealed record VerifyOptions
{
    /// <summary>The batch to begin with; the one before it is taken as right. Default: 1, everything.</summary>
    public long FromBatch { get; init; } = 1;

    /// <summary>The anchor file to compare with, which also finds a recomputed chain and a cut tail; null for none.</summary>
    public string? AnchorFile { get; init; }

    /// <summary>PEM file of the key the anchor file was signed with, private or public; needed with <see cref="AnchorFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Takes days that are sealed as verified, without reading their rows; needs <see cref="KeyFile"/>. Default: false.</summary>
    public bool SkipsSealedDays { get; init; }

    /// <summary>Seals the days that are over once they have been verified; needs <see cref="KeyFile"/> with the private key. Default: false.</summary>
    public bool SealsDays { get; init; }

    /// <summary>Tells when a day was sealed.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>The first thing that does not fit.</summary>
/// <param name="Batch">The batch; 0 when it is about none.</param>
/// <param name="Number">The number of the entry; 0 when it is about a whole batch.</param>
/// <param name="Line">The line of the entry; 0 when it is about no single row.</param>
/// <param name="What">What does not fit, as a sentence.</param>
public sealed record VerifyFault(long Batch, long Number, int Line, string What)
{
    /// <inheritdoc/>
    public override string ToString() => Number == 0 ? $"batch {Batch}: {What}" : $"batch {Batch}, number {Number}, line {Line}: {What}";
}

/// <summary>The result of a verification.</summary>
/// <param name="Head">The end of the chain up to which was verified.</param>
/// <param name="Batches">Batches recomputed.</param>
/// <param name="Entries">Entries seen.</param>
/// <param name="Rows">Rows seen.</param>
/// <param name="PlainRows">Rows of them in plain form.</param>
/// <param name="AnchorLines">Lines of the anchor file that fit.</param>
/// <param name="Fault">The first thing that does not fit; null when all does.</param>
public sealed record VerifyReport(ChainHead Head, long Batches, long Entries, long Rows, long PlainRows, long AnchorLines, VerifyFault? Fault)
{
    /// <summary>Days that were taken by their seals.</summary>
    public int SkippedDays { get; init; }

    /// <summary>Days of them whose rows are in archive files only.</summary>
    public int ArchivedDays { get; init; }

    /// <summary>Days that were sealed by this verification.</summary>
    public int SealedDays { get; init; }
}

/// <summary>Carries the first fault out of the reading of rows.</summary>
internal sealed class VerifyFaultException(VerifyFault fault) : Exception(fault.What)
{
    public VerifyFault Fault { get; } = fault;
}
