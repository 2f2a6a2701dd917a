using System.Globalization;

namespace TxCore.LoadTest.Overload;

/// <summary>A figure and the limit it must keep; without a limit it is only told.</summary>
internal sealed record LimitedFigure(string What, double Value, string Unit, double? Max = null, double? Min = null)
{
    public bool Holds => (Max is null || Value <= Max) && (Min is null || Value >= Min);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Max is null && Min is null ? "    " : Holds ? "ok  " : "FAIL")} {What}: {Value:0.###} {Unit}{(Max is null ? "" : $" (at most {Max:0.###})")}{(Min is null ? "" : $" (at least {Min:0.###})")}");
}

/// <summary>What a part came to.</summary>
internal sealed record PartResult(string Part, string Title, IReadOnlyList<LimitedFigure> Figures)
{
    public bool Holds => Figures.All(static figure => figure.Holds);

    public override string ToString() => $"{Part}) {Title}{Environment.NewLine}{string.Join(Environment.NewLine, Figures.Select(static figure => $"   {figure}"))}";
}
