using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;

namespace TxCore.Server.Tests.Fleet;

/// <summary>Invents the transactions of one terminal: mostly wagers, some wrong, and whatever can be done to what it sold before.</summary>
internal sealed class TransactionMix(uint source, ShardIdentity identity, Random random)
{
    private static readonly TimeProvider Clock = TimeProvider.System;
    private readonly List<Outcome> _tickets = [];
    private readonly List<Outcome> _holds = [];
    private TransactionHeader _header;

    private static long Now => (Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Learns what was sold, to cancel, confirm or reverse it later.</summary>
    public void Learn(Outcome outcome)
    {
        if (outcome.Code == ResultCode.Accepted && outcome.TransactionType is MessageType.Wager or MessageType.Hold)
        {
            (outcome.TransactionType == MessageType.Wager ? _tickets : _holds).Add(outcome);
        }
    }

    public Submission Next(ulong sequence)
    {
        // One in fifty has a deadline that has passed: a decision like any other.
        _header = new TransactionHeader(source, sequence, random.Next(50) == 0 ? 1 : 0);
        return random.Next(100) switch
        {
            < 12 when _tickets.Count > 0 => Make(sequence, new Cancel(_header, Now, 1, Pick(_tickets).Number, 1)),
            < 16 when _tickets.Count > 0 => Reverse(sequence, Pick(_tickets)),
            < 18 when _holds.Count > 0 => Reverse(sequence, Pick(_holds)),
            < 30 => Make(sequence, Hold()),
            < 42 when _holds.Count > 0 => Confirm(sequence, Pick(_holds)),
            < 45 when _holds.Count > 0 => Make(sequence, new Release(_header, Now, Pick(_holds).Number, 1)),
            _ => Make(sequence, Wager()),
        };
    }

    private Wager Wager()
    {
        // One runner in so many is not in the race: the ticket is refused.
        var lines = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Line((byte)random.Next(1, SaleDay.Runners + 2), random.Next(1, 20))).ToArray();
        return new Wager(_header, Now, 0, 1, PaymentMeans.Cash, [], [], lines.Sum(static line => line.AmountCents), lines);
    }

    private WagerLine Line(byte runner, long multiple) => new(
        SaleDay.Races[random.Next(SaleDay.Races.Length)], BetTypes.PoolOf((BetType)random.Next(1, 3), identity.Channel), Formula.Unit, false, false, 0, 0,
        StakeForm.Multiple, multiple, multiple * SaleDay.BaseStakeCents, [runner], [], []);

    private Hold Hold()
    {
        var cells = SaleDay.Cells.OrderBy(_ => random.Next()).Take(random.Next(1, 3));
        return new Hold(
            _header, Now, SaleDay.Sale, [], [.. cells.Select(cell => new HoldLine(cell.Session, cell.Category, (ushort)random.Next(1, 4), 0))]);
    }

    private Submission Confirm(ulong sequence, Outcome hold) =>
        Make(sequence, new Confirm(_header, Now, hold.Number, hold.AmountCents, System.Text.Encoding.ASCII.GetBytes($"authorised-{hold.Number}-{sequence}-{_header.Source}")));

    private Submission Reverse(ulong sequence, Outcome original) =>
        Make(sequence, new Reversal(_header, Now, 1, original.Sequence, original.AmountCents, 4021));

    private Outcome Pick(List<Outcome> outcomes) => outcomes[^random.Next(1, Math.Min(outcomes.Count, 20) + 1)];

    private static Submission Make<T>(ulong sequence, T message)
        where T : IMessage<T> => new(sequence, T.Type, Frame.Encode(message));
}
