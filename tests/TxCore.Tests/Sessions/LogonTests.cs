using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Sessions;

/// <summary>The logon: credentials, channel, what the reply tells, and who is refused.</summary>
public sealed class LogonTests : IAsyncLifetime
{
    private TestShard _test = null!;

    public async ValueTask InitializeAsync() => _test = await TestShard.StartAsync();

    public async ValueTask DisposeAsync() => await _test.DisposeAsync();

    [Fact]
    public async Task A_first_logon_is_told_sequence_1_and_the_window()
    {
        var (_, reply) = await _test.ConnectAsync(11);
        Assert.Equal(ResultCode.Accepted, reply.Code);
        Assert.Equal(1UL, reply.NextSequence);
        Assert.Equal(64U, reply.Window);
        Assert.Equal(1UL, reply.SessionEpoch);
        Assert.Equal(20251105U, reply.BusinessDay);
        Assert.Equal(1, _test.Store.Fences);
        Assert.StartsWith("v=", System.Text.Encoding.ASCII.GetString(reply.Scram));
    }

    [Fact]
    public async Task A_later_logon_is_told_where_to_go_on_and_counts_epochs()
    {
        var (client, _) = await _test.ConnectAsync(11);
        client.Send(Messages.Wager(11, 1));
        client.Send(Messages.Wager(11, 2));
        await client.NextAsync<Outcome>();
        var last = await client.NextAsync<Outcome>();
        var (_, reply) = await _test.ConnectAsync(11, last.Number);
        Assert.Equal(3UL, reply.NextSequence);
        Assert.Equal(2UL, reply.SessionEpoch);
        Assert.Equal(last.Number, reply.HighestNumber);
    }

    [Theory]
    [InlineData(11U, "wrong password")]
    [InlineData(9500U, TestSources.Password)]
    [InlineData(0U, TestSources.Password)]
    [InlineData(12U, TestSources.Password)]
    public async Task Bad_credentials_unknown_and_disabled_sources_get_the_same_refusal_after_a_second(uint source, string password)
    {
        _test.Sources.Change(12, static record => record with { Disabled = true });
        var client = _test.Connect();
        var logon = client.TryLogOnAsync(source, Channel.Retail, password: password);
        await AdvanceUntilAsync(logon);
        Assert.Equal(ResultCode.LogonRefused, (await logon).As<LogonReply>().Code);
        await client.Closed;
    }

    [Theory]
    [InlineData(2, Channel.Retail)]
    [InlineData(1, Channel.Online)]
    public async Task Another_shard_or_channel_is_refused(ushort shard, Channel channel)
    {
        var client = _test.Connect();
        Assert.Equal(ResultCode.WrongShard, (await client.TryLogOnAsync(11, channel, shard)).As<LogonReply>().Code);
        await client.Closed;
    }

    [Fact]
    public async Task A_source_registered_for_the_other_channel_is_refused_after_its_proof()
    {
        _test.Sources.Change(13, static record => record with { Channel = Channel.Online });
        var client = _test.Connect();
        Assert.Equal(ResultCode.WrongShard, (await client.TryLogOnAsync(13, Channel.Retail)).As<LogonReply>().Code);
    }

    [Theory]
    [InlineData(1000UL)]
    [InlineData(long.MaxValue + 1UL)]
    [InlineData(ulong.MaxValue)]
    public async Task A_client_that_holds_a_number_the_database_lacks_is_refused(ulong held)
    {
        var client = _test.Connect();
        Assert.Equal(ResultCode.RestoredTooOld, (await client.TryLogOnAsync(11, Channel.Retail, lastNumberHeld: held)).As<LogonReply>().Code);
        await client.Closed;
    }

    [Fact]
    public async Task Everything_but_the_logon_is_refused_before_it()
    {
        var early = _test.Connect();
        early.Send(Messages.Wager(11, 1));
        Assert.Equal(ResultCode.NotLoggedOn, (await early.NextAsync<ErrorMessage>()).Code);
        await early.Closed;

        var wrong = _test.Connect();
        wrong.Send(new Heartbeat(0, 0, 0));
        Assert.Equal(ResultCode.UnexpectedMessage, (await wrong.NextAsync<ErrorMessage>()).Code);
        await wrong.Closed;
    }

    [Fact]
    public async Task The_reply_waits_for_a_commit()
    {
        _test.Store.Stall();
        var client = _test.Connect();
        var logon = client.TryLogOnAsync(11, Channel.Retail);
        await TestShard.UntilAsync(() => _test.Store.IsWaiting, "the logon waits for its commit");
        Assert.False(logon.IsCompleted);
        _test.Store.Resume();
        Assert.Equal(ResultCode.Accepted, (await logon).As<LogonReply>().Code);
    }

    [Fact]
    public async Task A_logon_that_takes_too_long_is_closed()
    {
        var client = _test.Connect();
        await TestShard.UntilAsync(() => _test.Shard.Registry.ConnectionCount == 1, "the connection is there");
        await AdvanceUntilAsync(client.Closed, TimeSpan.FromSeconds(11));
        Assert.Equal(ResultCode.LogonTimeout, (await client.NextAsync<ErrorMessage>()).Code);
    }

    private async Task AdvanceUntilAsync(Task done, TimeSpan? first = null)
    {
        _test.Clock.Advance(first ?? TimeSpan.FromMilliseconds(500));
        while (!done.IsCompleted)
        {
            _test.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(5);
        }
    }
}
