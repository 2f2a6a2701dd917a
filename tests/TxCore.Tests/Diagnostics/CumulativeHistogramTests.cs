using HdrHistogram;
using TxCore.Diagnostics;

namespace TxCore.Tests.Diagnostics;

/// <summary>One thread records, several read: each gets everything once, and the percentiles are those of the library.</summary>
public sealed class CumulativeHistogramTests
{
    private const int Values = 200_000;

    [Fact]
    public void The_buckets_are_those_of_an_HdrHistogram()
    {
        const int Seed = 20_251_105;
        var random = new Random(Seed);
        var ours = new CumulativeHistogram();
        var theirs = new LongHistogram(1, CumulativeHistogram.ValueMax, 2);
        for (int i = 0; i < Values; i++)
        {
            long value = 1 + random.NextInt64(1L << random.Next(1, 36));
            ours.Record(value);
            theirs.RecordValue(value);
        }

        var taken = new HistogramReader(ours).TakeHistogram();

        Assert.Equal(theirs.TotalCount, taken.TotalCount);
        foreach (double percentile in (double[])[0, 1, 10, 50, 90, 99, 99.9, 99.99, 100])
        {
            Assert.Equal(theirs.GetValueAtPercentile(percentile), taken.GetValueAtPercentile(percentile));
        }
    }

    [Theory]
    [InlineData(long.MinValue, 1)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(255, 255)]
    [InlineData(256, 256)]
    [InlineData(513, 512)]
    [InlineData(CumulativeHistogram.ValueMax, 255L << 28)]
    [InlineData(long.MaxValue, 255L << 28)]
    public void A_value_counts_in_the_bucket_that_begins_at_or_below_it(long value, long expected)
    {
        var histogram = new CumulativeHistogram();
        histogram.Record(value);
        var taken = new List<(long Value, long Count)>();

        new HistogramReader(histogram).Take((bucket, count) => taken.Add((bucket, count)));

        Assert.Equal([(expected, 1L)], taken);
    }

    [Fact]
    public void Readers_do_not_take_from_one_another()
    {
        var histogram = new CumulativeHistogram();
        var (first, second) = (new HistogramReader(histogram), new HistogramReader(histogram));
        histogram.Record(100);
        Assert.Equal(1, first.TakeHistogram().TotalCount);
        histogram.Record(200);

        Assert.Equal((1, 200.0), (first.TakeSummary(1).Count, second.TakeSummary(1).Max));
        Assert.Equal((0, 0), (first.TakeSummary(1).Count, second.TakeSummary(1).Count));
    }

    [Fact]
    public async Task What_is_recorded_while_it_is_read_is_told_once()
    {
        var histogram = new CumulativeHistogram();
        var writing = Task.Run(RecordAll, TestContext.Current.CancellationToken);
        var reader = new HistogramReader(histogram);
        long told = 0;
        while (!writing.IsCompleted)
        {
            told += reader.TakeHistogram().TotalCount;
        }

        await writing;
        Assert.Equal(Values, told + reader.TakeHistogram().TotalCount);

        void RecordAll()
        {
            for (int i = 0; i < Values; i++)
            {
                histogram.Record(i);
            }
        }
    }
}
