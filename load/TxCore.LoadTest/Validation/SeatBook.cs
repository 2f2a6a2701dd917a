using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>
/// The tool's own book of seats, kept from the answers alone: what was held less what was given back. Holds that expired stay booked
/// here; the database side adds them, and each expiry is checked by a rule of its own.
/// </summary>
internal sealed class SeatBook
{
    private readonly Dictionary<(uint Session, ushort Category), long> _booked = [];

    /// <param name="cells">The cells on sale.</param>
    /// <param name="journal">What was sent.</param>
    /// <param name="count">Entries of the journal that are looked at.</param>
    /// <param name="upTo">Answers with a higher number are left out.</param>
    public SeatBook(IReadOnlyList<CellDefinition> cells, Journal journal, int count, ulong upTo)
    {
        Cells = cells;
        var holds = new Dictionary<ulong, int>();
        for (int i = 0; i < count; i++)
        {
            ref readonly var entry = ref journal[i];
            if (entry is { Kind: MessageType.Hold, Progress: Progress.Answered, Code: ResultCode.Accepted }
                && entry.Number <= upTo)
            {
                holds[entry.Number] = i;
                Book(journal, in entry, 1);
            }
        }

        // Afterwards, for the journal is in the order of sending: a release always follows its hold there, but need not be near it.
        for (int i = 0; i < count; i++)
        {
            ref readonly var entry = ref journal[i];
            if (entry is { Kind: MessageType.Release, Progress: Progress.Answered, Code: ResultCode.Accepted }
                && entry.Number <= upTo && holds.TryGetValue(entry.Reference, out int hold))
            {
                Book(journal, in journal[hold], -1);
            }
        }
    }

    /// <summary>The cells on sale.</summary>
    public IReadOnlyList<CellDefinition> Cells { get; }

    /// <summary>Seats held or sold of a cell.</summary>
    public long Booked(CellDefinition cell) => _booked.GetValueOrDefault((cell.Session, cell.Category));

    private void Book(Journal journal, in JournalEntry hold, int sign)
    {
        foreach (var line in journal.LinesOf(in hold))
        {
            var key = (line.Session, line.Category);
            _booked[key] = _booked.GetValueOrDefault(key) + (sign * line.Quantity);
        }
    }
}
