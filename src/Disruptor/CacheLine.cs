namespace Disruptor;

/// <summary>
/// Offsets for explicit layouts. A line is taken as 128 bytes: what Apple and some server Arm cores use, and what the
/// adjacent-line prefetcher of x64 makes of two lines of 64.
/// </summary>
internal static class CacheLine
{
    public const int Bytes = 128;

    /// <summary>References that fill one line, on a 64-bit process.</summary>
    public const int References = Bytes / 8;

    public const int Ints = Bytes / sizeof(int);
}
