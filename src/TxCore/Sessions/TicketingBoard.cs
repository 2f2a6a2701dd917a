using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Sessions;

/// <summary>
/// The state of sales and draws as of the last commit, for any number of readers without touching the ring. Written by the reply
/// thread; read by sessions, which share encoded pages for up to half a second.
/// </summary>
public sealed class TicketingBoard(DrawPreparer preparer, TimeProvider clock)
{
    /// <summary>How long a page is given out before it is made anew.</summary>
    public static readonly TimeSpan PageLife = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, SalePicture> _sales = [];
    private readonly Dictionary<uint, DrawPicture> _draws = [];
    private readonly Dictionary<uint, Pages> _salePages = [];
    private readonly Dictionary<uint, Pages> _drawPages = [];
    private long _number;
    private long _at;
    private long _acknowledged;

    /// <summary>The number up to which payment orders were acknowledged, as of the last commit.</summary>
    public long AcknowledgedPayments => Volatile.Read(ref _acknowledged);

    /// <summary>Fills the board from a recovered state.</summary>
    public void Load(ShardState state)
    {
        lock (_gate)
        {
            (_number, _at) = (state.LastNumber, state.Time);
            _acknowledged = state.AcknowledgedPayments;
            foreach (var sale in state.Sales.Values)
            {
                var picture = new SalePicture { Status = sale.Status };
                foreach (var cell in sale.Cells.Values)
                {
                    cell.Committed = cell.Counts;
                    picture.Cells.Add(cell);
                }

                _sales[sale.Id] = picture;
            }

            foreach (var draw in state.Draws.Values)
            {
                _draws[draw.Id] = new DrawPicture(draw);
                if (draw.Status == DrawStatus.Closed)
                {
                    preparer.Begin(draw.Id);
                }
            }
        }
    }

    /// <summary>Takes in the counters of a committed event.</summary>
    public void Apply(TxEvent work)
    {
        if (!work.IsStored && work.Due.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            (_number, _at) = (work.HighestNumber, work.Time);
            foreach (var (cell, counts) in work.Cells)
            {
                cell.Committed = counts;
            }

            if (work.Draw is { } draw && _draws.TryGetValue(draw.Id, out var picture))
            {
                picture.Count(work.DrawEntries, work.DrawStruck);
            }

            if (work.Type == MessageType.PaymentsAcknowledge && work.IsStored && work.Entry.Code == ResultCode.Accepted)
            {
                Volatile.Write(ref _acknowledged, (long)Bodies.Decode<PaymentsAcknowledge>(work.Body).UpTo);
            }

            foreach (var (wave, state) in work.Waves)
            {
                _draws[wave.Draw.Id].Set(state);
            }
        }
    }

    /// <summary>Takes in a committed change of a sale or draw; <paramref name="work"/> is the event that made it.</summary>
    public void Apply(in StateChange change, TxEvent work)
    {
        if (change.Draw != 0)
        {
            ApplyDraw(in change, work);
        }
        else if (change.Sale != 0)
        {
            ApplySale(in change, work);
        }
    }

    /// <summary>How far a draw has got as of the last commit; None when it is not known.</summary>
    public DrawStatus StatusOf(uint draw)
    {
        lock (_gate)
        {
            return _draws.TryGetValue(draw, out var picture) ? picture.State.Status : DrawStatus.None;
        }
    }

    /// <summary>The frame of a page of a sale's cells.</summary>
    public byte[] SalePage(in SaleStateRequest request)
    {
        lock (_gate)
        {
            if (!_sales.TryGetValue(request.Sale, out var sale))
            {
                return Frame.Encode(new SaleState(request.Sale, SaleStatus.None, (ulong)_number, _at, request.Page, 0, []));
            }

            if (!_salePages.TryGetValue(request.Sale, out var pages) || clock.GetElapsedTime(pages.MadeAt) > PageLife)
            {
                pages = new Pages(clock.GetTimestamp(), MakeSalePages(request.Sale, sale));
                _salePages[request.Sale] = pages;
            }

            return request.Page < pages.Frames.Length
                ? pages.Frames[request.Page]
                : Frame.Encode(new SaleState(request.Sale, sale.Status, (ulong)_number, _at, request.Page, (uint)pages.Frames.Length, []));
        }
    }

    /// <summary>The frame of a draw's state.</summary>
    public byte[] DrawPage(in DrawStateRequest request)
    {
        lock (_gate)
        {
            if (!_draws.TryGetValue(request.Draw, out var picture))
            {
                return Frame.Encode(
                    new DrawState(request.Draw, DrawStatus.None, (ulong)_number, _at, [], 0, 0, 0, [], [], [], 0, [], [], [], [], [], []));
            }

            if (!_drawPages.TryGetValue(request.Draw, out var pages) || clock.GetElapsedTime(pages.MadeAt) > PageLife)
            {
                var state = picture.State with { Number = (ulong)_number, At = _at };
                if (state.Status == DrawStatus.Closed)
                {
                    state = state with { Root = preparer.RootOf(request.Draw) };
                }

                pages = new Pages(clock.GetTimestamp(), [Frame.Encode(state)]);
                _drawPages[request.Draw] = pages;
            }

            return pages.Frames[0];
        }
    }

    private byte[][] MakeSalePages(uint id, SalePicture sale)
    {
        var cells = sale.Cells
            .OrderBy(static cell => cell, CellOrder.Instance)
            .Select(static cell => new CellState(
                cell.Session, cell.Category, (uint)cell.Committed.Capacity, (uint)cell.Committed.Blocked, (uint)cell.Committed.Held,
                (uint)cell.Committed.Sold, (uint)cell.Committed.Waiting))
            .Chunk(Wire.CellsMax)
            .ToArray();
        int count = Math.Max(1, cells.Length);
        byte[][] frames = new byte[count][];
        for (int page = 0; page < count; page++)
        {
            frames[page] = Frame.Encode(
                new SaleState(id, sale.Status, (ulong)_number, _at, (uint)page, (uint)count, page < cells.Length ? cells[page] : []));
        }

        return frames;
    }

    private void ApplySale(in StateChange change, TxEvent work)
    {
        lock (_gate)
        {
            if (!_sales.TryGetValue(change.Sale, out var sale))
            {
                sale = new SalePicture();
                _sales.Add(change.Sale, sale);
            }

            sale.Status = (SaleStatus)change.State;
            if (change.Change == MessageType.CellsDefine)
            {
                foreach (var (cell, _) in work.Cells)
                {
                    if (cell.Sale.Id == change.Sale)
                    {
                        sale.Cells.Add(cell);
                    }
                }
            }

            _salePages.Remove(change.Sale);
        }
    }

    private void ApplyDraw(in StateChange change, TxEvent work)
    {
        lock (_gate)
        {
            if (change.Change == MessageType.DrawDefine)
            {
                _draws[change.Draw] = new DrawPicture(Bodies.Decode<DrawDefine>(work.Body));
            }
            else
            {
                _draws[change.Draw].Apply(in change, work);
            }

            _drawPages.Remove(change.Draw);
        }

        if ((DrawStatus)change.State == DrawStatus.Closed)
        {
            preparer.Begin(change.Draw);
        }
        else if ((DrawStatus)change.State >= DrawStatus.Published)
        {
            preparer.Forget(change.Draw);
        }
    }

    private sealed record Pages(long MadeAt, byte[][] Frames);

    private sealed class SalePicture
    {
        public SaleStatus Status { get; set; }

        public List<InventoryCell> Cells { get; } = [];
    }
}
