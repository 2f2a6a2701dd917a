using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Tests.Engine;

public class SendScheduleTests
{
    [Fact]
    public void A_constant_rate_does_not_drift_over_a_day()
    {
        var schedule = new ConstantRate(3);
        var last = TimeSpan.Zero;
        for (int i = 0; i <= 3 * 86_400; i++)
        {
            last = schedule.Next();
        }

        Assert.Equal(TimeSpan.FromDays(1), last);
    }

    [Fact]
    public void Poisson_arrivals_keep_the_mean_rate_and_vary()
    {
        const int seed = 4711;
        var schedule = new PoissonRate(1_000, new Random(seed));
        var times = Enumerable.Range(0, 100_000).Select(_ => schedule.Next()).ToArray();
        double[] gaps = [.. times.Zip(times.Skip(1), (a, b) => (b - a).TotalMilliseconds)];

        // Exponential gaps: mean and standard deviation are both 1 ms.
        double mean = gaps.Average();
        double deviation = Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean)));
        Assert.InRange(mean, 0.98, 1.02);
        Assert.InRange(deviation, 0.97, 1.03);
    }

    [Fact]
    public void The_same_seed_plans_the_same_times()
    {
        var first = new PoissonRate(100, new Random(7));
        var second = new PoissonRate(100, new Random(7));
        Assert.Equal(Enumerable.Range(0, 100).Select(_ => first.Next()), Enumerable.Range(0, 100).Select(_ => second.Next()));
    }
}
