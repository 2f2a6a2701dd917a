using Microsoft.Extensions.Time.Testing;
using TxCore.Sessions;

namespace TxCore.Tests.Sessions;

/// <summary>How many guesses there are a minute, and whom guessing does not keep out.</summary>
public sealed class LogonGuardTests
{
    private const string Here = "10.0.0.1";
    private const string There = "10.0.0.2";

    private readonly FakeTimeProvider _clock = new();
    private readonly LogonGuard _guard;

    public LogonGuardTests() =>
        _guard = new LogonGuard(new SessionLimits { LogonFailuresOfSourceMax = 3, LogonFailuresOfAddressMax = 5 }, _clock);

    [Fact]
    public void A_source_may_fail_so_often_a_minute_whatever_the_address()
    {
        Assert.Equal((true, true, true), (Fail(7, Here), Fail(7, There), Fail(7, "10.0.0.3")));
        Assert.False(_guard.TryTake(7, "10.0.0.4", out bool isFirstRefusal));
        Assert.True(isFirstRefusal);
        Assert.False(_guard.TryTake(7, "10.0.0.4", out isFirstRefusal));
        Assert.False(isFirstRefusal);
        Assert.True(Fail(8, "10.0.0.4"));

        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.True(Fail(7, "10.0.0.4"));
    }

    [Fact]
    public void An_address_may_fail_so_often_a_minute_whatever_the_source()
    {
        Assert.All(Enumerable.Range(1, 5), source => Assert.True(Fail((uint)source, Here)));
        Assert.False(Fail(6, Here));
        Assert.True(Fail(6, There));
    }

    [Fact]
    public void Guesses_at_the_same_time_count_before_any_has_failed()
    {
        Assert.Equal(3, Enumerable.Range(0, 50).Count(i => _guard.TryTake(7, $"10.0.1.{i}", out _)));
    }

    [Fact]
    public void Where_a_source_was_right_before_nobody_else_keeps_it_out()
    {
        Assert.True(Succeed(7, Here));
        Assert.All(Enumerable.Range(100, 5), source => Assert.True(Fail((uint)source, Here)));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(Fail(7, There)));
        Assert.False(Fail(7, There));
        Assert.True(Succeed(7, Here));

        // Its own failures there are counted all the same.
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(Fail(7, Here)));
        Assert.False(Fail(7, Here));
    }

    [Fact]
    public void Successes_are_never_counted()
    {
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(Succeed(7, $"10.1.0.{i}")));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(Succeed(7, Here)));
    }

    [Fact]
    public void Memory_does_not_grow_with_those_who_guess()
    {
        string[] addresses = [.. Enumerable.Range(0, 1000).Select(static i => $"2001:db8::{i:x}")];
        Fail(1, Here);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 1_000_000; i++)
        {
            Fail(i, addresses[i % 1000]);
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
    }

    private bool Fail(uint source, string address)
    {
        bool isTaken = _guard.TryTake(source, address, out _);
        if (isTaken)
        {
            _guard.Failed(source, address);
        }

        return isTaken;
    }

    private bool Succeed(uint source, string address)
    {
        bool isTaken = _guard.TryTake(source, address, out _);
        if (isTaken)
        {
            _guard.Succeeded(source, address);
        }

        return isTaken;
    }
}
