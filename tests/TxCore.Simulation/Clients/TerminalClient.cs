using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Engine;

namespace TxCore.Simulation.Clients;

/// <summary>A terminal: sells wagers, cancels and takes back.</summary>
internal sealed class TerminalClient(World world, uint source) : SimClient(world, source)
{
    public const uint BaseStake = 200;
    private readonly List<Submission> _tickets = [];

    protected override Content Create(TransactionHeader header)
    {
        int what = Random.Next(100);
        if (what < 14 && Take() is { } cancelled)
        {
            return new Content(MessageType.Cancel, new Cancel(header, 1, 5, (ulong)cancelled.Number, 0), Frame.Encode(new Cancel(header, 1, 5, (ulong)cancelled.Number, 0)));
        }

        if (what < 22 && Take() is { } reversed)
        {
            var reversal = new Reversal(header, 1, 5, (ulong)reversed.Sequence, reversed.AmountCents, 4021);
            return new Content(MessageType.Reversal, reversal, Frame.Encode(reversal));
        }

        if (what < 26)
        {
            // A number that somebody else may just be getting: its row is looked for before it is stored, or there is none.
            var guess = new Cancel(header, 1, 5, (ulong)(World.Database.LastNumber + Random.Between(0, 4)), 0);
            return new Content(MessageType.Cancel, guess, Frame.Encode(guess));
        }

        return Make(Wager(header));
    }

    protected override void Learn(Submission submission)
    {
        if (submission is { IsAccepted: true, Content.Type: MessageType.Wager })
        {
            _tickets.Add(submission);
        }
    }

    private Submission? Take()
    {
        if (_tickets.Count == 0)
        {
            return null;
        }

        // One that was taken already is taken a second time now and then, which must be refused.
        int index = Random.Next(_tickets.Count);
        var ticket = _tickets[index];
        if (Random.Percent(85))
        {
            _tickets.RemoveAt(index);
        }

        return ticket;
    }

    private Wager Wager(TransactionHeader header)
    {
        var lines = new WagerLine[Random.Percent(70) ? 1 : Random.Between(2, 3)];
        long total = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            long stake = Random.Between(1, 5);
            var type = Random.Percent(50) ? BetType.Win : BetType.Place;
            lines[i] = new WagerLine(
                AdminClient.RaceOf(Random.Between(1, 4)), (ushort)type, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, stake, stake * BaseStake,
                [(byte)Random.Between(1, Random.Percent(3) ? 20 : AdminClient.Runners)], [], []);
            total += lines[i].AmountCents;
        }

        return new Wager(header, World.Now, 0, 5, PaymentMeans.Cash, [], [], Random.Percent(2) ? total + 1 : total, lines);
    }
}
