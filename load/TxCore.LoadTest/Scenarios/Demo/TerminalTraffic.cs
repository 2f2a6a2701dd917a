using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>
/// What terminals send: tickets of one to three lines, some of them wrong on purpose, cancellations of what was just sold, and
/// questions about it. Where a race stops under them, what comes too late is refused. Used by the generator's thread alone.
/// </summary>
internal sealed class TerminalTraffic(RaceCard card, Dispatcher dispatcher, StatusProbe? status, Random random, bool mayStop = false)
{
    private const double CancelShare = 0.02;
    private const double StatusShare = 0.005;
    private const double FaultyShare = 0.01;
    private const int LinesMax = 3;
    private const ushort CustomerChangedMind = 4000;

    private enum Mistake
    {
        None,
        ScratchedRunner,
        UnknownRunner,
        WrongAmount,
    }

    public void Send(Terminal terminal, in PlannedSend planned)
    {
        if (random.NextDouble() < StatusShare && status is not null && terminal.LastSold is { } asked)
        {
            // Beside the planned transaction, not instead of it: a question consumes no sequence.
            status.Ask(terminal.Client, asked);
        }

        if (random.NextDouble() < CancelShare && terminal.TakeLastSold() is { } sold)
        {
            var cancel = new Cancel(default, 0, Clerk: 1, sold.Number, CustomerChangedMind);
            var taken = new Expectation(
                ResultCode.Accepted, sold.AmountCents, sold.Number, MayBe: mayStop ? ResultCode.CancelAfterStop : ResultCode.Accepted);
            dispatcher.Send(terminal.Client, cancel, in taken, [], in planned, terminal);
            return;
        }

        SendWager(terminal, in planned);
    }

    private void SendWager(Terminal terminal, in PlannedSend planned)
    {
        var mistake = random.NextDouble() < FaultyShare ? (Mistake)random.Next(1, 4) : Mistake.None;
        var lines = new WagerLine[1 + (random.NextDouble() < 0.7 ? 0 : random.Next(LinesMax))];
        Span<JournalLine> priced = stackalloc JournalLine[LinesMax];
        long totalCents = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            // The mistake sits in the last line, so that the good ones before it must not be taken either.
            lines[i] = Line(i == lines.Length - 1 ? mistake : Mistake.None);
            priced[i] = JournalLine.Wager(lines[i].Race.Value, lines[i].Pool, lines[i].AmountCents);
            totalCents += lines[i].AmountCents;
        }

        var wager = new Wager(
            default, 0, terminal.Client.DefinitionsVersion, Clerk: 1, PaymentMeans.Cash, [], [], totalCents, lines);
        var expected = new Expectation(ExpectedCode(mistake), totalCents, MayBe: mayStop ? ResultCode.RaceClosed : ResultCode.Accepted);
        dispatcher.Send(terminal.Client, wager, in expected, priced[..lines.Length], in planned, terminal);
    }

    private WagerLine Line(Mistake mistake)
    {
        var race = card.Races[random.Next(card.Races.Length)];
        ushort pool = RaceCard.Pools[random.Next(RaceCard.Pools.Length)];
        byte runner = mistake switch
        {
            Mistake.ScratchedRunner => race.Scratched,
            Mistake.UnknownRunner => (byte)(race.RunnerCount + 1),
            _ => RunnerOf(race),
        };
        long multiple = Multiple();
        long amountCents = (multiple * RaceCard.BaseStakeCents) + (mistake == Mistake.WrongAmount ? 100 : 0);
        return new WagerLine(race.Id, pool, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, multiple, amountCents, [runner], [], []);
    }

    private byte RunnerOf(CardRace race)
    {
        byte runner = (byte)random.Next(1, race.RunnerCount);
        return runner >= race.Scratched ? (byte)(runner + 1) : runner;
    }

    /// <summary>Two thirds at one to three base stakes, and a long tail (<c>domain.md</c> section 4.2).</summary>
    private long Multiple() => random.NextDouble() < 0.66 ? random.Next(1, 4) : 4 + (long)(-Math.Log(1 - random.NextDouble()) * 6);

    private static ResultCode ExpectedCode(Mistake mistake) => mistake switch
    {
        Mistake.ScratchedRunner => ResultCode.RunnerScratched,
        Mistake.UnknownRunner => ResultCode.RunnerUnknown,
        Mistake.WrongAmount => ResultCode.AmountMismatch,
        _ => ResultCode.Accepted,
    };
}
