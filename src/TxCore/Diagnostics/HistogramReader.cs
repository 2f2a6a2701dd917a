using HdrHistogram;
using HdrHistogram.Utilities;

namespace TxCore.Diagnostics;

/// <summary>Receives a bucket with new values: the smallest value it stands for, and how many.</summary>
public delegate void BucketVisitor(long value, long count);

/// <summary>One reader's interval of a histogram: what was recorded since it last took. For one thread at a time.</summary>
public sealed class HistogramReader(CumulativeHistogram histogram)
{
    private readonly long[] _seen = new long[CumulativeHistogram.Buckets];
    private readonly LongHistogram _interval = new(1, CumulativeHistogram.ValueMax, 2);

    /// <summary>Visits every bucket that has new values, in rising order, and begins the next interval.</summary>
    public void Take(BucketVisitor visit)
    {
        var counts = histogram.Counts;
        for (int i = 0; i < counts.Length; i++)
        {
            long count = counts[i];
            if (count != _seen[i])
            {
                visit(CumulativeHistogram.ValueOf(i), count - _seen[i]);
                _seen[i] = count;
            }
        }
    }

    /// <summary>The new values as an HdrHistogram, valid until the next take; begins the next interval.</summary>
    public LongHistogram TakeHistogram()
    {
        _interval.Reset();
        Take(_interval.RecordValueWithCount);
        return _interval;
    }

    /// <summary>Percentiles of the new values, each divided by <paramref name="divisor"/>; begins the next interval.</summary>
    public StageSummary TakeSummary(double divisor)
    {
        var taken = TakeHistogram();
        return taken.TotalCount == 0
            ? new StageSummary(0, 0, 0, 0, 0, 0, 0)
            : new StageSummary(taken.TotalCount, At(50), At(90), At(99), At(99.9), At(99.99), At(100));

        double At(double percentile) => taken.GetValueAtPercentile(percentile) / divisor;
    }

    /// <summary>The values of the last interval taken, in the compressed form of HdrHistogram as base64.</summary>
    public string TakenAsText()
    {
        var buffer = ByteBuffer.Allocate(_interval.GetNeededByteBufferCapacity());
        byte[] bytes = new byte[_interval.EncodeIntoCompressedByteBuffer(buffer)];
        buffer.Position = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = buffer.Get();
        }

        return Convert.ToBase64String(bytes);
    }
}
