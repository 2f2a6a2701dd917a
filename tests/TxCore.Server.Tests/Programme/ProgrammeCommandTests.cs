using TxCore.Client;
using TxCore.Protocol;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;

namespace TxCore.Server.Tests.Programme;

/// <summary>A racing day from its file to the counter.</summary>
public sealed class ProgrammeCommandTests(PostgresFixture postgres)
{
    private static readonly string Sample = Path.Combine(ServerProgram.Folder, "Programme", "sample-programme.json");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_tells_what_an_import_would_define_and_what_not()
    {
        string retail = (await CheckAsync(0, Sample, "--as-planned")).Output;
        Assert.Contains("Day 20310401, retail: 8 races, 56 pools, 4 scratches, 4 results", retail);
        Assert.Contains("Skipped, not sold here: TIC_TROIS, 1 pool", retail);
        Assert.Contains("Skipped, not sold here: SIMPLE_PLACE_INTERNATIONAL, 1 pool", retail);
        Assert.Contains("Skipped, no base stake: REPORT_PLUS, 8 pools", retail);
        Assert.Contains("Left out, no pool in the channel: 1 race: R2C5", retail);
        Assert.Contains("Scratched R1C4: 2 at 14:20:00, 9 at 14:20:00", retail);
        Assert.Contains("Finish R1C3: 3-6=1-7-2-4-5", retail);

        string online = (await CheckAsync(0, Sample, "--channel", "online", "--date", "20320229", "--start", "09:00")).Output;
        Assert.Contains("Day 20320229, online: 5 races, 36 pools, 1 scratch, 0 results", online);
        Assert.Contains("Left out, not still to run: 4 races: R1C1, R1C2, R1C3, R1C4", online);
        Assert.Contains("Scratched R2C2: 9 at 09:05:00", online);
    }

    [Fact]
    public async Task Wrong_files_and_options_are_told()
    {
        using var folder = new TemporaryFolder();
        string takeouts = await folder.WriteAsync("takeouts.json", """{"takeouts": [{"bet": "SIMPLE_GAGNANT", "percent": 13.999}]}""");
        string programme = await folder.WriteAsync(
            "programme.json", (await File.ReadAllTextAsync(Sample, Cancellation)).Replace("\"miseBase\": 450", "\"miseBase\": -450").Replace("\"miseBase\": 150", "\"miseBase\": -150"));

        Assert.Contains("takeouts[0].percent: is 13.999", (await CheckAsync(1, Sample, "--takeouts", takeouts)).Error);
        Assert.Contains("programme.reunions[0].courses[0].paris[12].miseBase: is -150; it must be 1..", (await CheckAsync(1, programme, "--as-planned")).Error);
        Assert.Contains("nowhere.json", (await CheckAsync(2, "nowhere.json")).Error);
        Assert.Contains("R1C1=FILE", (await CheckAsync(2, Sample, "--participants", Sample)).Error);
        Assert.Contains("LatestStopAfterStart", (await CheckAsync(2, Sample, "--latest-stop-after-start", "-1")).Error);
        Assert.Contains("write it as 20251105", (await CheckAsync(1, Sample, "--date", "tomorrow")).Error);
    }

    [Fact]
    public async Task A_day_that_is_over_is_not_opened()
    {
        var over = await CommandLine.RunAsync(
            "programme", "import", Sample, "--as-planned", "--date", "20200101", "--open", "--actor", "7", "--reason", "2");
        Assert.Contains("20200101-R1C1 would have stopped by now", over.Exits(1).Error);
    }

    [Fact]
    public async Task A_day_is_imported_and_opened_once()
    {
        using var deployment = await Deployment.CreateAsync(postgres);
        await using var server = await deployment.ServeAsync();
        string tomorrow = $"{TimeProvider.System.GetUtcNow().AddDays(1):yyyyMMdd}";
        string[] import = ["programme", "import", Sample, "--as-planned", "--date", tomorrow, "--open", "--apply-scratches"];

        Assert.Contains("Imported: 8 races defined, 4 runners scratched, 8 races opened.", (await ImportAsync(server, 0, import)).Output);
        Assert.Contains($"{tomorrow}-R1C1 is defined already; nothing was imported.", (await ImportAsync(server, 1, import)).Error);
        Assert.Contains("WrongShard", (await ImportAsync(server, 1, [.. import, "--channel", "online"])).Error);

        await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox());
        var races = (await client.DefinitionsAsync(Cancellation)).Items.Where(item => item.Race is not null).Select(item => item.Race!).ToArray();
        Assert.Equal(8, races.Length);
        Assert.All(races, race => Assert.Equal(RaceStatus.Open, race.Status));
        Assert.Equal(56, races.Sum(race => race.Pools.Length));
        Assert.Equal((1u << 2) | (1u << 9), races.Single(race => race.Race is { Meeting: 1, Race: 4 }).ScratchedMask);
        var multi = races.Single(race => race.Race is { Meeting: 1, Race: 1 }).Pools.Single(pool => pool.Pool == (ushort)BetType.Multi);
        Assert.Equal((300u, (ushort)3185, 4), (multi.BaseStakeCents, multi.TakeoutBasisPoints, multi.Risks.Length));
    }

    private static async Task<CommandLine> CheckAsync(int exitCode, params string[] arguments) =>
        (await CommandLine.RunAsync(["programme", "check", .. arguments])).Exits(exitCode);

    private static async Task<CommandLine> ImportAsync(ServerProcess server, int exitCode, string[] import)
    {
        var environment = new Dictionary<string, string> { ["TXCORE_PASSWORD"] = Deployment.Password };
        return (await CommandLine.RunAsync([.. import, "--server", $"{server.Listen}", "--actor", "7", "--reason", "2"], environment)).Exits(exitCode);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("txcore-programme-");

        public async Task<string> WriteAsync(string name, string text)
        {
            string path = Path.Combine(_folder.FullName, name);
            await File.WriteAllTextAsync(path, text, Cancellation);
            return path;
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
