using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Postgres.Tests.PrivatePostgres;

public sealed class FdatasyncProbeTests
{
    [Fact]
    public void A_measurement_is_ordered_and_leaves_no_file()
    {
        using var directory = new OpenTempDirectory();

        FdatasyncRate rate = FdatasyncProbe.Measure(directory.FullPath, TimeSpan.FromMilliseconds(200));

        TestContext.Current.TestOutputHelper?.WriteLine(rate.ToString());
        Assert.True(rate.PerSecond > 0);
        Assert.InRange(rate.P50Microseconds, 0, rate.P99Microseconds);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.FullPath));
    }
}
