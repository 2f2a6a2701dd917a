using TxCore.Client.Sessions;
using TxCore.Client.Tests.Fakes;

namespace TxCore.Client.Tests.Sessions;

public sealed class BackOffTests
{
    [Fact]
    public void Waits_double_up_to_the_maximum_and_are_drawn_between_half_and_all_of_it()
    {
        var backOff = new BackOff(new ClientOptions
        {
            Host = "h",
            Port = 1,
            Source = 1,
            Password = FakeServer.Password,
            ReconnectDelayMin = TimeSpan.FromMilliseconds(100),
            ReconnectDelayMax = TimeSpan.FromMilliseconds(500),
        });

        foreach (int milliseconds in new[] { 100, 200, 400, 500, 500 })
        {
            Assert.InRange(backOff.Next().TotalMilliseconds, milliseconds / 2.0, milliseconds);
        }

        backOff.Reset();
        Assert.InRange(backOff.Next().TotalMilliseconds, 50, 100);
    }
}
