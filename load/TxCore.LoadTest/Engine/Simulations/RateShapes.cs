namespace TxCore.LoadTest.Engine.Simulations;

/// <summary>Open segments of every shape: for each the number of sends up to a time, turned round into the time of a send.</summary>
internal static class RateShapes
{
    /// <summary>The arrival curve of a Grand Prix, weights and time constants of <c>domain.md</c> section 4.2.</summary>
    private static readonly (double Weight, double ThetaSeconds)[] GrandPrix = [(0.55, 10_800), (0.40, 2_400), (0.05, 420)];

    public static OpenSegment Constant(double perSecond, TimeSpan during) =>
        new(during, perSecond * during.TotalSeconds, count => count / perSecond);

    public static OpenSegment Iterations(double perSecond, int iterations)
    {
        // A little longer than the last send, which is due one distance before the end.
        var during = TimeSpan.FromSeconds(iterations / perSecond);
        return new OpenSegment(during, iterations - 0.5, count => count / perSecond);
    }

    public static OpenSegment Ramp(double from, double to, TimeSpan during)
    {
        double slope = (to - from) / during.TotalSeconds;
        double sends = (from + to) / 2 * during.TotalSeconds;
        return slope == 0
            ? Constant(to, during)
            : new OpenSegment(during, sends, count => (-from + Math.Sqrt(Math.Max(0, (from * from) + (2 * slope * count)))) / slope);
    }

    public static OpenSegment Decay(double perSecond, TimeSpan theta, TimeSpan during)
    {
        double seconds = theta.TotalSeconds;
        double sends = perSecond * seconds * (1 - Math.Exp(-during.TotalSeconds / seconds));
        return new OpenSegment(during, sends, count => -seconds * Math.Log(1 - (count / (perSecond * seconds))));
    }

    /// <summary>A rate drawn anew for each interval.</summary>
    public static OpenSegment Random(double min, double max, TimeSpan interval, TimeSpan during, Random random)
    {
        int steps = (int)Math.Ceiling(during / interval);
        double[] sendsUpTo = new double[steps + 1];
        for (int i = 0; i < steps; i++)
        {
            double seconds = Math.Min(interval.TotalSeconds, during.TotalSeconds - (i * interval.TotalSeconds));
            sendsUpTo[i + 1] = sendsUpTo[i] + ((min + ((max - min) * random.NextDouble())) * seconds);
        }

        return new OpenSegment(during, sendsUpTo[steps], count =>
        {
            int found = Array.BinarySearch(sendsUpTo, count);
            int step = Math.Clamp(found >= 0 ? found : ~found - 1, 0, steps - 1);
            double width = sendsUpTo[step + 1] - sendsUpTo[step];
            double length = Math.Min(interval.TotalSeconds, during.TotalSeconds - (step * interval.TotalSeconds));
            return (step * interval.TotalSeconds) + (width == 0 ? length : (count - sendsUpTo[step]) / width * length);
        });
    }

    /// <summary>The last <paramref name="over"/> before the off of a Grand Prix in <paramref name="during"/>, at the rate given at the off.</summary>
    public static OpenSegment Curve(double perSecondAtOff, TimeSpan during, TimeSpan over)
    {
        double compression = over / during;
        double atOff = GrandPrix.Sum(term => term.Weight / term.ThetaSeconds);
        double end = during.TotalSeconds;
        double sends = SendsUpTo(end);
        return new OpenSegment(during, sends, TimeOf);

        double SendsUpTo(double seconds) => GrandPrix.Sum(term =>
        {
            // The integral of weight / theta * exp(-u / theta) over the run's time, u being the real time to the off.
            double theta = term.ThetaSeconds / compression;
            double share = term.Weight / term.ThetaSeconds / atOff;
            return perSecondAtOff * share * theta * (Math.Exp((seconds - end) / theta) - Math.Exp(-end / theta));
        });

        double TimeOf(double count)
        {
            double low = 0;
            double high = end;
            while (high - low > 1e-7)
            {
                double middle = (low + high) / 2;
                (low, high) = SendsUpTo(middle) < count ? (middle, high) : (low, middle);
            }

            return high;
        }
    }
}
