using System.Net;
using System.Net.Sockets;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>
/// A terminal written from PROTOCOL.md: it keeps every transaction under its sequence, sends again after a loss in order from the lowest
/// undecided one, and remembers everything it was told. What the server must never do is a complaint.
/// </summary>
internal sealed partial class Terminal(
    uint source, string password, Channel channel, ITransactionMix mix, Random random, Func<IPEndPoint?> server, Action<string> complain)
{
    private const int OnWireMax = 8;
    private const int BackOffSteps = 10;
    private const int BackOffMilliseconds = 10;
    private readonly Lock _gate = new();
    private readonly List<Submission> _submissions = [];
    private readonly SemaphoreSlim _wake = new(0);
    private int _cursor;
    private int _firstUndecided;
    private int _onWire;
    private int _repeatsWanted;
    private bool _halted;
    private bool _wasServed;
    private TimeSpan _wait;
    private ulong _highestNumber;
    private IPEndPoint _connectedTo = null!;
    private volatile bool _produces = true;

    public uint Source => source;

    /// <summary>Outcomes received, repeats included.</summary>
    public int Outcomes { get; private set; }

    /// <summary>Logons that were accepted.</summary>
    public int Logons { get; private set; }

    /// <summary>The code of the last refused logon; accepted when there was none.</summary>
    public ResultCode RefusedBy { get; private set; }

    public IReadOnlyList<Submission> Submissions
    {
        get
        {
            lock (_gate)
            {
                return [.. _submissions];
            }
        }
    }

    public bool IsSettled
    {
        get
        {
            lock (_gate)
            {
                return !_produces && _onWire == 0 && _repeatsWanted == 0 && FirstUndecided() == _submissions.Count;
            }
        }
    }

    /// <summary>Submits nothing new from now on; what has no outcome is still sent until it has, and so many decided ones are asked again.</summary>
    public void Settle(int repeats)
    {
        lock (_gate)
        {
            _repeatsWanted = Math.Min(repeats, _submissions.Count);
        }

        _produces = false;
        _wake.Release();
    }

    /// <summary>Submits again after it has settled.</summary>
    public void Produce()
    {
        _produces = true;
        _wake.Release();
    }

    /// <summary>Lives until cancelled: connects, serves, loses the connection, connects again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (server() is not { } address || !await ServeAsync(address, cancellationToken))
                {
                    await Task.Delay(random.Next(5, 30), cancellationToken);
                }
            }
            catch (Exception loss) when (loss is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Expected: faults are what a fleet is for. What has no outcome is sent again on the next connection.
                failures = _wasServed ? 0 : Math.Min(failures + 1, BackOffSteps);
                _wasServed = false;
                await Task.Delay(random.Next(2, 20 + (BackOffMilliseconds * failures)), CancellationToken.None);
            }
        }
    }

    private async Task<bool> ServeAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var (connection, reply) = await WireConnection.LogOnAsync(address, source, password, channel, _highestNumber, cancellationToken);
        using (connection)
        {
            if (reply.Code != ResultCode.Accepted)
            {
                RefusedBy = reply.Code;
                return false;
            }

            Resume(address, reply);
            _wasServed = true;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var receiving = ReceiveAsync(connection, ending.Token);
            var sending = SendAsync(connection, ending.Token);
            await Task.WhenAny(receiving, sending);
            await ending.CancelAsync();
            await Task.WhenAll(receiving, sending);
            return true;
        }
    }

    private void Resume(IPEndPoint address, LogonReply reply)
    {
        lock (_gate)
        {
            Logons++;
            _connectedTo = address;
            int answered = _submissions.FindLastIndex(static submission => submission.Outcome is not null) + 1;
            int sent = _submissions.FindLastIndex(static submission => submission.WasSent) + 1;
            if (reply.NextSequence <= (ulong)answered || reply.NextSequence > (ulong)sent + 1)
            {
                complain($"source {source}: {answered} sequences were answered and {sent} sent, the logon says {reply.NextSequence} is next");
            }

            if (reply.HighestNumber < _highestNumber)
            {
                complain($"source {source} holds number {_highestNumber}, the logon says {reply.HighestNumber} is the highest");
            }

            int undecided = FirstUndecided();
            if (undecided < _submissions.Count && _submissions[undecided] is { IsReversed: false } open && open.Type.IsTransaction() && random.Next(4) == 0)
            {
                open.Reverse(source, 0);
            }

            (_cursor, _onWire, _halted) = (undecided, 0, false);
        }
    }

    private int FirstUndecided()
    {
        // What is decided stays decided.
        while (_firstUndecided < _submissions.Count && _submissions[_firstUndecided].Outcome is not null)
        {
            _firstUndecided++;
        }

        return _firstUndecided;
    }
}
