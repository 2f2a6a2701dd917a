using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>
/// Invents the transactions of one terminal: mostly wagers, some wrong, and whatever can be done to what it sold before: cancelled, reversed,
/// confirmed, released, presented for payment.
/// </summary>
internal sealed class TransactionMix(uint source, FleetDay day, Random random) : ITransactionMix
{
    private const int RecentMax = 20;
    private const int PresentableMax = 200;
    private static readonly TimeProvider Clock = TimeProvider.System;
    private readonly List<Outcome> _tickets = [];
    private readonly List<Outcome> _holds = [];
    private readonly Dictionary<ulong, RaceId[]> _racesOf = [];
    private readonly Queue<(Outcome Ticket, RaceId[] Races)> _presentable = new();
    private TransactionHeader _header;

    private static long Now => (Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <inheritdoc/>
    public void Learn(Outcome outcome)
    {
        if (outcome.TransactionType == MessageType.Wager && _racesOf.Remove(outcome.Sequence, out var races)
            && outcome is { Code: ResultCode.Accepted, ControlCode.Length: > 0 })
        {
            _presentable.Enqueue((outcome, races));
            if (_presentable.Count > PresentableMax)
            {
                _presentable.Dequeue();
            }
        }

        if (outcome.Code == ResultCode.Accepted && outcome.TransactionType is MessageType.Wager or MessageType.Hold)
        {
            Keep(outcome.TransactionType == MessageType.Wager ? _tickets : _holds, outcome);
        }
    }

    /// <inheritdoc/>
    public Submission Next(ulong sequence)
    {
        // One in fifty has a deadline that has passed: a decision like any other.
        _header = new TransactionHeader(source, sequence, random.Next(50) == 0 ? 1 : 0);
        return random.Next(100) switch
        {
            < 12 when _tickets.Count > 0 => Make(sequence, new Cancel(_header, Now, 1, Pick(_tickets).Number, 1)),
            < 16 when _tickets.Count > 0 => Reverse(sequence, Pick(_tickets)),
            < 18 when _holds.Count > 0 => Reverse(sequence, Pick(_holds)),
            < 30 when day.Cells.Length > 0 => Make(sequence, Hold()),
            < 42 when _holds.Count > 0 => Confirm(sequence, Pick(_holds)),
            < 45 when _holds.Count > 0 => Make(sequence, new Release(_header, Now, Pick(_holds).Number, 1)),
            < 55 when Presented() is { } ticket => Make(sequence, Pay(ticket)),
            _ => Make(sequence, Wager(sequence)),
        };
    }

    /// <summary>The oldest ticket when its races were cancelled; else now and then one that cannot be paid yet, or was cancelled.</summary>
    private Outcome? Presented()
    {
        if (_presentable.TryPeek(out var oldest) && oldest.Races.All(day.IsCancelled))
        {
            // Some come a second time.
            return (random.Next(8) == 0 ? oldest : _presentable.Dequeue()).Ticket;
        }

        var recent = _tickets.Count > 0 && random.Next(4) == 0 ? Pick(_tickets) : null;
        return recent?.ControlCode.Length > 0 ? recent : null;
    }

    private Pay Pay(Outcome ticket) => new(_header, Now, 1, ticket.Number, Encoding.ASCII.GetBytes(ticket.ControlCode), IdentityChecked: true);

    private Wager Wager(ulong sequence)
    {
        // One runner in so many is not in the race: the ticket is refused.
        var races = day.Races;
        var lines = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => Line(races, (byte)random.Next(1, FleetDay.Runners + 2), random.Next(1, 20))).ToArray();
        _racesOf[sequence] = [.. lines.Select(static line => line.Race)];
        return new Wager(_header, Now, 0, 1, PaymentMeans.Cash, [], [], lines.Sum(static line => line.AmountCents), lines);
    }

    private WagerLine Line(RaceId[] races, byte runner, long multiple) => new(
        races.Length == 0 ? default : races[random.Next(races.Length)], day.PoolOf((BetType)random.Next(1, 3)), Formula.Unit, false, false, 0, 0,
        StakeForm.Multiple, multiple, multiple * FleetDay.BaseStakeCents, [runner], [], []);

    private Hold Hold()
    {
        var cells = day.Cells.OrderBy(_ => random.Next()).Take(random.Next(1, 3));
        return new Hold(_header, Now, day.Sale, [], [.. cells.Select(cell => new HoldLine(cell.Session, cell.Category, (ushort)random.Next(1, 4), 0))]);
    }

    private Submission Confirm(ulong sequence, Outcome hold) =>
        Make(sequence, new Confirm(_header, Now, hold.Number, hold.AmountCents, Encoding.ASCII.GetBytes($"authorised-{hold.Number}-{sequence}-{_header.Source}")));

    private Submission Reverse(ulong sequence, Outcome original) =>
        Make(sequence, new Reversal(_header, Now, 1, original.Sequence, original.AmountCents, 4021));

    private Outcome Pick(List<Outcome> outcomes) => outcomes[random.Next(outcomes.Count)];

    private static void Keep(List<Outcome> outcomes, Outcome outcome)
    {
        outcomes.Add(outcome);
        if (outcomes.Count > RecentMax)
        {
            outcomes.RemoveAt(0);
        }
    }

    private static Submission Make<T>(ulong sequence, T message)
        where T : IMessage<T> => new(sequence, T.Type, Frame.Encode(message));
}
