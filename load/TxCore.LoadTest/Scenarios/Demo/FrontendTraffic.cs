using System.Text;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>
/// What frontends send: holds, then for each a confirmation (80 %), a release (10 %) or nothing, as people do. Used by the generator's
/// thread alone. Where everybody wants the same few seats, those of the warm-up are of another sale.
/// </summary>
internal sealed class FrontendTraffic(SeatPlan plan, Dispatcher dispatcher, Random random, SeatPlan? warmUpPlan = null)
{
    private const double ConfirmShare = 0.80;
    private const double ReleaseShare = 0.10;

    public void Send(Frontend frontend, in PlannedSend planned)
    {
        while (frontend.TryTakeReady(out var hold))
        {
            double choice = random.NextDouble();
            if (choice < ConfirmShare)
            {
                var confirm = new Confirm(default, 0, hold.Number, hold.AmountCents, Encoding.ASCII.GetBytes($"DEMO-{hold.Number}"));
                Follow(frontend, confirm, hold.Number, hold.AmountCents, in planned);
                return;
            }

            if (choice < ConfirmShare + ReleaseShare)
            {
                Follow(frontend, new Release(default, 0, hold.Number, Reason: 1), hold.Number, 0, in planned);
                return;
            }

            // This one left: his hold lives until it expires.
        }

        SendHold(frontend, in planned);
    }

    private void Follow<T>(Frontend frontend, T transaction, ulong hold, long amountCents, in PlannedSend planned)
        where T : IMessage<T> =>
        dispatcher.Send(frontend.Client, transaction, new Expectation(ResultCode.Accepted, amountCents, hold), [], in planned, frontend);

    private void SendHold(Frontend frontend, in PlannedSend planned)
    {
        var sale = planned.IsMeasured ? plan : warmUpPlan ?? plan;
        var first = sale.Pick(random);
        var second = sale.Pick(random);

        // Of different sessions: the most that a hold may take counts for a session, whatever the categories.
        bool isPair = random.NextDouble() < 0.2 && first.Session != second.Session;
        CellDefinition[] cells = isPair ? [first, second] : [first];
        var lines = new HoldLine[cells.Length];
        Span<JournalLine> priced = stackalloc JournalLine[2];
        long totalCents = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            int quantity = random.Next(1, 5);
            long amountCents = quantity * cells[i].PriceCents;
            lines[i] = new HoldLine(cells[i].Session, cells[i].Category, (ushort)quantity, Pack: 0);
            priced[i] = JournalLine.Seats(cells[i].Session, cells[i].Category, quantity, amountCents);
            totalCents += amountCents;
        }

        var hold = new Hold(default, 0, sale.Sale, [], lines);
        var expected = new Expectation(ResultCode.Accepted, totalCents, MaySellOut: true);
        dispatcher.Send(frontend.Client, hold, in expected, priced[..cells.Length], in planned, frontend);
    }
}
