using System.IO.Compression;

namespace TxCore.Ticketing.Draws;

/// <summary>
/// Checks the audit package of a draw alone, without database or server (<c>domain.md</c> section 3.3): what it holds is hashed, the list is
/// committed to and the order is drawn again. That the signature is the beacon's own is not checked here; the beacon's client does that.
/// </summary>
public static class DrawVerification
{
    /// <summary>Fewest entries of the self test: five are expected in each cell of its table.</summary>
    public const int ChiSquareEntriesMin = 5 * Deciles * Deciles;

    /// <summary>The 99.9th percentile of chi-square with 81 degrees of freedom.</summary>
    public const double ChiSquareMax = 126.08;

    private const int Deciles = 10;

    /// <summary>
    /// Checks a package. It takes 4 bytes an entry and small buffers; ten million entries take about as long as the draw itself.
    /// </summary>
    /// <param name="package">The package; must be seekable, stays open.</param>
    /// <param name="published">What was published at the freeze; null to check the package in itself only.</param>
    /// <returns>What does not fit. A stream that is no package, or is damaged, is a finding and never an exception.</returns>
    public static DrawVerdict Verify(Stream package, DrawPublication? published = null)
    {
        if (!package.CanSeek)
        {
            return new DrawVerdict(["The package cannot be read: it must be a file, not a stream that is read once."]);
        }

        DrawVerifier? verifier = null;
        try
        {
            using var archive = new ZipArchive(package, ZipArchiveMode.Read, leaveOpen: true);
            verifier = new DrawVerifier(archive, DrawPackage.ReadRecord(archive));
            verifier.CheckAll(published);
            return verifier.Verdict;
        }
        catch (Exception fault) when (DrawVerifier.IsDamage(fault))
        {
            return new DrawVerdict([.. verifier?.Verdict.Findings ?? [], $"The package cannot be read: {fault.Message}"])
            {
                Record = verifier?.Verdict.Record,
            };
        }
    }

    /// <summary>
    /// The statistical self test: chi-square of the table of registration deciles by rank deciles. With a fair draw it is above
    /// <see cref="ChiSquareMax"/> once in a thousand draws: the rank must not depend on when a person registered.
    /// </summary>
    /// <param name="ranks">Rank, from 1, by order of registration; each rank once, at least <see cref="ChiSquareEntriesMin"/> of them.</param>
    /// <exception cref="ArgumentException">There are too few ranks, or one is out of range.</exception>
    public static double ChiSquareOfDeciles(ReadOnlySpan<int> ranks)
    {
        int count = ranks.Length;
        if (count < ChiSquareEntriesMin)
        {
            throw new ArgumentException($"The self test takes {ChiSquareEntriesMin} entries or more, not {count}.", nameof(ranks));
        }

        long[] seen = new long[Deciles * Deciles];
        long[] size = new long[Deciles];
        for (int i = 0; i < count; i++)
        {
            if (ranks[i] < 1 || ranks[i] > count)
            {
                throw new ArgumentException($"Rank {ranks[i]} is not one of {count}.", nameof(ranks));
            }

            int registered = DecileOf(i, count);
            size[registered]++;
            seen[(registered * Deciles) + DecileOf(ranks[i] - 1, count)]++;
        }

        double chiSquare = 0;
        for (int cell = 0; cell < seen.Length; cell++)
        {
            double expected = (double)size[cell / Deciles] * size[cell % Deciles] / count;
            chiSquare += (seen[cell] - expected) * (seen[cell] - expected) / expected;
        }

        return chiSquare;
    }

    private static int DecileOf(int index, int count) => (int)((long)index * Deciles / count);
}
