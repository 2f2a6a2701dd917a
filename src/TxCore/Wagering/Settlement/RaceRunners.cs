namespace TxCore.Wagering.Settlement;

/// <summary>The runners of a race as a ticket sees them: bit n of a mask stands for runner n.</summary>
/// <param name="Count">Declared runners, 1..N.</param>
/// <param name="ScratchedBefore">Scratched when the ticket was taken: a total field did not expand over them.</param>
/// <param name="ScratchedNow">Scratched by now.</param>
public readonly record struct RaceRunners(int Count, uint ScratchedBefore, uint ScratchedNow)
{
    /// <summary>All runners declared.</summary>
    public uint All => (uint)((1UL << (Count + 1)) - 2);

    /// <summary>The runners of a race as the ticket of a number sees them.</summary>
    public static RaceRunners Of(Race race, long ticketNumber) => new(race.RunnerCount, race.ScratchedBefore(ticketNumber), race.ScratchedMask);

    /// <summary>The mask of a list of runners; 0, a free place or a non-runner, is left out.</summary>
    public static uint MaskOf(ReadOnlySpan<byte> runners)
    {
        uint mask = 0;
        foreach (byte runner in runners)
        {
            mask |= 1u << runner;
        }

        return mask & ~1u;
    }
}
