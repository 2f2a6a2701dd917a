using System.IO.Hashing;

namespace TxCore.Simulation.Engine;

/// <summary>What happened, as one hash; as text too when somebody wants to read it.</summary>
internal sealed class SimTrace(bool keepsText)
{
    private const int TextLinesMax = 400_000;

    public ulong Hash { get; private set; } = 14695981039346656037;

    public List<string>? Text { get; } = keepsText ? [] : null;

    public void Note(int what, long a, long b = 0)
    {
        Mix((ulong)what);
        Mix((ulong)a);
        Mix((ulong)b);
    }

    public void Note(ReadOnlySpan<byte> bytes) => Mix(XxHash3.HashToUInt64(bytes));

    public void Say(long now, string text)
    {
        if (Text is { Count: < TextLinesMax } lines)
        {
            lines.Add($"{now / 1000.0,10:0.000} {text}");
        }
    }

    private void Mix(ulong value) => Hash = ulong.RotateLeft((Hash ^ value) * 1099511628211, 29);
}
