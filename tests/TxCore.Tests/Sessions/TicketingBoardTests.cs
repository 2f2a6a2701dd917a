using Microsoft.Extensions.Time.Testing;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Tests.Support;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Sessions;

/// <summary>The state of a sale and of a draw, read by many: built from what is committed, at most a second old, once for all readers.</summary>
public sealed class TicketingBoardTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DeciderBench _bench = new DeciderBench().OpenAll(900, new CellDefinition(1, 1, 100, 10, 2, 6));

    [Fact]
    public void Ten_thousand_readers_share_one_page_that_is_at_most_a_second_old()
    {
        var board = Board();
        byte[] page = board.SalePage(new SaleStateRequest(Messages.Sale, 0));
        for (int reader = 0; reader < 10_000; reader++)
        {
            Assert.Same(page, board.SalePage(new SaleStateRequest(Messages.Sale, 0)));
        }

        var hold = _bench.Do(Messages.Hold(1, 1, new HoldLine(1, 1, 3, 0)));
        Assert.Equal(new CellState(1, 1, 10, 2, 0, 0, 0), Cell(board));
        board.Apply(_bench.Work);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new CellState(1, 1, 10, 2, 3, 0, 0), Cell(board));
        _bench.Do(Messages.Confirm(1, 2, hold.Number, hold.AmountCents));
        board.Apply(_bench.Work);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((new CellState(1, 1, 10, 2, 0, 3, 0), 5u), (Cell(board), Cell(board).Available));
    }

    [Fact]
    public void What_is_not_there_is_told_as_not_there()
    {
        var board = Board();
        Assert.Equal(SaleStatus.None, Decode<SaleState>(board.SalePage(new SaleStateRequest(99, 0))).Status);
        Assert.Empty(Decode<SaleState>(board.SalePage(new SaleStateRequest(Messages.Sale, 7))).Cells);
        Assert.Equal(DrawStatus.None, Decode<DrawState>(board.DrawPage(new DrawStateRequest(99))).Status);
    }

    private TicketingBoard Board()
    {
        var board = new TicketingBoard(new DrawPreparer(_bench.State.Draws), _clock);
        board.Load(_bench.State);
        return board;
    }

    private static CellState Cell(TicketingBoard board) => Decode<SaleState>(board.SalePage(new SaleStateRequest(Messages.Sale, 0))).Cells[0];

    private static T Decode<T>(byte[] frame)
        where T : IMessage<T> => Frame.TryDecode<T>(frame.AsSpan(Wire.HeaderBytes), out var message) ? message : throw new InvalidDataException();
}
