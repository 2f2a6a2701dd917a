using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Tests.Support;

namespace TxCore.Tests.Pipeline;

/// <summary>What is remembered of a source: the last decisions, and marks to find older ones by.</summary>
public sealed class SourceStateTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(64, 64)]
    [InlineData(100, 128)]
    public void The_decisions_of_a_window_are_kept(int window, int kept)
    {
        var source = new SourceState(1, window);
        for (long sequence = 1; sequence <= 1000; sequence++)
        {
            Record(source, sequence);
            Assert.Equal(Math.Max(1, sequence + 1 - kept), source.RecentFloor > sequence - 8 ? Math.Max(1, sequence + 1 - kept) : source.RecentFloor);
            for (long recent = Math.Max(1, sequence - kept + 1); recent <= sequence; recent++)
            {
                Assert.True(source.TryFindRecent(recent, out var record) && record.Entry.Number == recent * 3);
            }

            Assert.False(source.TryFindRecent(sequence + 1, out _));
            Assert.False(source.TryFindRecent(sequence - kept, out _));
        }
    }

    [Fact]
    public void A_window_that_grows_keeps_what_is_there()
    {
        var source = new SourceState(1, 8);
        for (long sequence = 1; sequence <= 20; sequence++)
        {
            Record(source, sequence);
        }

        source.AllowWindow(64);
        for (long sequence = 21; sequence <= 84; sequence++)
        {
            Record(source, sequence);
            Assert.True(source.TryFindRecent(Math.Max(13, sequence - 63), out _));
        }
    }

    [Fact]
    public void A_mark_is_never_more_than_its_interval_away()
    {
        var source = new SourceState(1, 8);
        for (long sequence = 1; sequence <= 500; sequence++)
        {
            Record(source, sequence);
        }

        for (long sequence = 1; sequence <= 500; sequence++)
        {
            long later = source.NumberAtOrAfter(sequence) / 3;
            Assert.InRange(later, sequence, sequence + SourceState.MarkInterval - 1);
        }
    }

    [Fact]
    public void Marks_of_the_day_before_the_last_are_forgotten()
    {
        var source = new SourceState(1, 8);
        for (long sequence = 1; sequence <= 300; sequence++)
        {
            Record(source, sequence);
            if (sequence % 100 == 0)
            {
                source.StartDay();
            }
        }

        Assert.Equal(0, source.NumberAtOrAfter(50));
        Assert.Equal(256 * 3, source.NumberAtOrAfter(250));
        Assert.Equal(300 * 3, source.NumberAtOrAfter(300));
        source.StartDay();
        source.StartDay();
        Assert.Equal(0, source.NumberAtOrAfter(250));
        Assert.Equal(300 * 3, source.NumberAtOrAfter(299 + SourceState.MarkInterval));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 0)]
    public void An_entry_out_of_order_is_never_taken_in(long sequence, long previous)
    {
        var source = new SourceState(1, 8);
        Record(source, 1);
        var entry = new Entry { Sequence = sequence, Number = 9, Previous = previous };
        Assert.Throws<InvalidDataException>(() => source.Record(in entry, 1, null));
    }

    [Fact]
    public void Deciding_a_wager_allocates_nothing()
    {
        var bench = new DeciderBench().OpenAll();
        byte[] frame = Frame.Encode(Messages.Wager(1, 1));
        for (int i = 0; i < 2100; i++)
        {
            Decide(bench, frame);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Decide(bench, frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3101, bench.Next(1));
    }

    private static void Decide(DeciderBench bench, byte[] frame)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(Wire.HeaderBytes + 4), bench.Next(1));
        bench.Now += 1000;
        bench.Fill(MessageType.Wager, frame.AsSpan(Wire.HeaderBytes), 1);
        bench.Decider.Decide(bench.Work);
    }

    private static void Record(SourceState source, long sequence)
    {
        var entry = new Entry { Sequence = sequence, Number = sequence * 3, Previous = source.LastNumber };
        source.Record(in entry, 1, null);
    }
}
