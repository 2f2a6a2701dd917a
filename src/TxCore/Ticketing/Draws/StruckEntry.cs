using System.Globalization;

namespace TxCore.Ticketing.Draws;

/// <summary>Why an entry is struck. Each is a word in <c>struck.txt</c>, in lower case; the words never change.</summary>
public enum StruckReason : byte
{
    /// <summary>The person withdrew.</summary>
    Withdrawn = 1,

    /// <summary>The operator excluded the person.</summary>
    Excluded = 2,
}

/// <summary>An entry that stays in the list and gets a rank, but is passed over when slots are used (<c>domain.md</c> section 3.3).</summary>
/// <param name="Index">Its index in the sorted list.</param>
/// <param name="Reason">Why.</param>
public readonly record struct StruckEntry(int Index, StruckReason Reason)
{
    private const string Withdrawn = "withdrawn";
    private const string Excluded = "excluded";

    /// <summary>The line of <c>struck.txt</c>, without its end: index, a space, reason.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Index} {(Reason == StruckReason.Withdrawn ? Withdrawn : Excluded)}");

    /// <summary>Reads a line as <see cref="ToString"/> writes it, and no other spelling of it.</summary>
    public static bool TryParse(string line, out StruckEntry entry)
    {
        string[] fields = line.Split(' ');
        entry = default;
        if (fields.Length != 2 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return false;
        }

        entry = new StruckEntry(index, fields[1] == Withdrawn ? StruckReason.Withdrawn : StruckReason.Excluded);
        return entry.ToString() == line;
    }
}
