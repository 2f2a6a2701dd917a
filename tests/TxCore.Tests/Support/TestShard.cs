using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Testing.Shards;
using TxCore.Wagering;

namespace TxCore.Tests.Support;

/// <summary>A whole shard on a store in memory and a fake clock, with connections made of pipes.</summary>
internal sealed class TestShard : IAsyncDisposable
{
    public const uint Admin = 9000;

    public static readonly ShardIdentity Identity = new(1, Channel.Retail);

    public static readonly ReceiptKeys Keys = new(new Dictionary<ushort, byte[]> { [1] = new byte[32], [2] = [.. Enumerable.Repeat((byte)9, 32)] });

    private readonly List<Task> _sessions = [];

    private TestShard(MemoryDatabase database, FakeTimeProvider clock, ShardOptions options)
    {
        Database = database;
        Clock = clock;
        Options = options;
        Store = new MemoryStore(database);
        Reader = new MemoryReader(database);
    }

    public MemoryDatabase Database { get; }

    public MemoryStore Store { get; }

    public MemoryReader Reader { get; }

    public FakeTimeProvider Clock { get; }

    public ShardOptions Options { get; }

    public TestSources Sources { get; private init; } = new(Channel.Retail);

    public Shard Shard { get; private set; } = null!;

    /// <summary>Sessions that ended, and how.</summary>
    public IReadOnlyList<Task> Sessions => _sessions;

    public static ShardOptions DefaultOptions => new() { Identity = Identity, RingSize = 4096, ControlReserve = 64, BatchEventsMax = 512, CommitStallMilliseconds = 60_000 };

    public static async Task<TestShard> StartAsync(ShardOptions? options = null, TestSources? sources = null)
    {
        var test = new TestShard(new MemoryDatabase(Identity.Shard), new FakeTimeProvider(Messages.Morning), options ?? DefaultOptions)
        {
            Sources = sources ?? new TestSources(Channel.Retail),
        };
        await test.StartShardAsync(Keys);
        return test;
    }

    /// <summary>The same database under a new process: the old one is left as it is.</summary>
    public async Task<TestShard> RestartAsync(ShardOptions? options = null, ReceiptKeys? keys = null)
    {
        var test = new TestShard(Database, Clock, options ?? Options) { Sources = Sources };
        await test.StartShardAsync(keys ?? Keys);
        return test;
    }

    public RawClient Connect(SessionPeer? peer = null)
    {
        var pipes = new PipePair();
        var session = new Session(pipes.Server, Shard.Services, peer);
        _sessions.Add(Task.Run(session.RunAsync));
        return new RawClient(pipes.Client);
    }

    public async Task<(RawClient Client, LogonReply Reply)> ConnectAsync(uint source, ulong lastNumberHeld = 0)
    {
        var client = Connect();
        var reply = (await client.TryLogOnAsync(source, Channel.Retail, lastNumberHeld: lastNumberHeld)).As<LogonReply>();
        return (client, reply);
    }

    public async Task<RawClient> LogOnAsync(uint source) => (await ConnectAsync(source)).Client;

    /// <summary>An administrator who has opened the race and the sale of <see cref="Messages"/> with sequences 1 to 5.</summary>
    public async Task<RawClient> OpenAllAsync()
    {
        var admin = await LogOnAsync(Admin);
        admin.Send(Messages.DefineRace(Admin, 1));
        admin.Send(Messages.RaceControl(MessageType.RaceOpen, Admin, 2));
        admin.Send(Messages.DefineSale(Admin, 3));
        admin.Send(Messages.DefineCells(Admin, 4));
        admin.Send(Messages.SaleControl(MessageType.SaleOpen, Admin, 5));
        for (int i = 0; i < 5; i++)
        {
            var outcome = await admin.NextAsync<Outcome>();
            Assert.Equal(ResultCode.Accepted, outcome.Code);
        }

        return admin;
    }

    /// <summary>Waits until something becomes true, looking every few milliseconds.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (int i = 0; i < 5000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(2);
        }

        Assert.Fail($"It did not happen: {what}.");
    }

    /// <summary>Lets other tasks run for a moment.</summary>
    public static Task PauseAsync() => Task.Delay(1);

    public async ValueTask DisposeAsync()
    {
        Store.Resume();
        await Shard.DisposeAsync();
    }

    private async Task StartShardAsync(ReceiptKeys keys) =>
        Shard = await Shard.StartAsync(Options, Store, Reader, keys, Sources, Clock, NullLogger.Instance, CancellationToken.None);
}
