using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Simulation.Engine;
using TxCore.Testing.Shards;

namespace TxCore.Simulation.Clients;

/// <summary>
/// A source as it should be, and sometimes as it should not: numbers its transactions without holes, sends again what has no answer, and
/// now and then repeats, skips, changes or asks.
/// </summary>
internal abstract partial class SimClient
{
    private const long AnswerTimeout = 700_000;
    private readonly ByteQueue _received = new();
    private SimLink? _link;
    private ScramExchange? _scram;
    private bool _isLoggedOn;
    private long _sendNext;
    private long _resendAt;
    private long _lastProgressAt;

    protected SimClient(World world, uint source) => (World, Source, NextTurnAt) = (world, source, world.Now);

    public uint Source { get; }

    /// <summary>What was begun, by sequence less one.</summary>
    public List<Submission> Submissions { get; } = [];

    /// <summary>When it does something next.</summary>
    public long NextTurnAt { get; private set; }

    /// <summary>Everything it began has its answer.</summary>
    public bool IsContent => LowestUnanswered > Submissions.Count && !HasMoreToDo;

    protected World World { get; }

    protected SimRandom Random => World.Random;

    /// <summary>The lowest sequence without an answer.</summary>
    protected long LowestUnanswered { get; private set; } = 1;

    /// <summary>Something that has to be done before the run may end.</summary>
    protected virtual bool HasMoreToDo => false;

    private int Window => SimSources.Instance.Find(Source)!.Window;

    private bool MayBegin => (World.Begun < World.Transactions && !World.IsHealing) || HasMoreToDo;

    public static IReadOnlyList<SimClient> MakeAll(World world) =>
    [
        .. SimSources.Instance.All.Select(SimClient (source) => source.Id switch
        {
            SimSources.Admin => new AdminClient(world, source.Id),
            >= 21 => new FrontendClient(world, source.Id),
            _ => new TerminalClient(world, source.Id),
        }),
    ];

    public override string ToString() =>
        $"source {Source}: {LowestUnanswered} of {Submissions.Count}, link {_link?.Id.ToString() ?? "none"} to process {_link?.Process.Id}, logged on {_isLoggedOn}";

    /// <summary>Does one thing.</summary>
    public void Turn()
    {
        NextTurnAt = World.Now + Random.Between(500, 7000);
        if (_link is null)
        {
            Connect();
        }
        else if (IsOutOfPatience())
        {
            World.Say($"source {Source} has no answer and gives its connection {_link.Id} up");
            GiveUpConnection();
        }
        else if (_isLoggedOn)
        {
            Act();
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Closed(SimLink link)
    {
        if (link == _link)
        {
            _link = null;
            _isLoggedOn = false;
            _received.Drop(_received.Count);
            ForgetProbes();
            NextTurnAt = World.Now + Random.Between(100, 40_000);
        }
    }

    /// <summary>The next thing to submit.</summary>
    protected abstract Content Create(TransactionHeader header);

    /// <summary>Learns from a first answer.</summary>
    protected abstract void Learn(Submission submission);

    protected static Content Make<T>(T message)
        where T : class, IMessage<T> => new(T.Type, message, Frame.Encode(message));

    protected long DeadlineOrNone() => Random.Percent(8) ? World.Now + Random.Between(-20_000, 60_000) : 0;

    /// <summary>Closes the connection, or forgets it and leaves it to the server: what it left in the ring is still there when the next logs on.</summary>
    private void GiveUpConnection()
    {
        var link = _link!;
        if (Random.Percent(50))
        {
            Closed(link);
        }
        else
        {
            using (link.Process.Enter())
            {
                link.Cut();
            }
        }
    }

    private bool IsOutOfPatience()
    {
        bool waits = !_isLoggedOn || LowestUnanswered < _sendNext;
        return waits && World.Now - _lastProgressAt > AnswerTimeout;
    }

    private void Connect()
    {
        if (World.FindServer() is not { } server)
        {
            NextTurnAt = World.Now + Random.Between(5000, 50_000);
            return;
        }

        _link = World.Connect(this, server);
        _scram = new ScramExchange(Source, SimSources.Password);
        _lastProgressAt = World.Now;
        ulong held = 0;
        foreach (var submission in Submissions)
        {
            held = Math.Max(held, (ulong)submission.Number);
        }

        Send(Frame.Encode(new LogonRequest(Source, 1, Channel.Retail, 1, held, _scram.ClientFirst)));
        World.Say($"source {Source} connects to process {server.Id} by connection {_link.Id}");
    }

    private void Act()
    {
        int what = Random.Next(100);
        if (World.Now < _resendAt)
        {
            return;
        }

        if (what < 78)
        {
            SendSome();
        }
        else if (what < 97)
        {
            Probe();
        }
        else if (what == 97 && Random.Percent(25))
        {
            World.Say($"source {Source} connects anew and leaves connection {_link!.Id} behind");
            Closed(_link!);
            Connect();
        }
        else if (Random.Percent(10) && !World.IsHealing)
        {
            World.Say($"source {Source} logs off");
            Send(Frame.Encode(default(Logoff)));
            _sendNext = long.MaxValue;
            _lastProgressAt = World.Now;
        }
    }

    /// <summary>Sends what comes next, up to the window, and sometimes beyond it.</summary>
    private void SendSome()
    {
        int room = Window - (int)Math.Max(0, _sendNext - LowestUnanswered) + (Random.Percent(5) ? 3 : 0);
        if (room <= 0)
        {
            // Waits for answers: there is nothing to look at so soon.
            NextTurnAt += Random.Between(1000, 10_000);
        }

        for (int count = Math.Min(room, Random.Between(1, 5)); count > 0; count--)
        {
            if (_sendNext > Submissions.Count && !TryBegin())
            {
                return;
            }

            var submission = Submissions[(int)_sendNext - 1];
            if (!submission.IsAnswered)
            {
                MayGiveUp(submission);
                if (LowestUnanswered == _sendNext)
                {
                    _lastProgressAt = World.Now;
                }

                submission.SentOn = _link!.Id;
                submission.SentAt = World.Now;
                World.Say($"source {Source} sends {submission.Content.Type} {submission.Sequence}");
                Send(submission.Content.Frame);
            }

            _sendNext++;
        }
    }

    private bool TryBegin()
    {
        if (_sendNext != Submissions.Count + 1 || !MayBegin)
        {
            return false;
        }

        Submissions.Add(new Submission(_sendNext, Create(new TransactionHeader(Source, (ulong)_sendNext, DeadlineOrNone()))));
        World.Begun++;
        return true;
    }

    /// <summary>Takes back under its own sequence what got no answer on an earlier connection, instead of sending it again.</summary>
    private void MayGiveUp(Submission submission)
    {
        bool isOpen = submission is { SentOn: > 0, Before: null } && submission.SentOn != _link!.Id
            && submission.Content.Type is MessageType.Wager or MessageType.Hold && submission.Sequence == LowestUnanswered;
        if (isOpen && submission.SentOn > 0 && submission.Before is null && Random.Percent(25))
        {
            submission.Before = submission.Content;
            submission.Content = new Content(
                MessageType.Reversal, default(Reversal),
                Frame.Encode(new Reversal(new TransactionHeader(Source, (ulong)submission.Sequence, 0), 1, 5, (ulong)submission.Sequence, 0, 4021)));
        }
    }

    private void Send(ReadOnlySpan<byte> frame) => _link!.Send(frame);
}
