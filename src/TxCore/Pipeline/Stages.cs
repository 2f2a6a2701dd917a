using System.Diagnostics;
using Disruptor;
using TxCore.Diagnostics;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Wagering;
using TxCore.Wagering.Totals;

namespace TxCore.Pipeline;

/// <summary>Stage 1: decides events one by one on a thread of its own. Once the shard has failed it decides nothing more.</summary>
internal sealed class DecideStage(Decider decider, IWaitStrategy next, ShardFailure failure) : IBatchEventHandler<TxEvent>, IEventProcessorSequenceAware
{
    private Sequence? _sequence;

    public int? MaxBatchSize => 256;

    public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

    /// <summary>The clock stepped forward beyond the limit and waits to be confirmed; read by health from any thread.</summary>
    public bool IsTimeHeld => Volatile.Read(ref _timeHeld);

    private bool _timeHeld;

    public void OnBatch(EventBatch<TxEvent> batch, long sequence)
    {
        if (failure.HasFailed)
        {
            return;
        }

        foreach (var work in batch)
        {
            decider.Decide(work);
            work.DecidedTicks = Stopwatch.GetTimestamp();
        }

        Volatile.Write(ref _timeHeld, decider.IsTimeHeld);
        _sequence!.SetValue(sequence + batch.Length - 1);
        next.SignalAllWhenBlocking();
    }
}

/// <summary>Stage 3: sends the answers and broadcasts of what is durable, one flush for each connection and batch.</summary>
internal sealed class ReplyStage(
    DefinitionsBoard board, TicketingBoard ticketing, PoolTotalsBoard totals, RecentRows recent, ReceiptSealer sealer, SessionRegistry sessions, Intake intake,
    ShardFigures figures, ShardFailure failure)
    : IBatchEventHandler<TxEvent>, IEventProcessorSequenceAware
{
    private readonly HashSet<ISessionPeer> _dirty = [];
    private Sequence? _sequence;

    public int? MaxBatchSize => 4096;

    public void SetSequenceCallback(Sequence sequenceCallback) => _sequence = sequenceCallback;

    public void OnBatch(EventBatch<TxEvent> batch, long sequence)
    {
        if (failure.HasFailed)
        {
            return;
        }

        foreach (var work in batch)
        {
            sealer.Add(work);
        }

        sealer.Complete();
        foreach (var work in batch)
        {
            Publish(work);
            totals.Append(work);
            Keep(work);
            figures.Decisions.Count(work);
            if (work.Session is { } session)
            {
                session.Answer(work);
                _dirty.Add(session);
                if (work.Kind == EventKind.Transaction)
                {
                    figures.Latencies.Record(work, Stopwatch.GetTimestamp());
                }
            }

            work.Release();
        }

        foreach (var session in _dirty)
        {
            session.Flush();
        }

        _dirty.Clear();

        // The slots are free before those who wait for them are told, or they would look too early and wait again.
        _sequence!.SetValue(sequence + batch.Length - 1);
        intake.SignalCapacity();
    }

    /// <summary>Keeps what later transactions ask for by number.</summary>
    private void Keep(TxEvent work)
    {
        foreach (ref readonly var due in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(work.Due))
        {
            if (due.Addendum is not null && RecentRows.IsAskedFor(in due.Entry))
            {
                recent.Append(in due.Entry, SystemCommand.Build(due.Subject, due.Addendum));
            }
        }

        if (work.IsStored && RecentRows.IsAskedFor(in work.Entry))
        {
            recent.Append(in work.Entry, work.CommandSpan);
        }
    }

    private void Publish(TxEvent work)
    {
        foreach (var (cell, counts) in work.Cells)
        {
            cell.CommittedAvailable = counts.Available;
            cell.CommittedCapacity = counts.Capacity;
        }

        ticketing.Apply(work);

        foreach (ref readonly var due in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(work.Due))
        {
            if (due.Change.Version != 0)
            {
                board.Apply(due.Change, work);
                ticketing.Apply(due.Change, work);
                sessions.Broadcast(due.Change);
            }
        }

        if (work.Change.Version != 0)
        {
            board.Apply(work.Change, work);
            ticketing.Apply(work.Change, work);
            sessions.Broadcast(work.Change);
        }

        board.SetProgress(work.HighestNumber, work.BusinessDay);
    }
}

/// <summary>A handler that throws ends the shard: what it was doing cannot be assumed done, and skipping it would lose it.</summary>
internal sealed class StageExceptionHandler(ShardFailure failure) : IExceptionHandler<TxEvent>
{
    public void HandleEventException(Exception ex, long sequence, TxEvent evt) => failure.Fail(ex);

    public void HandleEventException(Exception ex, long sequence, EventBatch<TxEvent> batch) => failure.Fail(ex);

    public void HandleOnTimeoutException(Exception ex, long sequence) => failure.Fail(ex);

    public void HandleOnStartException(Exception ex) => failure.Fail(ex);

    public void HandleOnShutdownException(Exception ex) => failure.Fail(ex);
}
