using TxCore.Protocol;

namespace TxCore.Client.Programme;

/// <summary>How a programme is read.</summary>
public sealed record ProgrammeOptions
{
    /// <summary>The channel whose pools are taken: those with the prefix <c>E_</c> online, the others in retail. Required.</summary>
    public required Channel Channel { get; init; }

    /// <summary>What the programme does not say of its pools. Required: a pool without a takeout is an error.</summary>
    public required Takeouts Takeouts { get; init; }

    /// <summary>
    /// Replays a finished day as it had been planned: on-sale flags and the states of races are ignored. Default false: only pools on sale
    /// of races still to run.
    /// </summary>
    public bool AsPlanned { get; init; }

    /// <summary>Seconds from the planned start to the latest stop, 0..86,400. Default 0: without a stop command betting ends at the planned start.</summary>
    public int LatestStopAfterStart { get; init; }

    /// <summary>Largest price of a line, in cents, of a pool that names none (retail publishes none). Default 3,000,000, the online maximum.</summary>
    public long MaximumCentsDefault { get; init; } = 3_000_000;

    /// <summary>
    /// Minutes before the planned start at which a non-runner counts as declared, 0..1,440. Default 30. The programme tells who did not run and
    /// not since when; one fixed time before the start makes every replay the same.
    /// </summary>
    public int ScratchBeforeStartMinutes { get; init; } = 30;

    /// <summary>Files of participants by meeting and race, for programmes whose races do not list theirs. Default none.</summary>
    public IReadOnlyDictionary<(byte Meeting, byte Race), ReadOnlyMemory<byte>> Participants { get; init; } =
        new Dictionary<(byte Meeting, byte Race), ReadOnlyMemory<byte>>();

    internal void Validate()
    {
        if (!Enum.IsDefined(Channel))
        {
            throw new ArgumentException($"{nameof(ProgrammeOptions)}.{nameof(Channel)} must be Retail or Online.", nameof(Channel));
        }

        ArgumentNullException.ThrowIfNull(Takeouts);
        ArgumentOutOfRangeException.ThrowIfNegative(LatestStopAfterStart);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LatestStopAfterStart, 86_400);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaximumCentsDefault);
        ArgumentOutOfRangeException.ThrowIfNegative(ScratchBeforeStartMinutes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ScratchBeforeStartMinutes, 1440);
    }
}
