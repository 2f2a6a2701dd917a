using System.Net;
using TxCore.Client;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Tests.Fleet;
using TxCore.Server.Tests.Processes;
using TxCore.Testing;
using TxCore.Testing.Shards;

namespace TxCore.Server.Tests.Fixtures;

/// <summary>Databases in the middle of a day, as earlier releases left them: migrated, continued by their clients, and verified.</summary>
public sealed class FixtureTests(PostgresFixture postgres)
{
    private const uint NewerSource = FixtureDay.RecordedSource + 1;

    private static readonly ControlHeader Control = new(Actor: 1, SecondActor: 0, Reason: 1);

    public static TheoryData<string> Fixtures => [.. FixtureDay.All];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task A_day_of_an_earlier_release_is_migrated_continued_and_verified(string name)
    {
        var day = await FixtureDay.RestoreAsync(postgres, name);
        var deployment = day.Deployment;
        (await deployment.RunAsync(
            "db", "migrate", "--connection", deployment.Provisioned.OwnerConnectionString, "--writer-role", deployment.Provisioned.WriterRole)).Exits(0);
        long numbers = await deployment.ScalarAsync<long>("SELECT last_number FROM txcore.shard");
        await using (var server = await deployment.ServeAsync())
        {
            await OpenTodayAsync(deployment, server);
            await Task.WhenAll(FixtureDay.CutSources.Select(source => ResumeAsync(day, server.Listen, source)));
            await RepeatAsync(day, server.Listen);
            await ServeNewerClientAsync(deployment, server.Listen);
            Assert.Equal(0, await server.TerminateAsync());
        }

        Assert.True(await deployment.ScalarAsync<long>("SELECT last_number FROM txcore.shard") > numbers + FixtureDay.CutSources.Length);
        var verified = (await deployment.RunAsync("verify", "--data", deployment.Data, "--anchor", "--replay")).Exits(0);
        Assert.Contains("decided again, all alike", verified.Output);
        day.Delete();
    }

    /// <summary>The clock has gone on by days or years: an administrator confirms it, and defines what is sold today.</summary>
    private static async Task OpenTodayAsync(Deployment deployment, ServerProcess server)
    {
        await using var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox(), Deployment.Administrator);
        long now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        if ((await server.StatusAsync()).GetProperty("timeHeld").GetBoolean())
        {
            Assert.True((await client.TimeConfirmAsync(now, Control, Cancellation)).IsAccepted);
        }

        long later = now + (8L * 3_600_000_000);
        var pool = new PoolDefinition(BetTypes.PoolOf(BetType.Win, deployment.Identity.Channel), SaleDay.BaseStakeCents, 3_000_000, 0, [], []);
        var race = SaleDay.Races[0] with { Meeting = 9 };
        var defined = await client.RaceDefineAsync(new RaceDefine(default, Control, race, later, later, SaleDay.Runners, [pool]), Cancellation);
        Assert.True(defined.IsAccepted, $"{defined.Outcome}");
        Assert.True((await client.RaceOpenAsync(race, Control, Cancellation)).IsAccepted);
    }

    /// <summary>A client that was cut off gets the outcome of all it had sent, each once, and sells on.</summary>
    private static async Task ResumeAsync(FixtureDay day, IPEndPoint server, uint source)
    {
        int left = await FixtureDay.CountUnansweredAsync(day.Outbox(source));
        await using var outbox = FileOutbox.Open(day.Outbox(source));
        await using var client = await day.Deployment.ClientAsync(server, outbox, source);
        var recovered = await client.RecoveredAsync(Cancellation);
        Assert.Equal(left, recovered.Count);
        var sold = await client.WagerAsync(Today(day.Deployment), cancellationToken: Cancellation);
        Assert.True(sold.IsAccepted, $"{sold.Outcome}");
        Assert.Equal(0, await Duplicates(day.Deployment, source));
    }

    /// <summary>The bytes of a client of that release get the very bytes it was told, but for the mark of a repeat and the state since.</summary>
    private static async Task RepeatAsync(FixtureDay day, IPEndPoint server)
    {
        using var pipe = await TcpClientPipe.ConnectAsync(server);
        var client = new RawClient(pipe);
        var frames = day.Frames();
        var reply = (await client.TryLogOnAsync(FixtureDay.RecordedSource, Channel.Retail, password: Deployment.Password)).As<LogonReply>();
        Assert.Equal((ulong)frames.Count + 1, reply.NextSequence);
        foreach (var recorded in frames)
        {
            client.Send(recorded.Sent);
            var told = new Testing.Shards.ReceivedFrame(MessageType.Outcome, recorded.Outcome).As<Outcome>();
            var again = await client.NextAsync<Outcome>();
            Assert.True(again.IsRepeat);
            Assert.Equal(
                told with { IsRepeat = true, State = again.State, TicketSerial = again.TicketSerial, ControlCode = again.ControlCode }, again);
        }
    }

    /// <summary>A client of a later release, whose messages end with fields that this server does not know, is served beside those.</summary>
    private static async Task ServeNewerClientAsync(Deployment deployment, IPEndPoint server)
    {
        using var pipe = await TcpClientPipe.ConnectAsync(server);
        var client = new RawClient(pipe);
        var reply = (await client.TryLogOnAsync(NewerSource, Channel.Retail, password: Deployment.Password)).As<LogonReply>();
        byte[] known = Frame.Encode(Today(deployment) with { Header = new TransactionHeader(NewerSource, reply.NextSequence, 0) });
        byte[] longer = [.. known, 1, 2, 3, 4];
        BitConverter.TryWriteBytes(longer, longer.Length - Wire.LengthBytes);
        client.Send(longer);
        var first = await client.NextAsync<Outcome>();
        Assert.Equal(ResultCode.Accepted, first.Code);

        // What it does not know is not part of the content: the shorter form is the same transaction.
        client.Send(known);
        Assert.Equal(first with { IsRepeat = true }, await client.NextAsync<Outcome>());
    }

    private static Wager Today(Deployment deployment)
    {
        var wager = SaleDay.Wager(deployment.Identity);
        return wager with { Lines = [.. wager.Lines.Select(static line => line with { Race = SaleDay.Races[0] with { Meeting = 9 } })] };
    }

    private static Task<long> Duplicates(Deployment deployment, uint source) => deployment.ScalarAsync<long>(
        $"SELECT count(*) - count(DISTINCT sequence) FROM txcore.transaction WHERE line = 1 AND source = {source}");
}
