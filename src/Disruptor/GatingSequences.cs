namespace Disruptor;

/// <summary>The copy-on-write list of sequences that producers must not lap.</summary>
internal static class GatingSequences
{
    /// <summary>The slowest of <paramref name="sequences"/>, or <paramref name="upperBound"/> if that is lower or there is none.</summary>
    public static long GetMinimum(Sequence[] sequences, long upperBound)
    {
        var minimum = upperBound;
        foreach (var sequence in sequences)
        {
            minimum = Math.Min(minimum, sequence.Value);
        }

        return minimum;
    }

    public static void Add(ref Sequence[] location, ICursored cursor, Sequence[] added)
    {
        Sequence[] current;
        Sequence[] updated;
        do
        {
            current = Volatile.Read(ref location);
            MoveTo(cursor.Cursor, added);
            updated = [.. current, .. added];
        }
        while (Interlocked.CompareExchange(ref location, updated, current) != current);

        // Producers may have moved on before they saw the new list, so the start is taken again now that they do.
        MoveTo(cursor.Cursor, added);
    }

    public static bool Remove(ref Sequence[] location, Sequence removed)
    {
        while (true)
        {
            var current = Volatile.Read(ref location);
            var updated = Array.FindAll(current, sequence => !ReferenceEquals(sequence, removed));
            if (updated.Length == current.Length)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref location, updated, current) == current)
            {
                return true;
            }
        }
    }

    private static void MoveTo(long value, Sequence[] sequences)
    {
        foreach (var sequence in sequences)
        {
            sequence.SetValue(value);
        }
    }
}
