namespace Disruptor.Tests;

internal sealed class TestEvent
{
    public int Producer { get; set; }

    public long Value { get; set; }

    public bool SeenByA { get; set; }

    public bool SeenByB { get; set; }
}
