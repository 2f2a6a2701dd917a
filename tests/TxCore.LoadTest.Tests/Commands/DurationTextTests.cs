using TxCore.LoadTest.Commands;

namespace TxCore.LoadTest.Tests.Commands;

public class DurationTextTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("60s", 60)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    public void Times_are_read_as_people_write_them(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var time));
        Assert.Equal(seconds, time.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("60")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1e9s")]
    [InlineData("1x")]
    [InlineData("99999999h")]
    public void Anything_else_is_refused(string text) => Assert.False(DurationText.TryParse(text, out _));
}
