using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Wagering.Totals;

/// <summary>
/// Counts, after a start, the combinations of the wagers up to the number recovered, from committed rows and beside everything else. It has
/// races and books of its own; whoever started it merges them with what was counted since, in any order, for stakes only add up.
/// </summary>
/// <param name="reader">The rows.</param>
/// <param name="lastNumber">The number recovered: what came later is counted from events.</param>
/// <param name="races">Copies of the races that are not over, as recovered.</param>
internal sealed class BookLoader(IShardReader reader, long lastNumber, IReadOnlyDictionary<long, RaceTotals> races)
{
    private readonly HashSet<long> _undone = [];

    /// <summary>Counts; the races with their books.</summary>
    public async Task<IEnumerable<RaceTotals>> LoadAsync(CancellationToken cancellationToken)
    {
        if (races.Count == 0)
        {
            return [];
        }

        int fromDay = races.Values.Min(static race => race.Race.DefinedOn);
        long before = await FirstNumberAsync(fromDay, cancellationToken) - 1;

        // Read first: what is taken back later than the number recovered may be among them or not, and is put right below.
        var takenBack = await reader.ReadUndoneAsync(fromDay, cancellationToken);
        await reader.ReadEntriesAsync(before, (in StoredRow row) => Count(in row, takenBack), cancellationToken);
        foreach (long number in takenBack)
        {
            bool isTakenBackLater = number <= lastNumber && !_undone.Contains(number);
            if (isTakenBackLater && await reader.FindByNumberAsync(number, cancellationToken) is { Entry.Kind: MessageType.Wager } ticket)
            {
                WagerLines.Count(Find, number, ticket.Command, 1);
            }
        }

        return races.Values;
    }

    private void Count(in StoredRow row, HashSet<long> takenBack)
    {
        if (row.Entry.Number > lastNumber || row.Entry.Code != ResultCode.Accepted)
        {
            return;
        }

        if (row.Entry.Kind == MessageType.Wager && !takenBack.Contains(row.Entry.Number))
        {
            WagerLines.Count(Find, row.Entry.Number, row.Command, 1);
        }
        else if (row.Entry.Kind is MessageType.Cancel or MessageType.Reversal || (row.Entry.Kind == MessageType.SupervisorResolve && row.Entry.AmountCents != 0))
        {
            _undone.Add(row.Entry.Reference);
        }
    }

    private RaceTotals? Find(long value) => races.GetValueOrDefault(value);

    /// <summary>The first number of a business day or a later one, by halving: numbers and days go up together.</summary>
    private async Task<long> FirstNumberAsync(int fromDay, CancellationToken cancellationToken)
    {
        long low = 1;
        long high = lastNumber;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            bool isEarlier = await IsEarlierAsync(middle, fromDay, cancellationToken);
            (low, high) = isEarlier ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private async Task<bool> IsEarlierAsync(long number, int fromDay, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.FindByNumberAsync(number, cancellationToken) is not { } row || row.Entry.BusinessDay < fromDay;
        }
        catch (DayArchivedException)
        {
            // Days leave in order, and those of races that are sold or settled stay: one that is gone lies before them.
            return true;
        }
    }
}
