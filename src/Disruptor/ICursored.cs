namespace Disruptor;

/// <summary>Something that has a cursor: the highest sequence claimed or published so far.</summary>
public interface ICursored
{
    /// <summary>The current cursor; -1 before the first sequence.</summary>
    long Cursor { get; }
}
