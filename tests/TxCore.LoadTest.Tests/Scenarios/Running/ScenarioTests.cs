using TxCore.LoadTest.Reports;
using TxCore.Protocol;

namespace TxCore.LoadTest.Tests.Scenarios.Running;

public class ScenarioTests
{
    [Fact]
    public async Task A_steady_run_passes_with_checks_during_it_and_its_record_has_everything()
    {
        var settings = SmallRun.Settings("steady", "Inject(rate: 300, interval: 1s, during: 3s)", "KeepConstant(copies: 4, during: 1s)");
        var record = await SmallRun.RunAsync(settings with { ValidateEvery = TimeSpan.FromSeconds(1) });

        SmallRun.MustPass(record);
        Assert.True(record.Totals.Planned > 900);
        Assert.Equal(record.Totals.Planned, record.Totals.Sent);
        Assert.Equal(record.Totals.Sent, record.FromPlanned.TotalCount);
        Assert.True(record.Seconds.Count >= 4);
        Assert.Equal(record.Totals.Sent + record.Totals.WarmUpSent, record.Seconds.Sum(second => second.Sent));
        Assert.Contains(record.Stages, stage => stage.Stage == "committed");
        Assert.True(record.Postgres is { WalBytesPerTransaction: > 100, BytesPerRow: > 50, Batches: > 0 });
        Assert.True(record.Fdatasync is { PerSecond: > 0 });
        Assert.True(record.Checks.Count > 15);
    }

    [Fact]
    public async Task A_grand_prix_is_stopped_and_its_tail_is_refused()
    {
        var record = await SmallRun.RunAsync(SmallRun.Settings(
            "grand-prix", "InjectCurve(rate: 300, interval: 1s, during: 3s, over: 1h)", "Inject(rate: 300, interval: 1s, during: 1s)"));

        SmallRun.MustPass(record);
        // The tail is 300 sends; how many of them the stop comes before is the machine's matter, that none of them is taken the check's.
        Assert.InRange(Count(record, ResultCode.RaceClosed), 50, 300);
    }

    [Fact]
    public async Task A_registration_enters_everybody_once()
    {
        var record = await SmallRun.RunAsync(SmallRun.Settings("registration", "InjectDecay(rate: 500, interval: 1s, theta: 2s, during: 3s)"));

        SmallRun.MustPass(record);
        Assert.True(Count(record, ResultCode.AlreadyRegistered) > 0);
        Assert.True(Count(record, ResultCode.ConsentMissing) > 0);
    }

    [Fact]
    public async Task A_sale_that_everybody_wants_sells_out_and_tells_the_rest()
    {
        var record = await SmallRun.RunAsync(SmallRun.Settings("on-sale", "InjectDecay(rate: 800, interval: 1s, theta: 2s, during: 3s)"));

        SmallRun.MustPass(record);
        Assert.True(Count(record, ResultCode.SoldOut) > record.Totals.Sent / 2, SmallRun.Describe(record));
    }

    [Fact]
    public async Task Terminals_come_back_from_a_storm_and_no_ticket_is_lost_or_sold_twice()
    {
        var record = await SmallRun.RunAsync(SmallRun.Settings("reconnect-storm", "Inject(rate: 150, interval: 1s, during: 4s)"));

        SmallRun.MustPass(record);
        Assert.Contains(record.Findings, finding => finding.Value.Contains("all 12 terminals back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Idle_connections_stay_and_scenarios_mix_by_weight()
    {
        var record = await SmallRun.RunAsync(SmallRun.Settings("idle:1,registration:3", "Inject(rate: 200, interval: 1s, during: 2s)"));

        SmallRun.MustPass(record);
        Assert.Contains(record.Findings, finding => finding.Value.Contains(" 0 of them lost", StringComparison.Ordinal));
        Assert.True(Count(record, ResultCode.AlreadyRegistered) > 0);
    }

    private static long Count(RunRecord record, ResultCode code) =>
        record.Refusals.FirstOrDefault(refusal => refusal.Reason == code.ToString())?.Count ?? 0;
}
