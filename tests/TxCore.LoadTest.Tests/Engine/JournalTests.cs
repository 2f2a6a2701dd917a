using TxCore.LoadTest.Engine;
using TxCore.Protocol;

namespace TxCore.LoadTest.Tests.Engine;

public class JournalTests
{
    [Fact]
    public void Entries_keep_their_lines_beyond_many_blocks()
    {
        var journal = new Journal();
        for (int i = 0; i < 300_000; i++)
        {
            journal.Append(new JournalEntry { Source = 1, Sequence = (ulong)i }, [JournalLine.Wager(i, 1, 200)]);
        }

        Assert.Equal(300_000, journal.Count);
        Assert.Equal(299_999UL, journal[299_999].Sequence);
        Assert.Equal(299_999, journal.LinesOf(in journal[299_999])[0].Race);
    }

    [Theory]
    [InlineData(ResultCode.Accepted, 400, true)]
    [InlineData(ResultCode.Accepted, 200, false)]
    [InlineData(ResultCode.SoldOut, 0, true)]
    [InlineData(ResultCode.UnknownCell, 0, false)]
    public void A_hold_may_be_taken_for_its_price_or_be_sold_out(ResultCode code, long amountCents, bool isExpected)
    {
        var entry = new JournalEntry
        {
            Kind = MessageType.Hold,
            ExpectedCode = ResultCode.Accepted,
            ExpectedAmountCents = 400,
            MaySellOut = true,
            Code = code,
            AmountCents = amountCents,
        };

        Assert.Equal(isExpected, entry.IsAsExpected);
    }
}
