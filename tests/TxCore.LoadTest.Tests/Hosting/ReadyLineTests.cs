using TxCore.LoadTest.Hosting;

namespace TxCore.LoadTest.Tests.Hosting;

public class ReadyLineTests
{
    [Fact]
    public void The_ready_line_tells_both_addresses()
    {
        var ready = ReadyLine.TryParse("READY listen=127.0.0.1:40001 admin=127.0.0.1:40002 shard=1 channel=retail");

        Assert.NotNull(ready);
        Assert.Equal(("127.0.0.1", 40001, 40002), (ready.Listen.Host, ready.Listen.Port, ready.Admin.Port));
    }

    [Theory]
    [InlineData("info: shard 1 serves")]
    [InlineData("READY listen=127.0.0.1:1")]
    public void Other_lines_are_not_taken_for_it(string line) => Assert.Null(ReadyLine.TryParse(line));
}
