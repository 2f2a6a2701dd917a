using System.Net;
using System.Net.Sockets;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Server.Tests.Fleet;

/// <summary>
/// A terminal written from PROTOCOL.md: it keeps every transaction under its sequence, sends again after a loss in order from the lowest
/// undecided one, and remembers everything it was told. What the server must never do is a complaint.
/// </summary>
internal sealed class Terminal(uint source, ShardIdentity identity, Random random, Func<IPEndPoint?> server, Action<string> complain)
{
    private const int OnWireMax = 8;
    private readonly Lock _gate = new();
    private readonly TransactionMix _mix = new(source, identity, random);
    private readonly List<Submission> _submissions = [];
    private readonly SemaphoreSlim _wake = new(0);
    private int _cursor;
    private int _onWire;
    private int _repeatsWanted;
    private bool _halted;
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
                return _onWire == 0 && _repeatsWanted == 0 && _submissions.TrueForAll(static submission => submission.Outcome is not null);
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

    /// <summary>Lives until cancelled: connects, serves, loses the connection, connects again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
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
                // Expected: faults are what these tests make. What has no outcome is sent again on the next connection.
            }
        }
    }

    private async Task<bool> ServeAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var (connection, reply) = await WireConnection.LogOnAsync(address, source, identity.Channel, _highestNumber, cancellationToken);
        using (connection)
        {
            if (reply.Code != ResultCode.Accepted)
            {
                RefusedBy = reply.Code;
                return false;
            }

            Resume(address, reply);
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
            if (undecided < _submissions.Count && !_submissions[undecided].IsReversed && random.Next(4) == 0)
            {
                _submissions[undecided].Reverse(source, 0);
            }

            (_cursor, _onWire, _halted) = (undecided, 0, false);
        }
    }

    private async Task SendAsync(WireConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (frame, wait) = Take();
            if (frame is not null)
            {
                await connection.SendAsync(frame, cancellationToken);
            }
            else if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellationToken);
            }
            else
            {
                await _wake.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>The next frame to send, or how long to wait before looking again; neither when an answer has to come first.</summary>
    private (byte[]? Frame, TimeSpan Wait) Take()
    {
        lock (_gate)
        {
            if (_halted && _onWire == 0)
            {
                (_halted, _cursor) = (false, FirstUndecided());
                return (null, _wait);
            }

            if (_halted || _onWire >= OnWireMax)
            {
                return default;
            }

            // Short bursts with pauses between: several transactions in one batch, and a load that two cores can share.
            bool pauses = _produces && _cursor == _submissions.Count && random.Next(4) == 0;
            return pauses ? (null, TimeSpan.FromMilliseconds(random.Next(1, 30)))
                : NextSubmission() is { } submission ? (Send(submission), default)
                : default;
        }
    }

    private byte[] Send(Submission submission)
    {
        submission.WasSent = true;
        _onWire++;
        return submission.Frame;
    }

    private Submission? NextSubmission()
    {
        if (_cursor < _submissions.Count)
        {
            return _submissions[_cursor++];
        }

        if (_produces)
        {
            // Now and then something decided long ago is asked again, as after a reboot.
            if (_submissions.Count > 0 && random.Next(40) == 0)
            {
                return _submissions[random.Next(_submissions.Count)];
            }

            var submission = _mix.Next((ulong)_submissions.Count + 1);
            _submissions.Add(submission);
            _cursor++;
            return submission;
        }

        if (_repeatsWanted == 0)
        {
            return null;
        }

        _repeatsWanted--;
        return _submissions[random.Next(_submissions.Count)];
    }

    private async Task ReceiveAsync(WireConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var frame = await connection.ReadAsync(cancellationToken);
            lock (_gate)
            {
                Take(frame);
            }

            _wake.Release();
        }
    }

    private void Take(ReceivedFrame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Outcome:
                Decided(frame.Decode<Outcome>());
                break;
            case MessageType.NotDecided:
                NotDecided(frame.Decode<NotDecided>());
                break;
            case MessageType.Error:
                throw new IOException($"{frame.Decode<ErrorMessage>().Code}");
            case MessageType.StateChange:
                break;
            default:
                complain($"source {source} was sent a {frame.Type}");
                break;
        }
    }

    private void Decided(Outcome outcome)
    {
        _onWire--;
        Outcomes++;
        if (outcome.Source != source || outcome.Sequence == 0 || outcome.Sequence > (ulong)_submissions.Count)
        {
            complain($"source {source} was sent {outcome}, which it did not ask for");
            return;
        }

        var submission = _submissions[(int)outcome.Sequence - 1];
        if (submission.Take(outcome, _connectedTo) is { } complaint)
        {
            complain($"source {source}: {complaint}");
        }

        _highestNumber = Math.Max(_highestNumber, outcome.Number);
        if (submission.Answers == 1)
        {
            _mix.Learn(outcome);
        }
    }

    private void NotDecided(NotDecided answer)
    {
        _onWire--;
        _halted = true;
        _wait = TimeSpan.FromMilliseconds(Math.Max(answer.RetryAfterMilliseconds, 1));
        if (answer.Code is not (ResultCode.Busy or ResultCode.SequenceGap))
        {
            complain($"source {source}: {answer}");
        }
    }

    private int FirstUndecided()
    {
        int first = _submissions.FindIndex(static submission => submission.Outcome is null);
        return first < 0 ? _submissions.Count : first;
    }
}
