using TxCore.Simulation.Bugs;
using TxCore.Simulation.Engine;

namespace TxCore.Simulation;

/// <summary>Each planted bug is found within a few seeds, and the core without it passes the seeds that find it.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const ulong SeedsMax = 300;

    public static TheoryData<string> Bugs => [.. Enum.GetNames<PlantedBug>().Where(static name => name != nameof(PlantedBug.None))];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_is_found(string name)
    {
        var bug = Enum.Parse<PlantedBug>(name);
        ulong seed = 1;
        var result = new World(seed, bug, false).Run();
        while (result.Violation is null && seed < SeedsMax)
        {
            result = new World(++seed, bug, false).Run();
        }

        Assert.True(result.Violation is not null, $"{bug} was not found in {seed} seeds.");
        output.WriteLine($"{bug}: seed {seed}: {result.Violation}");
        Assert.Null(new World(seed, PlantedBug.None, false).Run().Violation);
    }
}
