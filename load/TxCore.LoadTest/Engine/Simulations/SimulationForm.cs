using TxCore.LoadTest.Commands;

namespace TxCore.LoadTest.Engine.Simulations;

/// <summary>
/// The one table of what simulations are called and which arguments they take, in order. Flags and JSON files are read by it and plans are
/// printed by it, so that they cannot differ.
/// </summary>
internal static class SimulationForm
{
    private const string Rate = "rate";
    private const string Interval = "interval";
    private const string During = "during";
    private const string Copies = "copies";
    private const string Iterations = "iterations";

    private static readonly Form[] Forms =
    [
        new("Inject", [Rate, Interval, During], a => new InjectSimulation(a.Count(Rate), a.Time(Interval), a.Time(During))),
        new("RampingInject", [Rate, Interval, During], a => new RampingInjectSimulation(a.CountOrNone(Rate), a.Time(Interval), a.Time(During))),
        new("InjectRandom", ["minRate", "maxRate", Interval, During], a => new InjectRandomSimulation(
            a.CountOrNone("minRate"), a.CountFrom("maxRate", a.CountOrNone("minRate")), a.Time(Interval), a.Time(During))),
        new("IterationsForInject", [Rate, Interval, Iterations], a => new IterationsForInjectSimulation(
            a.Count(Rate), a.Time(Interval), a.Count(Iterations))),
        new("InjectCurve", [Rate, Interval, During, "over"], a => new InjectCurveSimulation(
            a.Count(Rate), a.Time(Interval), a.Time(During), a.Time("over"))),
        new("InjectDecay", [Rate, Interval, "theta", During], a => new InjectDecaySimulation(
            a.Count(Rate), a.Time(Interval), a.Time("theta"), a.Time(During))),
        new("KeepConstant", [Copies, During], a => new KeepConstantSimulation(a.Count(Copies), a.Time(During))),
        new("RampingConstant", [Copies, During], a => new RampingConstantSimulation(a.CountOrNone(Copies), a.Time(During))),
        new("IterationsForConstant", [Copies, Iterations], a => new IterationsForConstantSimulation(a.Count(Copies), a.Count(Iterations))),
        new("Pause", [During], a => new PauseSimulation(a.Time(During))),
    ];

    /// <summary>Reads <c>Inject(rate: 2000, interval: 1s, during: 60s)</c>; arguments may also stand in order without names.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong and what would be right.</exception>
    public static LoadSimulation Parse(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || !text.TrimEnd().EndsWith(')'))
        {
            throw new FormatException($"'{text}' is no simulation; write for example Inject(rate: 2000, interval: 1s, during: 60s).");
        }

        string inside = text[(open + 1)..text.LastIndexOf(')')];
        var arguments = new List<(string? Name, string Value)>();
        foreach (string part in inside.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // A time such as 00:01:00 has colons too: only a word before the first one is a name.
            int colon = part.IndexOf(':', StringComparison.Ordinal);
            bool isNamed = colon > 0 && char.IsLetter(part[0]);
            arguments.Add(isNamed ? (part[..colon].Trim(), part[(colon + 1)..].Trim()) : (null, part));
        }

        return Make(text[..open].Trim(), arguments);
    }

    /// <summary>Makes a simulation from a name and arguments, named or in order.</summary>
    /// <exception cref="FormatException">The name or an argument is wrong.</exception>
    public static LoadSimulation Make(string name, IReadOnlyList<(string? Name, string Value)> arguments)
    {
        var form = Array.Find(Forms, form => form.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new FormatException($"There is no simulation '{name}'; there are {string.Join(", ", Forms.Select(form => form.Name))}.");
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i].Name ?? (i < form.Arguments.Length ? form.Arguments[i] : $"no. {i + 1}");
            if (!form.Arguments.Contains(argument, StringComparer.OrdinalIgnoreCase) || !values.TryAdd(argument, arguments[i].Value))
            {
                throw new FormatException($"{form.Name} takes ({string.Join(", ", form.Arguments)}), each once; '{argument}' is wrong.");
            }
        }

        return form.Create(new Arguments(form, values));
    }

    /// <summary>As it is typed.</summary>
    public static string Format(LoadSimulation simulation) => simulation switch
    {
        InjectSimulation s => $"Inject(rate: {s.Rate}, interval: {Text(s.Interval)}, during: {Text(s.During)})",
        RampingInjectSimulation s => $"RampingInject(rate: {s.Rate}, interval: {Text(s.Interval)}, during: {Text(s.During)})",
        InjectRandomSimulation s =>
            $"InjectRandom(minRate: {s.MinRate}, maxRate: {s.MaxRate}, interval: {Text(s.Interval)}, during: {Text(s.During)})",
        IterationsForInjectSimulation s => $"IterationsForInject(rate: {s.Rate}, interval: {Text(s.Interval)}, iterations: {s.Iterations})",
        InjectCurveSimulation s => $"InjectCurve(rate: {s.Rate}, interval: {Text(s.Interval)}, during: {Text(s.During)}, over: {Text(s.Over)})",
        InjectDecaySimulation s => $"InjectDecay(rate: {s.Rate}, interval: {Text(s.Interval)}, theta: {Text(s.Theta)}, during: {Text(s.During)})",
        KeepConstantSimulation s => $"KeepConstant(copies: {s.Copies}, during: {Text(s.During)})",
        RampingConstantSimulation s => $"RampingConstant(copies: {s.Copies}, during: {Text(s.During)})",
        IterationsForConstantSimulation s => $"IterationsForConstant(copies: {s.Copies}, iterations: {s.Iterations})",
        PauseSimulation s => $"Pause(during: {Text(s.During)})",
        _ => throw new ArgumentOutOfRangeException(nameof(simulation), simulation, "A simulation without a form."),
    };

    private static string Text(TimeSpan time) => DurationText.Format(time);

    private sealed record Form(string Name, string[] Arguments, Func<Arguments, LoadSimulation> Create);

    private sealed class Arguments(Form form, Dictionary<string, string> values)
    {
        private const int CountMax = 10_000_000;
        private static readonly TimeSpan TimeMax = TimeSpan.FromDays(7);

        public int Count(string name) => CountFrom(name, 1);

        public int CountOrNone(string name) => CountFrom(name, 0);

        public int CountFrom(string name, int least) =>
            int.TryParse(Text(name), System.Globalization.CultureInfo.InvariantCulture, out int count) && count >= least && count <= CountMax
                ? count
                : throw new FormatException($"{form.Name}: {name} is {Text(name)}; it must be from {least:N0} to {CountMax:N0}.");

        public TimeSpan Time(string name) =>
            DurationText.TryParse(Text(name), out var time) && time > TimeSpan.Zero && time <= TimeMax
                ? time
                : throw new FormatException($"{form.Name}: {name} is {Text(name)}; it must be a time such as 500ms, 60s, 5m, 1h or 00:01:00.");

        private string Text(string name) => values.GetValueOrDefault(name)
            ?? throw new FormatException($"{form.Name} takes ({string.Join(", ", form.Arguments)}); {name} is missing.");
    }
}
