using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Clients;
using TxCore.Storage;

namespace TxCore.Simulation.Checks;

/// <summary>Books of the seats: available + held + sold + blocked = capacity after every entry, and no hold ends twice.</summary>
internal sealed class SeatLedger(Action<string> violate)
{
    private readonly Dictionary<(uint Session, ushort Category), Cell> _cells = [];
    private readonly Dictionary<long, SeatHold> _holds = [];
    private bool _isOpen;

    public void Take(in Entry entry, Content? content, ReadOnlySpan<byte> command)
    {
        switch (entry.Kind)
        {
            case MessageType.CellsDefine:
                foreach (var cell in ((CellsDefine)content!.Message).Cells)
                {
                    _cells.Add((cell.Session, cell.Category), new Cell { Capacity = (int)cell.Capacity, Blocked = (int)cell.Blocked, PriceCents = cell.PriceCents });
                }

                break;
            case MessageType.SaleOpen:
                _isOpen = true;
                break;
            case MessageType.SaleClose or MessageType.SaleCloseDue:
                _isOpen = false;
                break;
            case MessageType.SeatsBlock:
                var block = (SeatsBlock)content!.Message;
                _cells[(block.Session, block.Category)].Blocked = (int)block.Blocked;
                break;
            case MessageType.Hold:
                Hold(in entry, (Hold)content!.Message);
                break;
            case MessageType.Confirm or MessageType.Release or MessageType.Reversal:
                End(in entry, entry.Reference);
                break;
            case MessageType.HoldExpired:
                End(in entry, SystemCommand.Subject(command));
                break;
        }

        foreach (var (name, cell) in _cells)
        {
            if (cell.Available < 0 || cell.Held < 0)
            {
                violate($"number {entry.Number}: cell {name} has {cell.Capacity} seats, {cell.Blocked} blocked, {cell.Held} held, {cell.Sold} sold");
            }
        }
    }

    /// <summary>A refusal for want of seats when there are enough, or of a live hold, cannot be.</summary>
    public void TakeRefused(in Entry entry, Content? content)
    {
        if (entry is { Kind: MessageType.Hold, Code: ResultCode.SoldOut } && content!.Message is Hold { Lines: [var line] }
            && _cells[(line.Session, line.Category)].Available >= line.Quantity)
        {
            violate($"number {entry.Number} is told sold out, {_cells[(line.Session, line.Category)].Available} seats are free");
        }

        if (entry is { Kind: MessageType.Confirm or MessageType.Release, Code: ResultCode.HoldUnknown or ResultCode.HoldNotLive } && _holds.GetValueOrDefault(entry.Reference) is { IsOver: false })
        {
            violate($"number {entry.Number}: hold {entry.Reference} is refused as {entry.Code} and is live");
        }
    }

    private void Hold(in Entry entry, Hold hold)
    {
        long cents = 0;
        foreach (var line in hold.Lines)
        {
            var cell = _cells[(line.Session, line.Category)];
            cell.Held += line.Quantity;
            cents += line.Quantity * cell.PriceCents;
        }

        if (!_isOpen || cents != entry.AmountCents || entry.ExpiresAt <= entry.SequencedAt)
        {
            violate($"number {entry.Number} holds seats for {entry.AmountCents} until {entry.ExpiresAt}; the sale is open: {_isOpen}, the price {cents}");
        }

        _holds.Add(entry.Number, new SeatHold(hold, entry.ExpiresAt));
    }

    private void End(in Entry entry, long number)
    {
        if (!_holds.TryGetValue(number, out var hold) || hold.IsOver)
        {
            violate($"number {entry.Number}: {entry.Kind} of hold {number}, which is not live");
            return;
        }

        bool isOver = entry.SequencedAt >= hold.ExpiresAt;
        if (entry.Kind == MessageType.HoldExpired ? !isOver : (isOver && entry.Kind != MessageType.Reversal) || (entry.Kind == MessageType.Confirm && !_isOpen))
        {
            violate($"number {entry.Number}: {entry.Kind} at {entry.SequencedAt} of hold {number} that lives until {hold.ExpiresAt}; the sale is open: {_isOpen}");
        }

        hold.IsOver = true;
        foreach (var line in hold.Message.Lines)
        {
            var cell = _cells[(line.Session, line.Category)];
            cell.Held -= line.Quantity;
            cell.Sold += entry.Kind == MessageType.Confirm ? line.Quantity : 0;
        }
    }

    private sealed class SeatHold(Hold message, long expiresAt)
    {
        public Hold Message { get; } = message;

        public long ExpiresAt { get; } = expiresAt;

        public bool IsOver { get; set; }
    }

    private sealed class Cell
    {
        public int Capacity { get; init; }

        public long PriceCents { get; init; }

        public int Blocked { get; set; }

        public int Held { get; set; }

        public int Sold { get; set; }

        public int Available => Capacity - Blocked - Held - Sold;
    }
}
