namespace Disruptor.Tests;

public sealed class EventBatchTests
{
    private static readonly string[] Array = ["a", "b", "c", "d", "e"];

    private readonly EventBatch<string> _batch = new(Array, 1, 3);

    [Fact]
    public void All_ways_to_read_a_batch_agree()
    {
        var enumerated = new List<string>();
        foreach (var item in _batch)
        {
            enumerated.Add(item);
        }

        string[] expected = ["b", "c", "d"];
        Assert.Equal(expected, enumerated);
        Assert.Equal(expected, _batch.ToArray());
        Assert.Equal(expected, _batch.AsEnumerable());
        Assert.Equal(expected, _batch.AsSpan().ToArray());
        Assert.Equal("d", _batch[2]);
    }

    [Fact]
    public void A_slice_counts_from_its_own_start()
    {
        Assert.Equal(["c", "d"], _batch.Slice(1, 2).ToArray());
        Assert.Equal(0, _batch.Slice(3, 0).Length);
    }

    [Fact]
    public void Reading_outside_a_batch_is_refused()
    {
        Assert.ThrowsAny<Exception>(() => _batch[-1]);
        Assert.ThrowsAny<Exception>(() => _batch[3]);
        Assert.ThrowsAny<Exception>(() => _batch.Slice(2, 2));
    }
}
