using TxCore.LoadTest.Engine.Simulations;

namespace TxCore.LoadTest.Tests.Engine.Simulations;

public class LoadPlanTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly LoadSimulation[] Everything =
    [
        Simulation.Inject(rate: 100, interval: Second, during: Second * 10),
        Simulation.RampingInject(rate: 300, interval: Second, during: Second * 4),
        Simulation.InjectRandom(minRate: 10, maxRate: 50, interval: Second, during: Second * 5),
        Simulation.IterationsForInject(rate: 20, interval: Second, iterations: 33),
        Simulation.InjectCurve(rate: 200, interval: Second, during: Second * 30, over: TimeSpan.FromHours(1)),
        Simulation.InjectDecay(rate: 400, interval: Second, theta: Second * 3, during: Second * 6),
        Simulation.Pause(during: TimeSpan.FromMilliseconds(1_500)),
        Simulation.RampingConstant(copies: 8, during: Second * 2),
        Simulation.KeepConstant(copies: 8, during: Second * 3),
        Simulation.IterationsForConstant(copies: 4, iterations: 100),
    ];

    [Fact]
    public void A_plan_is_stretched_to_a_length_with_its_shape_and_rates_kept()
    {
        LoadSimulation[] plan =
        [
            Simulation.RampingInject(rate: 300, interval: Second, during: Second * 30), Simulation.Inject(rate: 300, interval: Second, during: Second * 60),
            Simulation.InjectDecay(rate: 400, interval: Second, theta: Second * 3, during: Second * 30),
        ];

        Assert.Equal(
            [
                Simulation.RampingInject(rate: 300, interval: Second, during: Second * 3), Simulation.Inject(rate: 300, interval: Second, during: Second * 6),
                Simulation.InjectDecay(rate: 400, interval: Second, theta: Second * 0.3, during: Second * 3),
            ],
            Simulation.Stretch(plan, Second * 12));
        Assert.Same(plan, Simulation.Stretch(plan, length: null));
        Assert.Throws<FormatException>(() => Simulation.Stretch([Simulation.IterationsForInject(rate: 20, interval: Second, iterations: 33)], Second));
    }

    [Fact]
    public void Flags_a_file_and_code_make_the_same_plan()
    {
        var flags = Everything.Select(simulation => SimulationForm.Parse(SimulationForm.Format(simulation)));
        var file = PlanFile.Parse("""
            { "Scenario": "steady", "Seed": 7, "WarmUpDuration": "00:00:05", "LoadSimulationsSettings": [
                { "Inject": { "rate": 100, "interval": "1s", "during": "10s" } },
                { "RampingInject": [ 300, "00:00:01", "00:00:04" ] },
                { "InjectRandom": { "minRate": 10, "maxRate": 50, "interval": "1s", "during": "5s" } },
                { "IterationsForInject": [ 20, "00:00:01", 33 ] },
                { "InjectCurve": { "rate": 200, "interval": "1s", "during": "30s", "over": "1h" } },
                { "InjectDecay": { "rate": 400, "interval": "1s", "theta": "3s", "during": "6s" } },
                "Pause(during: 1500ms)",
                { "RampingConstant": [ 8, "00:00:02" ] },
                { "KeepConstant": { "copies": 8, "during": "3s" } },
                { "IterationsForConstant": [ 4, 100 ] } ] }
            """);

        Assert.Equal(Everything, flags);
        Assert.Equal(Everything, file.Simulations);
        Assert.Equal(7, file.Seed);
        Assert.Equal(Second * 5, file.WarmUpDuration);
        Assert.Equal(Times(new LoadPlan(Everything, seed: 7)), Times(new LoadPlan(file.Simulations, seed: 7)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_seed_makes_the_same_plan_and_another_one_another(bool isPoisson)
    {
        Assert.Equal(Times(new LoadPlan(Everything, 1, isPoisson)), Times(new LoadPlan(Everything, 1, isPoisson)));
        Assert.NotEqual(Times(new LoadPlan(Everything, 1, isPoisson)), Times(new LoadPlan(Everything, 2, isPoisson)));
    }

    [Fact]
    public void Each_open_part_has_the_sends_that_its_shape_comes_to()
    {
        var plan = new LoadPlan(Everything, seed: 3);
        int[] sends = [.. plan.Segments.OfType<OpenSegment>().Select(segment => segment.Offsets(null).Count())];

        Assert.Equal(1_000, sends[0]);
        Assert.Equal(800, sends[1]);
        Assert.InRange(sends[2], 50, 250);
        Assert.Equal(33, sends[3]);
        Assert.InRange(sends[5], 1_030, 1_042);
    }

    [Fact]
    public void The_arrival_curve_grows_to_the_rate_at_the_off()
    {
        var curve = Assert.IsType<OpenSegment>(new LoadPlan([Everything[4]], seed: 3).Segments[0]);
        TimeSpan[] times = [.. curve.Offsets(null)];

        Assert.InRange(times.Count(time => time >= Second * 29), 185, 200);
        Assert.True(times.Count(time => time < Second) * 2 < times.Count(time => time >= Second * 29));
    }

    [Fact]
    public void A_ramp_goes_on_from_the_part_before_it()
    {
        var plan = new LoadPlan([Simulation.Inject(100, Second, Second), Simulation.RampingInject(200, Second, Second * 2)], seed: 1);
        TimeSpan[] ramp = [.. Assert.IsType<OpenSegment>(plan.Segments[1]).Offsets(null)];

        Assert.Equal(300, ramp.Length);
        Assert.Equal(125, ramp.Count(time => time < Second), 1.0);

        var copies = new LoadPlan([Simulation.KeepConstant(10, Second), Simulation.RampingConstant(20, Second * 2)], seed: 1);
        Assert.Equal(15, Assert.IsType<ClosedSegment>(copies.Segments[1]).CopiesAt(Second));
    }

    [Theory]
    [InlineData("Inject", "no simulation")]
    [InlineData("Inject(rate: 0, interval: 1s, during: 1s)", "rate is 0")]
    [InlineData("Inject(rate: 5, during: 1s)", "interval is missing")]
    [InlineData("Inject(rate: 5, interval: 1s, during: 1s, during: 2s)", "during")]
    [InlineData("Hammer(rate: 5)", "there are Inject")]
    public void A_wrong_simulation_is_refused_with_what_is_wrong(string text, string says)
    {
        Assert.Contains(says, Assert.Throws<FormatException>(() => SimulationForm.Parse(text)).Message, StringComparison.Ordinal);
    }

    private static List<TimeSpan> Times(LoadPlan plan) =>
        [.. plan.Segments.SelectMany((segment, index) => segment is OpenSegment open ? open.Offsets(plan.Arrivals(index)) : [])];
}
