using System.IO.Hashing;
using System.Runtime.CompilerServices;

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

    /// <summary>Formats only what is kept.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Line
    {
        private readonly DefaultInterpolatedStringHandler _text;

        public Line(int literalLength, int formattedCount, World world, out bool isKept)
        {
            isKept = world.Trace.Text is not null;
            _text = isKept ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public string Text => _text.ToStringAndClear();
    }

    private void Mix(ulong value) => Hash = ulong.RotateLeft((Hash ^ value) * 1099511628211, 29);
}
