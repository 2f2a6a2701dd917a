using System.Globalization;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Ticketing;

/// <summary>A wave as planned.</summary>
/// <param name="Wave">The wave; 0 for the next one.</param>
/// <param name="Count">How many ranks.</param>
/// <param name="Sale">The sale of its slot.</param>
/// <param name="StartsAt">When the slot begins, microseconds since 1970-01-01 UTC.</param>
/// <param name="EndsAt">When it is over.</param>
internal readonly record struct PlannedWave(ushort Wave, uint Count, uint Sale, long StartsAt, long EndsAt)
{
    /// <summary>Whether a wave of the draw is this one.</summary>
    public bool Is(in WaveState state) =>
        (state.LastRank - state.FirstRank + 1, state.Sale, state.StartsAt, state.EndsAt) == (Count, Sale, StartsAt, EndsAt);
}

/// <summary>
/// Reads waves from CSV: <c>wave,count,sale,start,end</c> a line, a wave and its number one more than the line before. A first line that names
/// the columns, empty lines and lines that begin with # are passed over.
/// </summary>
internal static class WaveFile
{
    /// <summary>The waves of the lines.</summary>
    /// <exception cref="InvalidDataException">A line is none; the message names it.</exception>
    public static List<PlannedWave> Read(IEnumerable<string> lines)
    {
        var waves = new List<PlannedWave>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Trim() is not { Length: > 0 } text || text[0] == '#' || (waves.Count == 0 && text.StartsWith("wave,", StringComparison.Ordinal)))
            {
                continue;
            }

            string[] fields = text.Split(',');
            bool isWave = ushort.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort wave) && fields.Length == 5;
            if (!isWave || !uint.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint count)
                || !uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint sale)
                || !TimeText.TryRead(fields[3], out long start) || !TimeText.TryRead(fields[4], out long end))
            {
                throw new InvalidDataException($"Line {number} is not a wave; write it as 1,50000,7,2027-02-15T10:00:00Z,2027-02-17T10:00:00Z.");
            }

            if (wave == 0 || (waves.Count > 0 && wave != waves[^1].Wave + 1))
            {
                throw new InvalidDataException($"Line {number} is wave {wave}; waves follow each other, from 1.");
            }

            waves.Add(new PlannedWave(wave, count, sale, start, end));
        }

        return waves;
    }
}
