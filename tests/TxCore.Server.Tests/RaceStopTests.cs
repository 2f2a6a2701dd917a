using TxCore.Client;
using TxCore.Postgres;
using TxCore.Postgres.PrivatePostgres;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Tests.Fleet;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Server.Tests;

/// <summary>Promise 7: closed is closed, whatever the load, the database or the server are going through.</summary>
public sealed class RaceStopTests(PostgresFixture fixture)
{
    private const uint FirstFlooder = 5001;
    private const int Flooders = 16;
    private const int WagersEach = 512;
    private const int RingSize = 4096;
    private static readonly ControlHeader Control = new(1, 0, 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stop_is_sequenced_at_once_with_the_ring_full_and_the_database_frozen()
    {
        await using var postgres = await PrivatePostgresServer.StartAsync(cancellationToken: Cancellation);
        using var deployment = await Deployment.CreateAsync(postgres);
        await RegisterFloodersAsync(deployment);
        await using var server = await deployment.ServeAsync(null, null, "--ring-size", $"{RingSize}", "--control-reserve", "64");
        await SaleDay.OpenAsync(deployment, server.Listen);
        var (admin, logon) = await WireConnection.LogOnAsync(server.Listen, Deployment.Administrator, Deployment.Password, deployment.Identity.Channel, 0, Cancellation);
        using var administrator = admin;
        var flooders = new List<WireConnection>();
        for (uint i = 0; i < Flooders; i++)
        {
            flooders.Add((await WireConnection.LogOnAsync(server.Listen, FirstFlooder + i, Deployment.Password, deployment.Identity.Channel, 0, Cancellation)).Connection);
        }

        await postgres.PauseAsync(Cancellation);
        var floods = flooders.Select((connection, i) => FloodAsync(connection, FirstFlooder + (uint)i, deployment.Identity)).ToArray();
        await Task.Delay(500, Cancellation);
        long sentAt = TimeProvider.System.GetUnixMicroseconds();
        await admin.SendAsync(
            new RaceControl(new TransactionHeader(Deployment.Administrator, logon.NextSequence, 0), Control, SaleDay.Races[0], 0, 0).Encode(MessageType.RaceStop),
            Cancellation);
        await Task.Delay(500, Cancellation);
        await postgres.ResumeAsync(Cancellation);

        var stop = await NextOutcomeAsync(admin);
        var answers = (await Task.WhenAll(floods)).SelectMany(static one => one).ToArray();
        foreach (var connection in flooders)
        {
            connection.Dispose();
        }

        Assert.Equal((MessageType.RaceStop, ResultCode.Accepted), (stop.TransactionType, stop.Code));
        Assert.InRange(stop.SequencedAt - sentAt, 0, 50_000);
        Assert.True(answers.Length > RingSize, $"Only {answers.Length} wagers were decided: the ring was not full.");
        Assert.All(answers, answer => Assert.Equal(answer.Number < stop.Number ? ResultCode.Accepted : ResultCode.RaceClosed, answer.Code));
        Assert.Contains(answers, answer => answer.Number < stop.Number);
        long kept = await deployment.ScalarAsync<long>("SELECT count(*) FROM txcore.transaction WHERE kind = 257 AND code = 0");
        Assert.Equal(answers.Count(static answer => answer.Code == ResultCode.Accepted), kept);
    }

    [Fact]
    public async Task A_server_killed_before_the_start_and_back_after_it_has_stopped_the_race()
    {
        using var deployment = await Deployment.CreateAsync(fixture);
        var server = await deployment.ServeAsync();
        long startsAt = TimeProvider.System.GetUnixMicroseconds() + 5_000_000;
        var race = SaleDay.Races[0];
        await using (var client = await deployment.ClientAsync(server.Listen, new MemoryOutbox(), Deployment.Administrator))
        {
            PoolDefinition[] pools = [new(BetTypes.PoolOf(BetType.Win, deployment.Identity.Channel), SaleDay.BaseStakeCents, 3_000_000, 0, [], [])];
            await client.RaceDefineAsync(new RaceDefine(default, Control, race, startsAt, startsAt, SaleDay.Runners, pools), Cancellation);
            Assert.True((await client.RaceOpenAsync(race, Control, Cancellation)).IsAccepted);
        }

        await using (var terminal = await deployment.ClientAsync(server.Listen, new MemoryOutbox()))
        {
            while (TimeProvider.System.GetUnixMicroseconds() < startsAt - 3_000_000)
            {
                var sold = await terminal.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation);
                Assert.Equal(ResultCode.Accepted, sold.Code);
            }
        }

        await server.KillAsync();
        await server.DisposeAsync();
        while (TimeProvider.System.GetUnixMicroseconds() <= startsAt)
        {
            await Task.Delay(50, Cancellation);
        }

        await using (server = await deployment.ServeAsync())
        await using (var terminal = await deployment.ClientAsync(server.Listen, new MemoryOutbox(), Deployment.FirstTerminal + 1))
        {
            var late = await terminal.WagerAsync(SaleDay.Wager(deployment.Identity), cancellationToken: Cancellation);
            Assert.Equal(ResultCode.RaceClosed, late.Code);
            long stop = await deployment.ScalarAsync<long>("SELECT number FROM txcore.transaction WHERE kind = 1284");
            long last = await deployment.ScalarAsync<long>("SELECT max(number) FROM txcore.transaction WHERE kind = 257 AND code = 0");
            Assert.True(last < stop && stop < (long)late.Outcome.Number, $"The last wager is {last}, the stop {stop}, the refusal {late.Outcome.Number}.");
        }
    }

    private static async Task RegisterFloodersAsync(Deployment deployment)
    {
        var credential = ScramCredential.Create(Deployment.Password);
        await using var registry = new SourceRegistry(deployment.Writer, deployment.Identity);
        await registry.AddSourcesAsync(
            [
                .. Enumerable.Range(0, Flooders).Select(i => new SourceRecord(
                    FirstFlooder + (uint)i, 1, deployment.Identity.Channel, SourceRole.Submit, WagersEach, credential.Salt, credential.Iterations,
                    credential.StoredKey, credential.ServerKey, Disabled: false)),
            ],
            Cancellation);
    }

    /// <summary>Sends its whole window without reading, then reads every answer.</summary>
    private static async Task<List<Outcome>> FloodAsync(WireConnection connection, uint source, ShardIdentity identity)
    {
        for (int sequence = 1; sequence <= WagersEach; sequence++)
        {
            var wager = SaleDay.Wager(identity) with { Header = new TransactionHeader(source, (ulong)sequence, 0) };
            await connection.SendAsync(Frame.Encode(wager), Cancellation);
        }

        var answers = new List<Outcome>(WagersEach);
        while (answers.Count < WagersEach)
        {
            answers.Add(await NextOutcomeAsync(connection));
        }

        return answers;
    }

    private static async Task<Outcome> NextOutcomeAsync(WireConnection connection)
    {
        while (true)
        {
            var frame = await connection.ReadAsync(Cancellation);
            if (frame.Type == MessageType.Outcome)
            {
                return frame.Decode<Outcome>();
            }

            Assert.NotEqual(MessageType.NotDecided, frame.Type);
        }
    }
}
