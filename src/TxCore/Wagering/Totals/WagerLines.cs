using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Wagering.Settlement;

namespace TxCore.Wagering.Totals;

/// <summary>Takes the lines of a stored wager into books, or out of them again.</summary>
internal static class WagerLines
{
    /// <summary>Counts every line whose race is over neither now nor for <paramref name="find"/>.</summary>
    /// <param name="find">The race of a number, by <see cref="RaceId.Value"/>; null when its books are not wanted.</param>
    /// <param name="number">The wager's number: runners scratched later were in the race.</param>
    /// <param name="command">Its command as stored, with the runners that the host picked.</param>
    /// <param name="sign">1 to take in, -1 to take out.</param>
    public static void Count(Func<long, RaceTotals?> find, long number, ReadOnlySpan<byte> command, int sign)
    {
        var body = command[SystemCommand.DeadlineBytes..];
        var wager = new WagerBody(body);
        var picks = WagerPicks.Of(in wager);
        for (int line = 1; wager.TryNext(out var view); line++)
        {
            if (find(view.Race.Value) is not { } race || race.FindBook(view.StakePool()) is not { } book)
            {
                continue;
            }

            var legs = view.Legs;
            if (legs.TryNext(out var first))
            {
                book.Add(in first, view.AmountCents, sign);
            }
            else
            {
                book.Add(in view, view.Spot ? picks.For(line) : default, race.RunningBefore(number), sign);
            }
        }
    }
}
