using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Tests.Sessions;

public sealed class RecentRowsTests
{
    private const int ChunkBytes = 1024 * 1024;

    [Fact]
    public void A_row_is_found_as_it_was_stored()
    {
        var rows = new RecentRows(ChunkBytes);
        rows.Append(Ticket(7), Command(7, 100));
        rows.Append(Ticket(9), Command(9, 33));
        Assert.Equal(Ticket(7), rows.Find(7)!.Entry);
        Assert.Equal(Command(9, 33), rows.Find(9)!.Command);
        Assert.All(new long[] { 0, 6, 8, 10, long.MaxValue, -1 }, number => Assert.Null(rows.Find(number)));
    }

    [Fact]
    public void The_oldest_rows_leave_when_it_is_full_and_the_others_stay_findable()
    {
        const int rowsInAll = 40_000;
        var rows = new RecentRows(3 * ChunkBytes);
        for (int number = 1; number <= rowsInAll; number++)
        {
            rows.Append(Ticket(number * 3L), Command(number, 200));
        }

        Assert.Null(rows.Find(3));
        long first = Enumerable.Range(1, rowsInAll).Select(static number => number * 3L).First(number => rows.Find(number) is not null);
        Assert.InRange(rowsInAll - (first / 3), 2 * ChunkBytes / 400, 3 * ChunkBytes / 200);
        for (long number = first; number <= rowsInAll * 3L; number += 3)
        {
            Assert.Equal((number, Command((int)(number / 3), 200)[8]), (rows.Find(number)!.Entry.Number, rows.Find(number)!.Command[8]));
            Assert.Null(rows.Find(number + 1));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ChunkBytes - 1)]
    public void No_room_keeps_nothing_and_says_so_by_finding_nothing(long bytes)
    {
        var rows = new RecentRows(bytes);
        rows.Append(Ticket(7), Command(7, 100));
        Assert.Null(rows.Find(7));
    }

    [Theory]
    [InlineData(MessageType.Wager, ResultCode.Accepted, true)]
    [InlineData(MessageType.WaitOffered, ResultCode.Accepted, true)]
    [InlineData(MessageType.Wager, ResultCode.RaceClosed, false)]
    [InlineData(MessageType.Confirm, ResultCode.Accepted, false)]
    [InlineData(MessageType.RaceStop, ResultCode.Accepted, false)]
    public void Only_rows_that_are_asked_for_by_number_are_kept(MessageType kind, ResultCode code, bool kept) =>
        Assert.Equal(kept, RecentRows.IsAskedFor(new Entry { Kind = kind, Code = code }));

    private static Entry Ticket(long number) => new()
    {
        Number = number,
        Kind = MessageType.Wager,
        Source = 4,
        Sequence = number + 1,
        AmountCents = number * 10,
        SequencedAt = 5,
        Outlet = 3,
    };

    private static byte[] Command(int number, int bytes)
    {
        byte[] command = new byte[bytes];
        Array.Fill(command, (byte)number);
        return command;
    }
}
