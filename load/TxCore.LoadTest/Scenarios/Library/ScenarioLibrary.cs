using TxCore.LoadTest.Scenarios.Running;

namespace TxCore.LoadTest.Scenarios.Library;

/// <summary>How many sources scenarios have.</summary>
/// <param name="Terminals">Betting terminals.</param>
/// <param name="Frontends">Ticketing frontends.</param>
/// <param name="Idle">Connections that do nothing.</param>
/// <param name="StormEvery">Between two reconnect storms.</param>
internal sealed record ScenarioSizes(int Terminals = 200, int Frontends = 4, int Idle = 2_000, TimeSpan? StormEvery = null)
{
    public const int TerminalsMax = 14_000;
    public const int FrontendsMax = 500;
    public const int IdleMax = 20_000;
}

/// <summary>The scenarios by name.</summary>
internal static class ScenarioLibrary
{
    private const int WeightMax = 1_000;
    private static readonly TimeSpan StormEvery = TimeSpan.FromSeconds(10);

    public static readonly string[] Names = ["steady", "grand-prix", "registration", "on-sale", "reconnect-storm", "idle"];

    /// <summary>Reads <c>steady</c>, or <c>steady:80,on-sale:20</c> for a mix by weight.</summary>
    /// <exception cref="FormatException">A name or weight is wrong.</exception>
    public static IReadOnlyList<WeightedScenario> Parse(string text, ScenarioSizes sizes)
    {
        var items = new List<WeightedScenario>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split(':', 2, StringSplitOptions.TrimEntries);
            int weight = 1;
            if (sides.Length == 2 && (!int.TryParse(sides[1], out weight) || weight is < 1 or > WeightMax))
            {
                throw new FormatException($"The weight of {sides[0]} is {sides[1]}; it must be from 1 to {WeightMax:N0}.");
            }

            items.Add(new WeightedScenario(Create(sides[0], sizes), weight));
        }

        return items.Count > 0 ? items : throw new FormatException($"There is no scenario in '{text}'; there are {string.Join(", ", Names)}.");
    }

    private static Scenario Create(string name, ScenarioSizes sizes) => name switch
    {
        "steady" => new SteadyScenario(sizes.Terminals, sizes.Frontends),
        "grand-prix" => new GrandPrixScenario(sizes.Terminals),
        "registration" => new RegistrationScenario(Math.Max(1, sizes.Frontends)),
        "on-sale" => new OnSaleScenario(Math.Max(1, sizes.Frontends)),
        "reconnect-storm" => new ReconnectStormScenario(sizes.Terminals, sizes.StormEvery ?? StormEvery),
        "idle" => new IdleScenario(sizes.Idle),
        _ => throw new FormatException($"There is no scenario '{name}'; there are {string.Join(", ", Names)}, and race-day by itself."),
    };
}
