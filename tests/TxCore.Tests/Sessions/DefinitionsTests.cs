using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Sessions;

/// <summary>What terminals are told of what is on sale.</summary>
public sealed class DefinitionsTests
{
    private const uint Admin = TestShard.Admin;

    [Fact]
    public async Task Every_page_fits_a_frame_however_much_is_on_sale()
    {
        await using var test = await TestShard.StartAsync();
        var admin = await test.OpenAllAsync();
        PoolDefinition[] pools = [.. Enumerable.Range(1, 17).Select(static type => Messages.Pool((BetType)type) with { FlexiPercents = new byte[16], Risks = [.. Enumerable.Repeat((byte)4, 16)] })];
        long sequence = 6;
        for (byte race = 2; race <= 99; race++)
        {
            admin.Send(Messages.DefineRace(Admin, sequence++, Messages.Race with { Race = race }) with { Pools = pools });
            await admin.NextAsync<Outcome>();
        }

        admin.Send(Messages.DefineSale(Admin, sequence++, 8));
        await admin.NextAsync<Outcome>();
        CellDefinition[] cells = [.. Enumerable.Range(1, 1000).Select(static cell => new CellDefinition((uint)cell, 1, 100, 10, 0, 2))];
        admin.Send(Messages.DefineCells(Admin, sequence, cells) with { Sale = 8 });
        await admin.NextAsync<Outcome>();

        var client = await test.LogOnAsync(11);
        var items = new List<DefinitionItem>();
        uint pages = 1;
        for (uint page = 0; page < pages; page++)
        {
            client.Send(new DefinitionsRequest(0, page));
            var answer = await client.NextAsync<DefinitionsPage>();
            Assert.Equal((page, test.Shard.Board.Version), (answer.Page, answer.Version));
            pages = answer.PageCount;
            items.AddRange(answer.Items);
        }

        Assert.Equal((99, 2, 1002), (items.Count(static item => item.Race is not null), items.Count(static item => item.Sale is not null), items.Count(static item => item.Cell is not null)));
        client.Send(new DefinitionsRequest(0, uint.MaxValue));
        Assert.Empty((await client.NextAsync<DefinitionsPage>()).Items);
        client.Send(new DefinitionsRequest(test.Shard.Board.Version, 0));
        Assert.Equal(0U, (await client.NextAsync<DefinitionsPage>()).PageCount);
    }

    [Fact]
    public async Task Changes_are_broadcast_in_order_after_their_commit()
    {
        await using var test = await TestShard.StartAsync();
        var client = await test.LogOnAsync(11);
        await test.OpenAllAsync();
        for (ulong version = 1; version <= 5; version++)
        {
            var change = await client.NextAsync<StateChange>();
            Assert.Equal((version, (long)change.Number <= test.Database.LastNumber), (change.Version, true));
        }

        client.Send(new Heartbeat(0, 0, 0));
        Assert.Equal(5UL, (await client.NextAsync<Heartbeat>()).DefinitionsVersion);
        Assert.Equal(5UL, (await test.ConnectAsync(12)).Reply.DefinitionsVersion);
    }

    [Fact]
    public async Task After_a_restart_the_pages_are_the_same()
    {
        await using var test = await TestShard.StartAsync();
        await test.OpenAllAsync();
        var request = new DefinitionsRequest(0, 0);
        byte[] before = test.Shard.Board.Page(in request);
        await using var restarted = await test.RestartAsync();
        Assert.Equal(before, restarted.Shard.Board.Page(in request));
    }
}
