using System.Text.Json;
using TxCore.Client.Programme;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Programme;

/// <summary>A real racing day, where it lies beside the checkout; it is third-party data and never part of the project.</summary>
public sealed class RealProgrammeTests
{
    private const int PoolsInFile = 706;

    [Theory]
    [InlineData(Channel.Retail, 44, 232, 35, 9)]
    [InlineData(Channel.Online, 63, 411, 63, 21)]
    public void Every_race_of_the_channel_comes_out(Channel channel, int races, int pools, int racesOnSale, int scratches)
    {
        var day = Read(channel);

        Assert.Equal((20251105u, races), (day.Day, day.Races.Count));
        Assert.Equal(pools, day.Races.Sum(race => race.Pools.Count));
        Assert.Equal(racesOnSale, day.Races.Count(race => race.Pools.Count > 0));
        Assert.Equal(scratches, day.Races.Sum(race => race.Scratches.Count));
        Assert.All(day.Races, race => Assert.NotEmpty(race.Finish));
        Assert.All(day.Races, race => Assert.Equal(race.Finish.Count, race.Finish.Select(place => place.Place).Distinct().Count()));
        Assert.Equal(races - racesOnSale, day.Warnings.Count);
        Assert.InRange(day.Races.Max(race => race.RunnerCount), 5, 16);
    }

    [Fact]
    public void Every_pool_of_the_file_is_defined_or_told()
    {
        var (retail, online) = (Read(Channel.Retail), Read(Channel.Online));

        Assert.Equal(PoolsInFile, retail.Races.Sum(race => race.Pools.Count) + retail.Skipped.Count + online.Races.Sum(race => race.Pools.Count));
        Assert.Empty(online.Skipped);
        Assert.Equal(35, retail.Skipped.Count(pool => pool is { Reason: SkipReason.NoBaseStake, Code: "REPORT_PLUS" }));
        Assert.Equal(28, retail.Skipped.Count(pool => pool.Reason == SkipReason.NotSoldHere));
        Assert.Single(retail.Skipped, pool => pool.Code == "TIC_TROIS");
        Assert.Equal(18, online.Races.Count(race => race.Scratches.Count > 0));
    }

    [Fact]
    public void A_day_that_is_over_defines_nothing_live()
    {
        var day = SampleFile.ReadDay(Find("programme-2025-11-05.json"), SampleFile.Options(Channel.Retail, asPlanned: false));
        Assert.Empty(day.Races);
        Assert.Equal(44, day.LeftOut.Count(race => race.Reason == LeaveReason.NotToRun));
    }

    [Fact]
    public void Participants_of_a_race_name_its_runners()
    {
        byte[] participants = Find("participants-2025-11-05-R1C1.json");
        var options = SampleFile.Options(Channel.Retail) with
        {
            Participants = new Dictionary<(byte, byte), ReadOnlyMemory<byte>> { [(1, 1)] = participants },
        };
        var race = SampleFile.ReadDay(Find("programme-2025-11-05.json"), options).Races[0];

        using var file = JsonDocument.Parse(participants);
        Assert.Equal(file.RootElement.GetProperty("participants").EnumerateArray().Select(runner => runner.GetProperty("nom").GetString()), race.Runners);
        Assert.Equal(14, race.Runners.Count);
    }

    private static ProgrammeDay Read(Channel channel) => SampleFile.ReadDay(Find("programme-2025-11-05.json"), SampleFile.Options(channel));

    /// <summary>Looks for <c>shared/data</c> beside the checkout and beside every folder above it.</summary>
    private static byte[] Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "shared", "data", name);
            if (File.Exists(path))
            {
                return File.ReadAllBytes(path);
            }
        }

        Assert.Skip($"The real racing day is not there: no shared/data/{name} beside the checkout or above it.");
        return [];
    }
}
