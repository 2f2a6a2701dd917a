using TxCore.Client.Programme;
using TxCore.Client.Tests.Fakes;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Programme;

public sealed class ProgrammeImportTests
{
    private static readonly ControlHeader Control = new(17, 0, 1);
    private static readonly ProgrammeDay Day = SampleFile.Day(Channel.Retail);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_defined_and_scratched_before_anything_is_opened()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var outcome = await client.ImportAsync(Day, Control, opens: true, scratches: true, Cancel);

        Assert.Equal((ImportEnd.Imported, 8, 4, 8), (outcome.End, outcome.Defined, outcome.Scratched, outcome.Opened));
        var types = server.Shard.Decisions.Select(decision => decision.Type).ToArray();
        Assert.Equal(12, types.TakeWhile(type => type != MessageType.RaceOpen).Count());
        Assert.All(types[12..], type => Assert.Equal(MessageType.RaceOpen, type));
    }

    [Fact]
    public async Task Races_stay_drafts_and_scratches_are_kept_back_unless_asked_for()
    {
        await using var server = new FakeServer();
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var outcome = await client.ImportAsync(Day, Control, opens: false, scratches: false, Cancel);

        Assert.Equal((ImportEnd.Imported, 8, 0, 0), (outcome.End, outcome.Defined, outcome.Scratched, outcome.Opened));
        Assert.All(server.Shard.Decisions, decision => Assert.Equal(MessageType.RaceDefine, decision.Type));
    }

    [Fact]
    public async Task A_race_that_is_there_already_keeps_the_whole_day_out()
    {
        await using var server = new FakeServer();
        var there = Day.Races[5];
        server.Pages[0] =
        [
            new DefinitionItem(
                new RaceItem(there.Race, RaceStatus.Cancelled, 0, 1, 1, 9, 0, [], ResultStage.None, []), null, null),
        ];
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var outcome = await client.ImportAsync(Day, Control, opens: true, scratches: true, Cancel);

        Assert.Equal((ImportEnd.AlreadyThere, 0), (outcome.End, outcome.Defined));
        Assert.Contains($"{there.Race}", outcome.Reason);
        Assert.Empty(server.Shard.Decisions);
    }

    [Fact]
    public async Task A_refusal_midway_takes_back_what_was_defined()
    {
        await using var server = new FakeServer();
        server.Shard.Refusals[4] = ResultCode.DefinitionInvalid;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var outcome = await client.ImportAsync(Day, Control, opens: true, scratches: false, Cancel);

        Assert.Equal((ImportEnd.Undone, 3), (outcome.End, outcome.Defined));
        Assert.Contains($"{Day.Races[3].Race}: defining it was refused with DefinitionInvalid", outcome.Reason);
        Assert.Empty(outcome.Left);
        Assert.Equal(
            [
                MessageType.RaceDefine, MessageType.RaceDefine, MessageType.RaceDefine, MessageType.RaceDefine,
                MessageType.RaceCancel, MessageType.RaceCancel, MessageType.RaceCancel,
            ],
            server.Shard.Decisions.Select(decision => decision.Type));
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_told()
    {
        await using var server = new FakeServer();
        server.Shard.Refusals[3] = ResultCode.DefinitionInvalid;
        server.Shard.Refusals[4] = ResultCode.RaceState;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var outcome = await client.ImportAsync(Day, Control, opens: false, scratches: false, Cancel);

        Assert.Equal((ImportEnd.Undone, 2), (outcome.End, outcome.Defined));
        Assert.Equal([Day.Races[0].Race], outcome.Left);
    }

    [Fact]
    public async Task An_import_that_is_ended_midway_takes_back_what_was_defined()
    {
        await using var server = new FakeServer();
        using var ended = new CancellationTokenSource();
        server.Script = (_, sequence) =>
        {
            if (sequence == 3)
            {
                ended.Cancel();
            }

            return Verdict.Decide;
        };
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var outcome = await client.ImportAsync(Day, Control, opens: true, scratches: false, ended.Token);

        Assert.Equal((ImportEnd.Undone, 3), (outcome.End, outcome.Defined));
        Assert.Empty(outcome.Left);
        Assert.Equal(3, server.Shard.Decisions.Count(decision => decision.Type == MessageType.RaceCancel));
    }

    [Fact]
    public async Task A_race_that_does_not_open_leaves_the_others_defined()
    {
        await using var server = new FakeServer();
        server.Shard.Refusals[10] = ResultCode.DefinitionInvalid;
        await using var client = await TxCoreClient.ConnectAsync(server.Options(), Cancel);

        var outcome = await client.ImportAsync(Day, Control, opens: true, scratches: false, Cancel);

        Assert.Equal((ImportEnd.NotOpened, 8, 1), (outcome.End, outcome.Defined, outcome.Opened));
        Assert.DoesNotContain(server.Shard.Decisions, decision => decision.Type == MessageType.RaceCancel);
    }
}
