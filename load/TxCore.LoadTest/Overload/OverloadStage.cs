using System.Net;
using TxCore.Faults.Fleet;
using TxCore.Faults.Proxies;
using TxCore.LoadTest.Hosting;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.LoadTest.Overload;

/// <summary>A private PostgreSQL behind a proxy, a server process, many sources that share a credential, and a race to sell.</summary>
internal sealed class OverloadStage : IAsyncDisposable
{
    public const uint Administrator = 1;
    public const uint FirstProbe = 101;
    public const uint FirstFlooder = 1_001;
    public const uint Big = 9_001;
    public const uint FirstOfCrowd = 10_001;
    public const int Probes = 20;
    public const int Flooders = 100;
    public const int ProbeWindow = 64;
    public const int FlooderWindow = 16;
    public const int BigWindow = 1_024;
    public const string Password = "rehearsal, and known to everybody";
    private const string WriteOnly = "not the password";
    private static readonly ControlHeader Control = new(Actor: 1, SecondActor: 2, Reason: 1);
    private static readonly TimeSpan EndsAfter = TimeSpan.FromHours(8);

    private readonly TemporaryDirectory _directory = new();
    private ulong _control;

    private OverloadStage(DateTimeOffset now) => Race = new RaceId((uint)((now.Year * 10_000) + (now.Month * 100) + now.Day), 1, 1);

    public static string WrongPassword => WriteOnly;

    public RehearsalPostgres Postgres { get; private set; } = null!;

    public PostgresProxy ToPostgres { get; private set; } = null!;

    public ServerProcess Server { get; private set; } = null!;

    public IPEndPoint Address => new(IPAddress.Loopback, Server.Address.Port);

    public FleetDay Day { get; } = new(OverloadSettings.Identity);

    /// <summary>The race on which everybody wagers.</summary>
    public RaceId Race { get; }

    public static async Task<OverloadStage> StartAsync(
        int crowd, DateTimeOffset now, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var stage = new OverloadStage(now);
        try
        {
            stage.Postgres = await RehearsalPostgres.StartAsync(cancellationToken);
            var database = await stage.Postgres.CreateDatabaseAsync(OverloadSettings.Identity, now, [], cancellationToken);
            await using (var registry = new SourceRegistry(database.WriterConnectionString, OverloadSettings.Identity))
            {
                await registry.AddSourcesAsync(Sources(crowd), cancellationToken);
            }

            stage.ToPostgres = PostgresProxy.Start(database.WriterConnectionString);
            stage.Server = await ServerProcess.StartAsync(
                OverloadSettings.Identity, stage.ToPostgres.ConnectionString, stage._directory.FullPath, listenPort: 0, cancellationToken, arguments);
            await stage.OpenAsync(now, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection of a source, logged on; the next sequence with it.</summary>
    public async Task<(WireConnection Connection, ulong Next)> LogOnAsync(uint source, CancellationToken cancellationToken)
    {
        var (connection, reply) = await WireConnection.LogOnAsync(Address, source, Password, OverloadSettings.Identity.Channel, 0, cancellationToken);
        if (reply.Code != ResultCode.Accepted)
        {
            connection.Dispose();
            throw new IOException($"The logon of source {source} was refused: {reply.Code}.");
        }

        return (connection, reply.NextSequence);
    }

    /// <summary>A wager of two base stakes on the race.</summary>
    public byte[] Wager(uint source, ulong sequence)
    {
        const long cents = FleetDay.BaseStakeCents;
        var line = new WagerLine(Race, Day.PoolOf(BetType.Win), Formula.Unit, false, false, 0, 0, StakeForm.Multiple, 1, cents, [7], [], []);
        return Frame.Encode(new Wager(new TransactionHeader(source, sequence, 0), 1, 0, 1, PaymentMeans.Cash, [], [], cents, [line]));
    }

    /// <summary>A control of the race as a frame of the administrator's, under the next of its sequences.</summary>
    public byte[] RaceControl(MessageType type, long latestStopAt = 0) =>
        new RaceControl(new TransactionHeader(Administrator, ++_control, 0), Control, Race, 0, latestStopAt).Encode(type);

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        await (ToPostgres?.DisposeAsync() ?? default);
        await (Postgres?.DisposeAsync() ?? default);
        _directory.Dispose();
    }

    private static IEnumerable<SourceRecord> Sources(int crowd)
    {
        var credential = ScramCredential.Create(Password);
        SourceRecord Source(uint id, SourceRole role, int window) => new(
            id, 1 + (int)(id / 4), OverloadSettings.Identity.Channel, role, window, credential.Salt, credential.Iterations, credential.StoredKey, credential.ServerKey,
            Disabled: false);
        return
        [
            Source(Administrator, SourceRole.Admin, ProbeWindow), Source(Big, SourceRole.Submit, BigWindow),
            .. Enumerable.Range(0, Probes).Select(i => Source(FirstProbe + (uint)i, SourceRole.Submit, ProbeWindow)),
            .. Enumerable.Range(0, Flooders).Select(i => Source(FirstFlooder + (uint)i, SourceRole.Submit, FlooderWindow)),
            .. Enumerable.Range(0, crowd).Select(i => Source(FirstOfCrowd + (uint)i, SourceRole.Submit, FlooderWindow)),
        ];
    }

    private async Task OpenAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        long later = (now + EndsAfter).ToUnixTimeMilliseconds() * 1_000;
        var (connection, next) = await LogOnAsync(Administrator, cancellationToken);
        using (connection)
        {
            _control = next;
            await AcceptedAsync(
                connection, Frame.Encode(new RaceDefine(new TransactionHeader(Administrator, _control, 0), Control, Race, later, later, FleetDay.Runners, Day.Pools)),
                cancellationToken);
            await AcceptedAsync(connection, RaceControl(MessageType.RaceOpen), cancellationToken);
        }
    }

    /// <summary>Sends and waits for the acceptance.</summary>
    public static async Task AcceptedAsync(WireConnection connection, byte[] frame, CancellationToken cancellationToken)
    {
        await connection.SendAsync(frame, cancellationToken);
        while (true)
        {
            var answer = await connection.ReadAsync(cancellationToken);
            if (answer.Type is MessageType.Outcome or MessageType.NotDecided)
            {
                if (answer.Type == MessageType.NotDecided || answer.Decode<Outcome>().Code != ResultCode.Accepted)
                {
                    throw new IOException($"A control was not accepted: {answer.Type}.");
                }

                return;
            }
        }
    }
}
