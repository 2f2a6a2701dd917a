using Disruptor;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Simulation.Engine;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Simulation.Bugs;

/// <summary>The decide stage with a bug: it takes events one by one, and something is wrong before or after each.</summary>
internal sealed class BuggyDecide(PlantedBug bug, SimProcess process, IBatchEventHandler<TxEvent> decide) : IBatchEventHandler<TxEvent>
{
    private const int EventsLate = 6;
    private readonly HashSet<uint> _seen = [];
    private readonly List<(Race Race, int After)> _stopped = [];
    private int _events;

    public int? MaxBatchSize => decide.MaxBatchSize;

    public void OnBatch(EventBatch<TxEvent> batch, long sequence)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            var work = batch[i];
            var state = process.Shard?.State;
            if (state is not null && work.Kind == EventKind.Transaction)
            {
                Before(work, state.Source(work.Source));
            }

            decide.OnBatch(batch.Slice(i, 1), sequence + i);
            if (state is not null && work.Kind == EventKind.Transaction)
            {
                After(work, state, state.Source(work.Source));
            }

            StopLate();
        }
    }

    private void Before(TxEvent work, SourceState source)
    {
        if (bug == PlantedBug.OlderConnectionDecides)
        {
            work.SessionId = source.SessionId;
        }

        bool isFirst = bug == PlantedBug.RepeatDecidedAgain && work.SessionId == source.SessionId && _seen.Add(work.Source);
        if (isFirst && work.Sequence < source.Next && work.Sequence > 0)
        {
            work.Sequence = source.Next;
        }
    }

    private void After(TxEvent work, ShardState state, SourceState source)
    {
        switch (bug)
        {
            case PlantedBug.RefusalNotStored:
                work.IsStored &= work.Entry.Code == ResultCode.Accepted;
                break;
            case PlantedBug.RecentWindowOffByOne when work.IsRepeat && work.Sequence == source.RecentFloor && source.TryFindRecent(work.Sequence + 1, out var next):
                work.Entry = next.Entry;
                break;
            case PlantedBug.BusyConsumesSequence when work is { Answer: AnswerKind.NotDecided, AnswerCode: ResultCode.Busy } && work.Sequence == source.Next:
                source.Record(new Entry { Number = source.LastNumber, Sequence = source.Next, Previous = source.LastNumber }, 1, null);
                break;
            case PlantedBug.StopAppliedLate when work is { IsStored: true, Type: MessageType.RaceStop, Entry.Code: ResultCode.Accepted }:
                var race = state.Races[new RaceBody(work.Body).Race.Value];
                race.Status = RaceStatus.Open;
                _stopped.Add((race, _events + EventsLate));
                break;
        }
    }

    private void StopLate()
    {
        _events++;
        foreach (var (race, after) in _stopped)
        {
            race.Status = after == _events ? RaceStatus.Stopped : race.Status;
        }
    }
}
