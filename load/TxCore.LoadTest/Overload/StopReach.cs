using System.Diagnostics;
using TxCore.Protocol;

namespace TxCore.LoadTest.Overload;

/// <summary>d) A stop reaches every connection.</summary>
internal sealed class StopReach(OverloadSettings settings, TimeProvider clock)
{
    private const int WithinMilliseconds = 500;
    private const int Stops = 5;
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HearWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndsAfter = TimeSpan.FromHours(8);

    public async Task<PartResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await OverloadStage.StartAsync(settings.Crowd, clock.GetUtcNow(), cancellationToken);
        await using var crowd = new Crowd(stage, settings.Crowd);
        var connected = await crowd.ConnectAsync(ConnectWithin, cancellationToken);
        var (admin, _) = await stage.LogOnAsync(OverloadStage.Administrator, cancellationToken);
        using (admin)
        {
            var last = new List<double>();
            var middle = new List<double>();
            int missed = 0;
            for (int i = 0; i < Stops; i++)
            {
                crowd.Await(MessageType.RaceStop);
                long sent = Stopwatch.GetTimestamp();
                await OverloadStage.AcceptedAsync(admin, stage.RaceControl(MessageType.RaceStop), cancellationToken);
                long[] heard = await crowd.HeardAsync(HearWithin, cancellationToken);
                missed += heard.Count(static at => at == 0);
                double[] times = [.. heard.Where(static at => at != 0).Select(at => Stopwatch.GetElapsedTime(sent, at).TotalMilliseconds).Order()];
                last.Add(times[^1]);
                middle.Add(Probes.Percentile(times, 50));
                long later = (clock.GetUtcNow() + EndsAfter).ToUnixTimeMilliseconds() * 1_000;
                await OverloadStage.AcceptedAsync(admin, stage.RaceControl(MessageType.RaceReopen, later), cancellationToken);
            }

            return new PartResult("d", "a stop reaches every connection", [
                new("connections", crowd.Connected, "", Min: settings.Crowd),
                new("logged on within", connected.TotalSeconds, "s"),
                new("heard by half of them after, middle of the stops", Probes.Percentile([.. middle.Order()], 50), "ms"),
                new("heard by the last of them after, middle of the stops", Probes.Percentile([.. last.Order()], 50), "ms", Max: WithinMilliseconds * settings.Slack),
                new("heard by the last of them after, worst of the stops", last.Max(), "ms"),
                new("not heard", missed, "times", Max: 0),
            ]);
        }
    }
}
