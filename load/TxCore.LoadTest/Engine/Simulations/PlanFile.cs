using System.Text.Json;
using TxCore.LoadTest.Commands;

namespace TxCore.LoadTest.Engine.Simulations;

/// <summary>
/// A run's settings in a JSON file: <c>{ "Scenario": "steady", "Seed": 7, "WarmUpDuration": "5s",
/// "LoadSimulationsSettings": [ { "Inject": { "rate": 2000, "interval": "1s", "during": "60s" } } ], "Thresholds": [ "OkLatency: p99 &lt; 10" ] }</c>.
/// A simulation may also be written as NBomber does, <c>{ "Inject": [ 2000, "00:00:01", "00:01:00" ] }</c>, or as on the command line.
/// </summary>
internal sealed record PlanFile
{
    private const string SimulationsName = "LoadSimulationsSettings";

    public IReadOnlyList<string> Scenarios { get; private init; } = [];

    public string? Preset { get; private init; }

    public int? Seed { get; private init; }

    public TimeSpan? WarmUpDuration { get; private init; }

    public IReadOnlyList<LoadSimulation> Simulations { get; private init; } = [];

    public IReadOnlyList<string> Thresholds { get; private init; } = [];

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="FormatException">It is no such file; the message names what is wrong.</exception>
    public static PlanFile Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(
                json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var file = new PlanFile();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                file = file.With(property);
            }

            return file;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The settings are no JSON object of the form expected: {fault.Message}", fault);
        }
    }

    private PlanFile With(JsonProperty property) => property.Name.ToUpperInvariant() switch
    {
        "SCENARIO" => this with { Scenarios = Texts(property.Value) },
        "PRESET" => this with { Preset = property.Value.GetString() },
        "SEED" => this with { Seed = property.Value.GetInt32() },
        "WARMUPDURATION" => this with { WarmUpDuration = Time(property) },
        "THRESHOLDS" => this with { Thresholds = Texts(property.Value) },
        "LOADSIMULATIONSSETTINGS" => this with { Simulations = [.. property.Value.EnumerateArray().Select(Simulation)] },
        _ => throw new FormatException(
            $"There is no setting '{property.Name}'; there are Scenario, Preset, Seed, WarmUpDuration, {SimulationsName} and Thresholds."),
    };

    private static LoadSimulation Simulation(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return SimulationForm.Parse(element.GetString()!);
        }

        var form = element.EnumerateObject().Single();
        var arguments = form.Value.ValueKind == JsonValueKind.Array
            ? form.Value.EnumerateArray().Select(value => ((string?)null, value.ToString()))
            : form.Value.EnumerateObject().Select(argument => ((string?)argument.Name, argument.Value.ToString()));
        return SimulationForm.Make(form.Name, [.. arguments]);
    }

    private static string[] Texts(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(item => item.GetString()!)] : [element.GetString()!];

    private static TimeSpan Time(JsonProperty property) =>
        DurationText.TryParse(property.Value.ToString(), out var time)
            ? time
            : throw new FormatException($"{property.Name} is {property.Value}; it must be a time such as 5s or 00:00:05.");
}
