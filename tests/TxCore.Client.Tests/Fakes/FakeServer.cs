using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests.Fakes;

/// <summary>A scripted server on a loopback port: the frames are real, the rules are <see cref="FakeShard"/>'s, the troubles are the script's.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public const string Password = "pencil";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _sessions = [];
    private readonly Task _accepting;

    public FakeServer(FakeShard? shard = null)
    {
        Shard = shard ?? new FakeShard();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Lock Gate { get; } = new();

    public FakeShard Shard { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public uint Window { get; set; } = 256;

    public uint RetryAfterMilliseconds { get; set; } = 5;

    public ulong DefinitionsVersion { get; set; } = 1;

    /// <summary>The pages of the present version.</summary>
    public List<DefinitionItem[]> Pages { get; } = [[]];

    /// <summary>Called for each request of a page, before it is answered.</summary>
    public Action<uint>? PageAsked { get; set; }

    /// <summary>The pool totals of a request; the frame is sent in the order of the requests.</summary>
    public Func<PoolTotalsRequest, PoolTotals> Totals { get; set; } = request => new PoolTotals(request.Race, RaceStatus.None, 0, 0, []);

    /// <summary>Requests of pool totals, in the order received.</summary>
    public List<PoolTotalsRequest> TotalsAsked { get; } = [];

    /// <summary>The page of a sale's cells that answers a request.</summary>
    public Func<SaleStateRequest, SaleState> Sale { get; set; } = request => new SaleState(request.Sale, SaleStatus.None, 0, 0, request.Page, 1, []);

    /// <summary>Requests of a sale's cells, in the order received.</summary>
    public List<SaleStateRequest> SalesAsked { get; } = [];

    /// <summary>The state of a draw that answers a request.</summary>
    public Func<DrawStateRequest, DrawState> Draw { get; set; } = request =>
        new DrawState(request.Draw, DrawStatus.None, 0, 0, [], 0, 0, 0, [], [], [], 0, [], [], [], [], [], []);

    /// <summary>Requests of a draw's state, in the order received.</summary>
    public List<DrawStateRequest> DrawsAsked { get; } = [];

    /// <summary>The state of a person that answers a request; null to be busy.</summary>
    public Func<PersonRequest, PersonState?> Person { get; set; } = request =>
        new PersonState(request.Source, request.Request, request.Draw, EntryStatus.None, 0, 0, 0, 0, 0, 0, 0, [], []);

    /// <summary>Requests of a person's state, in the order received.</summary>
    public List<PersonRequest> PersonsAsked { get; } = [];

    /// <summary>The payment orders that answer a request; the frame is sent in the order of the requests.</summary>
    public Func<PaymentsRequest, PaymentsPage> Payments { get; set; } = request => new PaymentsPage(request.After, request.After, 0, []);

    /// <summary>Requests of payment orders, in the order received.</summary>
    public List<PaymentsRequest> PaymentsAsked { get; } = [];

    /// <summary>Decides what happens to a transaction; by default the rules.</summary>
    public Func<MessageType, ulong, Verdict>? Script { get; set; }

    /// <summary>Set to refuse logons.</summary>
    public ResultCode LogonCode { get; set; }

    /// <summary>Set to speak TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    public bool FalseSignature { get; set; }

    /// <summary>Heartbeats, queries and transactions are read and not answered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Every sequenced frame received: connection (from 1), sequence, type.</summary>
    public List<(int Connection, ulong Sequence, MessageType Type)> Received { get; } = [];

    /// <summary>The payload of each of them.</summary>
    public List<byte[]> Payloads { get; } = [];

    public List<LogonRequest> Logons { get; } = [];

    public List<long> Deadlines { get; } = [];

    /// <summary>How many status queries are still answered with pending.</summary>
    public int PendingStatuses { get; set; }

    public int StatusQueries { get; set; }

    public int Heartbeats { get; set; }

    public int UnansweredMax { get; set; }

    public FakeConnection? Current { get; private set; }

    public ClientOptions Options(IOutbox? outbox = null, TimeProvider? time = null) => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Source = 7,
        Password = Password,
        Outbox = outbox,
        ReconnectDelayMin = TimeSpan.FromMilliseconds(5),
        ReconnectDelayMax = TimeSpan.FromMilliseconds(20),
        TimeProvider = time ?? TimeProvider.System,
    };

    public void Broadcast(StateChange change) => Current!.Send(Frame.Encode(change));

    public void ReleaseAnswers() => Current!.ReleaseAnswers();

    /// <summary>Waits, by polling, for what a test cannot be told of; ten seconds without it are a failure.</summary>
    public static async Task Until(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 2000, "The expected did not happen.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_sessions);
    }

    private async Task AcceptAsync()
    {
        int count = 0;
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                Current = new FakeConnection(this, socket, ++count);
                _sessions.Add(Current.RunAsync(_stop.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }
}
