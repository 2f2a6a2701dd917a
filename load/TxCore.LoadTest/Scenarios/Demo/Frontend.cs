using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TxCore.Client;
using TxCore.LoadTest.Engine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>Seats held for somebody who now thinks about paying.</summary>
/// <param name="Number">The hold.</param>
/// <param name="AmountCents">Its price.</param>
/// <param name="ReadyAt">When he has made up his mind (stopwatch reading).</param>
internal readonly record struct OpenHold(ulong Number, long AmountCents, long ReadyAt);

/// <summary>A ticketing frontend: its connection and the holds of the people it serves.</summary>
internal sealed class Frontend(TxCoreClient client) : IDecisionListener
{
    private static readonly TimeSpan ThinkTime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<OpenHold> _holds = new();

    public TxCoreClient Client => client;

    /// <summary>The oldest hold whose owner has decided what to do.</summary>
    public bool TryTakeReady([MaybeNullWhen(false)] out OpenHold hold) =>
        _holds.TryPeek(out hold) && Stopwatch.GetTimestamp() >= hold.ReadyAt && _holds.TryDequeue(out hold);

    public void Decided(int index, Outcome outcome)
    {
        if (outcome is { TransactionType: MessageType.Hold, Code: ResultCode.Accepted })
        {
            long readyAt = Stopwatch.GetTimestamp() + (long)(ThinkTime.TotalSeconds * Stopwatch.Frequency);
            _holds.Enqueue(new OpenHold(outcome.Number, outcome.AmountCents, readyAt));
        }
    }
}
