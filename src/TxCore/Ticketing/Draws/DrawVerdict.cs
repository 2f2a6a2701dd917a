namespace TxCore.Ticketing.Draws;

/// <summary>What a check found.</summary>
/// <param name="Findings">A sentence for each thing that does not fit; empty when all does.</param>
public sealed record DrawVerdict(IReadOnlyList<string> Findings)
{
    /// <summary>Whether all fits.</summary>
    public bool Holds => Findings.Count == 0;

    /// <summary>The record of the package; null when it could not be read or a proof was checked.</summary>
    public DrawRecord? Record { get; init; }
}

/// <summary>
/// What was published at the freeze, before the randomness existed. A package that was made up as a whole fits itself; only this shows that it
/// is not the draw that was announced.
/// </summary>
/// <param name="DrawName">Name of the draw.</param>
/// <param name="Entries">Entries in the list (n).</param>
/// <param name="ListRoot">Root of the list (R).</param>
/// <param name="Commitment">The commitment (C).</param>
/// <param name="BeaconChain">The chain that was named.</param>
/// <param name="BeaconRound">The round that was named.</param>
public sealed record DrawPublication(string DrawName, int Entries, byte[] ListRoot, byte[] Commitment, string BeaconChain, ulong BeaconRound);
