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
    private const int StateEverySteps = 500;

    private static readonly ReferenceRules Rules = new()
    {
        TimeStepMaxSeconds = 6 * 3600,
        CashPayMaxCents = 20_000,
        CashStakeMaxCents = 60_000,
        TicketValidDays = 3,
        LimitRaiseHours = 20,
    };

    private readonly int _seed;
    private readonly DeciderBench _bench;
    private readonly ReferenceShard _reference;
    private readonly DayGenerator _generator;
    private int _step;

    public PropertyRun(int seed, int racesPerDay, int stepsPerDay)
    {
        _seed = seed;
        _bench = new DeciderBench(rules: new ShardRules
        {
            DayStartMinutes = (ushort)Rules.DayStartMinutes,
            CancelWindowSeconds = (uint)Rules.CancelWindowSeconds,
            CancelWindowWinSeconds = (uint)Rules.CancelWindowWinSeconds,
            TimeStepMaxSeconds = (uint)Rules.TimeStepMaxSeconds,
            CashPayMaxCents = Rules.CashPayMaxCents,
            CashStakeMaxCents = Rules.CashStakeMaxCents,
            TicketValidDays = (ushort)Rules.TicketValidDays,
            LimitRaiseHours = (ushort)Rules.LimitRaiseHours,
        });
        _reference = new ReferenceShard(Rules, TestShard.Keys[1].ToArray(), _bench.Now);
        _generator = new DayGenerator(new Random(seed), _reference, racesPerDay, stepsPerDay);
        foreach (uint source in DayGenerator.Terminals.Append(DayGenerator.Admin))
        {
            _bench.LogOn(source);
        }
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
        while (Transactions < transactions)
        {
            Step();
            if (_step % StateEverySteps == 0)
            {
                Same("state", StateText.Of(_reference), StateText.Of(_bench.State));
            }

            if (Transactions == transactions / 2 && middleNumber == 0)
            {
                middle = ShardSnapshot.Save(_bench.State).ToArray();
                middleNumber = _bench.State.LastNumber;
            }
        }

        string expected = StateText.Of(_reference) + StateText.Tickets(_reference);
        string actual = StateText.Of(_bench.State) + StateText.Tickets(_bench.State);
        Same("state at the end", expected, actual);
        Assert.Equal(StateText.Hash(expected), StateText.Hash(actual));
        await CheckHistoryAsync(middle, middleNumber, cancellationToken);
    }

    /// <summary>The rows alone, a snapshot and the rows after it, and a replay of all commands come to the same.</summary>
    private async Task CheckHistoryAsync(byte[] middle, long middleNumber, CancellationToken cancellationToken)
    {
        // Time that only ticks brought is in no row: the last entry carries it.
        _bench.Do(Messages.Wager(11, _bench.Next(11)));
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
        var due = _reference.Advance(_bench.Now);
        if (step.Submission is not { } submission)
        {
            _bench.Tick();
            SameDue(due);
            return;
        }

        Transactions++;
        var expected = _reference.Decide(submission);
        byte[] answer = _bench.Answer(submission.Frame);
        SameDue(due);
        Same(submission.ToString(), Text(expected), Text(answer, out var outcome));
        if (expected is { Decision: { } decision, IsRepeat: false })
        {
            Codes[(submission.Type, decision.Ruling.Code)] = Codes.GetValueOrDefault((submission.Type, decision.Ruling.Code)) + 1;
            if (decision.Ticket is { Wager: not null } ticket)
            {
                Same($"picks for {submission.Message}", "", _reference.TakePicks(ticket, outcome!.Picks) ?? "");
            }

            _generator.Note(submission, decision);
        }
    }

    private void SameDue(List<(MessageType Kind, long Subject)> expected) => Same(
        "what fell due",
        string.Join(' ', expected.Order()),
        string.Join(' ', _bench.Work.Due.Select(static due => (due.Entry.Kind, due.Subject)).Order()));

    private string Text(ReferenceAnswer answer)
    {
        if (answer.Decision is not { } decision)
        {
            return $"not decided: {answer.NotDecided}";
        }

        var state = ReferenceShard.StateOf(decision);
        return $"{decision.Type} {decision.Ruling.Code} line {decision.Ruling.Line} {decision.Ruling.Field}, {decision.AmountCents} cents about "
            + $"{decision.Reference}, number {decision.Number} of {decision.BusinessDay} at {decision.At}, {state}, repeat {answer.IsRepeat}, "
            + $"code {(state == PresentState.Live ? _reference.ControlCodeOf(decision) : "")}";
    }

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
            + $"code {outcome.ControlCode}";
    }

    private void Same(string what, string expected, string actual)
    {
        if (expected != actual)
        {
            Assert.Fail(
                $"Seed {_seed}, step {_step}: {what}\nreference: {Difference(expected, actual)}\ndecider:   {Difference(actual, expected)}");
        }
    }

    /// <summary>The lines of a text that another lacks, or the whole text when it is one line.</summary>
    private static string Difference(string text, string other)
    {
        string[] lines = text.Split('\n');
        return lines.Length == 1 ? text : string.Join(" | ", lines.Except(other.Split('\n')).Take(12));
    }
}
