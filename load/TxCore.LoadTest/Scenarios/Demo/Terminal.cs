using System.Diagnostics;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>A betting terminal: its connection and the ticket it sold last, which may be cancelled or asked about.</summary>
internal sealed class Terminal(TxCoreClient client) : IDecisionListener
{
    /// <summary>A ticket is cancelled within this time, far inside the five minutes the rules give a win ticket.</summary>
    private static readonly TimeSpan CancelledWithin = TimeSpan.FromMinutes(1);

    private SoldTicket? _lastSold;

    public TxCoreClient Client => client;

    /// <summary>The ticket sold last, if it was a moment ago.</summary>
    public SoldTicket? LastSold => Volatile.Read(ref _lastSold) is { } ticket && IsRecent(ticket) ? ticket : null;

    /// <summary>The same, and nobody gets it again: a ticket is cancelled once.</summary>
    public SoldTicket? TakeLastSold() => Interlocked.Exchange(ref _lastSold, null) is { } ticket && IsRecent(ticket) ? ticket : null;

    public void Decided(int index, Outcome outcome)
    {
        if (outcome is { TransactionType: MessageType.Wager, Code: ResultCode.Accepted })
        {
            Volatile.Write(ref _lastSold, new SoldTicket(outcome.Number, outcome.Sequence, outcome.AmountCents, Stopwatch.GetTimestamp()));
        }
    }

    private static bool IsRecent(SoldTicket ticket) => Stopwatch.GetElapsedTime(ticket.AnsweredAt) < CancelledWithin;
}
