using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>Turns decided events into rows: one a line for accepted tickets and holds, one for everything else.</summary>
internal static class RowEncoder
{
    public static void AppendDue(RowWriter rows, in DueEntry due)
    {
        Span<byte> command = due.Addendum is null ? stackalloc byte[SystemCommand.SubjectBytes] : SystemCommand.Build(due.Subject, due.Addendum);
        SystemCommand.Write(due.Subject, command);
        var detail = new RowDetail { Line = 1 };
        if (due.Entry.Kind is MessageType.RaceStopDue or MessageType.RaceCloseDue)
        {
            detail.Race = due.Subject;
            detail.AmountCents = due.Entry.AmountCents;
        }
        else if (due.Entry.Kind == MessageType.SaleCloseDue)
        {
            detail.Sale = (uint)due.Subject;
        }
        else if (due.Entry.Kind == MessageType.WaitOffered)
        {
            var offer = new HoldBody(due.Addendum);
            offer.TryNext(out var seats);
            detail.AmountCents = due.Entry.AmountCents;
            SetSeats(ref detail, offer.Sale, seats.Session, seats.Category, seats.Quantity);
        }

        rows.Append(in due.Entry, in detail, command);
    }

    public static void Append(RowWriter rows, TxEvent work)
    {
        switch (work.Type)
        {
            case MessageType.Wager when work.BodyReadable:
                AppendWager(rows, work);
                break;
            case MessageType.Hold when work.BodyReadable:
                AppendHold(rows, work);
                break;
            default:
                AppendSingle(rows, work);
                break;
        }
    }

    private static void AppendWager(RowWriter rows, TxEvent work)
    {
        bool accepted = work.Entry.Code == ResultCode.Accepted;
        int faultLine = Math.Max((int)work.Entry.FaultLine, 1);
        var wager = new WagerBody(work.Body);
        var command = work.CommandSpan;
        for (short number = 1; wager.TryNext(out var line); number++)
        {
            if (!accepted && number != faultLine)
            {
                continue;
            }

            var detail = new RowDetail
            {
                Line = accepted ? number : (short)1,
                AmountCents = accepted ? line.AmountCents : 0,
                Race = line.Race.Value,
                Pool = line.Pool,
                Combinations = accepted ? work.Combinations[number - 1] : 0,
            };
            rows.Append(in work.Entry, in detail, command);
            command = default;
        }
    }

    private static void AppendHold(RowWriter rows, TxEvent work)
    {
        bool accepted = work.Entry.Code == ResultCode.Accepted;
        int faultLine = Math.Max((int)work.Entry.FaultLine, 1);
        var hold = new HoldBody(work.Body);
        int firstCell = work.Cells.Count - hold.LineCount;
        var command = work.CommandSpan;
        for (short number = 1; hold.TryNext(out var line); number++)
        {
            if (!accepted && number != faultLine)
            {
                continue;
            }

            var detail = new RowDetail
            {
                Line = accepted ? number : (short)1,
                AmountCents = accepted ? line.Quantity * work.Cells[firstCell + number - 1].Cell.PriceCents : 0,
            };
            SetSeats(ref detail, hold.Sale, line.Session, line.Category, line.Quantity);
            rows.Append(in work.Entry, in detail, command);
            command = default;
        }
    }

    private static void SetSeats(ref RowDetail detail, uint sale, uint session, ushort category, int quantity) =>
        (detail.Sale, detail.Session, detail.Category, detail.Quantity) = (sale, session, category, quantity);

    private static void AppendSingle(RowWriter rows, TxEvent work)
    {
        var detail = new RowDetail { Line = 1, AmountCents = work.Entry.AmountCents };
        if (work.BodyReadable)
        {
            Describe(work, ref detail);
        }

        rows.Append(in work.Entry, in detail, work.CommandSpan);
    }

    private static void Describe(TxEvent work, ref RowDetail detail)
    {
        switch (work.Type)
        {
            case MessageType.RaceDefine or MessageType.RaceOpen or MessageType.RaceSuspend or MessageType.RaceStop or MessageType.RaceReopen
                or MessageType.RaceScratch or MessageType.RaceCancel or MessageType.RacePostpone or MessageType.RaceResult
                or MessageType.RacePublish or MessageType.PoolCarryIn:
                detail.Race = new RaceBody(work.Body[..RaceBody.NameBytes]).Race.Value;
                break;
            case MessageType.TicketReturn when work.Entry.Code == ResultCode.Accepted:
                var cell = work.Cells[^1].Cell;
                var request = Bodies.Decode<Protocol.Messages.TicketReturn>(work.Body[..Addendum.TicketReturnBytes]);
                SetSeats(ref detail, cell.Sale.Id, cell.Session, cell.Category, request.Quantity);
                break;
            case MessageType.WaitJoin:
                var join = Bodies.Decode<Protocol.Messages.WaitJoin>(work.Body);
                SetSeats(ref detail, join.Sale, join.Session, join.Category, join.Quantity);
                break;
            case MessageType.SaleDefine or MessageType.CellsDefine or MessageType.SaleOpen or MessageType.SaleClose
                or MessageType.SeatsBlock or MessageType.SeatsMove:
                detail.Sale = new SaleBody(work.Body[..(Wire.ControlHeaderBytes + sizeof(uint))]).Sale;
                break;
        }
    }
}
