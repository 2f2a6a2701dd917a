namespace TxCore.Postgres;

/// <summary>The first entry of a source in a page.</summary>
internal readonly record struct FirstOfSource(long Batch, uint Source, long Number, long Sequence, long Previous);

/// <summary>Joins what pages show by themselves: the sequence of each source, and time, across their borders. Pages come in order.</summary>
/// <param name="afterNumber">The number behind which the verification begins.</param>
internal sealed class SourceLedger(long afterNumber)
{
    private readonly Dictionary<uint, (long Number, long Sequence)> _lasts = [];
    private long _lastTime = long.MinValue;

    /// <summary>Goes on with a page, up to a number where its own fault lies.</summary>
    /// <exception cref="VerifyFaultException">Its first entry of some source does not follow that source's last one.</exception>
    public void Join(RowCheck page, long upToNumber)
    {
        if (page.Firsts.Count > 0 && page.FirstTime < _lastTime)
        {
            var first = page.Firsts[0];
            throw new VerifyFaultException(new VerifyFault(first.Batch, first.Number, 1, "its sequence time is earlier than that of the entry before"));
        }

        foreach (var first in page.Firsts)
        {
            if (first.Number > upToNumber)
            {
                return;
            }

            Require(first);
        }

        foreach (var (source, last) in page.Lasts)
        {
            _lasts[source] = last;
        }

        _lastTime = Math.Max(_lastTime, page.LastTime);
    }

    public static VerifyFaultException Broken(FirstOfSource entry, long lastNumber, long lastSequence) => new(new VerifyFault(
        entry.Batch, entry.Number, 1,
        $"source {entry.Source} has sequence {entry.Sequence} behind number {entry.Previous}, but its last was sequence {lastSequence}, number {lastNumber}"));

    private void Require(FirstOfSource first)
    {
        if (_lasts.TryGetValue(first.Source, out var last))
        {
            if (first.Previous != last.Number || first.Sequence != last.Sequence + 1)
            {
                throw Broken(first, last.Number, last.Sequence);
            }
        }
        else if (first.Previous > afterNumber || (first.Previous == 0 && first.Sequence != 1) || (first.Previous != 0 && afterNumber == 0))
        {
            throw new VerifyFaultException(new VerifyFault(
                first.Batch, first.Number, 1, $"the first entry of source {first.Source} has sequence {first.Sequence} behind number {first.Previous}"));
        }
    }
}
