using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Reference;

/// <summary>Runs random days through the decider and through the reference, and compares them after every step.</summary>
internal sealed class PropertyRun
{
    /// <summary>How often at least the whole state is compared on the way; comparing it reads everything that ever was.</summary>
    private const int StateComparisons = 20;
    private const int StateEverySteps = 500;

    private static readonly ReferenceRules Rules = new()
    {
        TimeStepMaxSeconds = 6 * 3600,
        CashPayMaxCents = 20_000,
        CashStakeMaxCents = 60_000,
        TicketValidDays = 3,
        LimitRaiseHours = 20,
    };

    private static readonly ShardRules ShardRules = new()
    {
        DayStartMinutes = (ushort)Rules.DayStartMinutes,
        CancelWindowSeconds = (uint)Rules.CancelWindowSeconds,
        CancelWindowWinSeconds = (uint)Rules.CancelWindowWinSeconds,
        TimeStepMaxSeconds = (uint)Rules.TimeStepMaxSeconds,
        CashPayMaxCents = Rules.CashPayMaxCents,
        CashStakeMaxCents = Rules.CashStakeMaxCents,
        TicketValidDays = (ushort)Rules.TicketValidDays,
        LimitRaiseHours = (ushort)Rules.LimitRaiseHours,
    };

    private readonly int _seed;
    private readonly uint[] _sources;
    private readonly ReferenceShard _reference;
    private readonly IStepGenerator _generator;
    private readonly TicketingInvariants _invariants;
    private DeciderBench _bench = new(rules: ShardRules);
    private uint _session = 1;
    private int _step;

    public PropertyRun(int seed, uint[] sources, Func<Random, ReferenceShard, IStepGenerator> generator)
    {
        (_seed, _sources) = (seed, sources);
        _reference = new ReferenceShard(Rules, TestShard.Keys[1].ToArray(), _bench.Now);
        _generator = generator(new Random(seed), _reference);
        _invariants = new TicketingInvariants(_reference);
        LogOnAll();
    }

    /// <summary>Transactions submitted.</summary>
    public int Transactions { get; private set; }

    /// <summary>How often each code was the answer to a new transaction of each type.</summary>
    public Dictionary<(MessageType Type, ResultCode Code), int> Codes { get; } = [];

    /// <summary>Submits so many transactions; every difference fails the test, naming the seed and the step.</summary>
    public async Task RunAsync(int transactions, CancellationToken cancellationToken)
    {
        byte[] middle = [];
        long middleNumber = 0;
        int every = Math.Max(StateEverySteps, transactions / StateComparisons);
        while (Transactions < transactions)
        {
            Step();
            if (_step % every == 0)
            {
                Same("state", StateText.Of(_reference), StateText.Of(_bench.State));
            }

            if (Transactions == transactions / 2 && middleNumber == 0)
            {
                middle = ShardSnapshot.Save(_bench.State).ToArray();
                middleNumber = _bench.State.LastNumber;
                await RestartAsync(cancellationToken);
            }
        }

        string expected = StateText.Of(_reference) + StateText.Tickets(_reference);
        string actual = StateText.Of(_bench.State) + StateText.Tickets(_bench.State);
        Same("state at the end", expected, actual);
        Assert.Equal(StateText.Hash(expected), StateText.Hash(actual));
        await CheckHistoryAsync(middle, middleNumber, cancellationToken);
    }

    /// <summary>Another process takes over with what the rows alone tell, and goes on.</summary>
    private async Task RestartAsync(CancellationToken cancellationToken)
    {
        var state = await Recovery.RecoverAsync(TestShard.Identity, new MemoryReader(_bench.Database), static _ => 64, NullLogger.Instance, cancellationToken);
        _bench = new DeciderBench(_bench.Database, state, ShardRules, _bench.Now);
        _reference.Restart(_bench.Now);
        LogOnAll();
        Same("state after a restart", StateText.Of(_reference), StateText.Of(_bench.State));
    }

    private void LogOnAll()
    {
        foreach (uint source in _sources)
        {
            var due = _reference.Advance(_bench.Now);
            _bench.LogOn(source, _session);
            SameDue(due);
        }
    }

    /// <summary>The rows alone, a snapshot and the rows after it, and a replay of all commands come to the same.</summary>
    private async Task CheckHistoryAsync(byte[] middle, long middleNumber, CancellationToken cancellationToken)
    {
        // Time that only ticks brought is in no row: the last entry carries it. A step that waits for its confirmation gets it first.
        if (_reference.IsHeld)
        {
            _bench.Do(new TimeConfirm(Messages.Name(TestShard.Admin, _bench.Next(TestShard.Admin)), Messages.Control(), _bench.Now), _session);
        }

        _bench.Do(Messages.Wager(_sources[0], _bench.Next(_sources[0])), _session);
        byte[] live = ShardSnapshot.Save(_bench.State).ToArray();
        var reader = new MemoryReader(_bench.Database);
        var identity = TestShard.Identity;
        var fromRows = await Recovery.RecoverAsync(identity, reader, static _ => 64, NullLogger.Instance, cancellationToken);
        Assert.True(live.AsSpan().SequenceEqual(ShardSnapshot.Save(fromRows).Span), $"Seed {_seed}: recovery from the rows comes to another state.");
        _bench.Database.AddSnapshot(middleNumber, ShardSnapshot.Format, middle);
        var fromSnapshot = await Recovery.RecoverAsync(identity, reader, static _ => 64, NullLogger.Instance, cancellationToken);
        Assert.True(live.AsSpan().SequenceEqual(ShardSnapshot.Save(fromSnapshot).Span), $"Seed {_seed}: recovery from a snapshot comes to another state.");
        var report = await new ReplayVerifier(identity, reader, TestShard.Keys).RunAsync(cancellationToken);
        Assert.True(report.Fault is null, $"Seed {_seed}: the replay finds {report.Fault}.");
        Assert.Equal(_bench.State.LastNumber, report.Entries);
    }

    private void Step()
    {
        _step++;
        var step = _generator.Next(_bench.Now);
        _bench.Now += step.WaitMicroseconds;

        // As the ring does between two uses of an event.
        _bench.Work.Release();
        if (step.Reconnect != 0)
        {
            // A newer connection fences those before it: all sources share one number here.
            _session++;
            LogOnAll();
            return;
        }

        var due = _reference.Advance(_bench.Now);
        if (step.Submission is not { } submission)
        {
            _bench.Tick();
            SameDue(due);
            _invariants.Check(_bench.State);
            return;
        }

        Transactions++;
        var expected = _reference.Decide(submission);
        byte[] answer = _bench.Answer(submission.Frame, _session);
        SameDue(due);
        Same(submission.ToString(), Text(expected), Text(answer, out var outcome));
        if (expected is { Decision: { } decision, IsRepeat: false })
        {
            Codes[(submission.Type, decision.Ruling.Code)] = Codes.GetValueOrDefault((submission.Type, decision.Ruling.Code)) + 1;
            if (decision.Ticket is { Wager: not null } ticket)
            {
                Same($"picks for {submission.Message}", "", _reference.TakePicks(ticket, outcome!.Picks) ?? "");
            }

            if (TicketingInvariants.Stored(submission, decision) is { } stored)
            {
                Same($"stored command of {submission}", stored, Convert.ToHexString(_bench.Work.CommandSpan));
            }

            _generator.Note(submission, decision);
        }

        _invariants.Check(_bench.State);
    }

    private void SameDue(List<ReferenceDue> expected) => Same(
        "what fell due",
        string.Join('\n', expected.Select(static due => $"{due.Kind} {due.Subject} {Convert.ToHexString(due.Addendum)}")),
        string.Join('\n', _bench.Work.Due.Select(static due => $"{due.Entry.Kind} {due.Subject} {Convert.ToHexString(due.Addendum ?? [])}")));

    private string Text(ReferenceAnswer answer)
    {
        if (answer.Decision is not { } decision)
        {
            return $"not decided: {answer.NotDecided}";
        }

        var state = ReferenceShard.StateOf(decision);
        return $"{decision.Type} {decision.Ruling.Code} line {decision.Ruling.Line} {decision.Ruling.Field}, {decision.AmountCents} cents about "
            + $"{decision.Reference}, number {decision.Number} of {decision.BusinessDay} at {decision.At}, {state}, repeat {answer.IsRepeat}, "
            + $"until {decision.ExpiresAt}, code {(IsPrintable(decision, state) ? _reference.ControlCodeOf(decision) : "")}";
    }

    /// <summary>Tickets and vouchers that stand, and orders, come with what is printed on them.</summary>
    private static bool IsPrintable(Decision decision, PresentState state) =>
        state == PresentState.Live || (decision.Type == MessageType.Confirm && state == PresentState.Confirmed);

    private static string Text(byte[] frame, out Outcome? outcome)
    {
        outcome = null;
        var received = new ReceivedFrame(Wire.PeekType(frame), frame[Wire.HeaderBytes..]);
        if (received.Type == MessageType.NotDecided)
        {
            return $"not decided: {received.As<NotDecided>().Code}";
        }

        outcome = received.As<Outcome>();
        return $"{outcome.TransactionType} {outcome.Code} line {outcome.Line} {outcome.Field}, {outcome.AmountCents} cents about "
            + $"{outcome.Reference}, number {outcome.Number} of {outcome.BusinessDay} at {outcome.SequencedAt}, {outcome.State}, repeat {outcome.IsRepeat}, "
            + $"until {outcome.ExpiresAt}, code {outcome.ControlCode}";
    }

    private void Same(string what, string expected, string actual)
    {
        if (expected != actual)
        {
            Assert.Fail(
                $"Seed {_seed}, step {_step}, transaction {Transactions}: {what}\nreference: {Difference(expected, actual)}\ndecider:   {Difference(actual, expected)}");
        }
    }

    /// <summary>The lines of a text that another lacks, or the whole text when it is one line.</summary>
    private static string Difference(string text, string other)
    {
        string[] lines = text.Split('\n');
        return lines.Length == 1 ? text : string.Join(" | ", lines.Except(other.Split('\n')).Take(12));
    }
}
