using System.Collections.Concurrent;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Wagering.Settlement;

namespace TxCore.Wagering.Totals;

/// <summary>
/// What accepted entries do to the races of the totals board: the counting half of what <see cref="ShardState"/> does with them. One thread
/// at a time; readers look races up meanwhile.
/// </summary>
internal sealed class TotalsEffects(ConcurrentDictionary<long, RaceTotals> races)
{
    private readonly Func<long, RaceTotals?> _find = value => races.TryGetValue(value, out var race) && !race.IsOver ? race : null;
    private readonly HashSet<RaceTotals> _changed = [];

    /// <summary>Takes in an entry as it was committed, with the wager that it takes back.</summary>
    public void Apply(in CommittedEntry committed)
    {
        Apply(in committed.Entry, committed.Command);
        if (committed.OriginalNumber != 0)
        {
            TakeOut(committed.OriginalNumber, committed.Original);
        }
    }

    /// <summary>Takes in an entry as it is stored; true when the combinations of the wager that it takes back have yet to be taken out.</summary>
    public bool Apply(in Entry entry, ReadOnlySpan<byte> command)
    {
        switch (entry.Kind)
        {
            case MessageType.Wager:
                Stake(command);
                WagerLines.Count(_find, entry.Number, command, 1);
                return false;
            case MessageType.Cancel or MessageType.Reversal or MessageType.SupervisorResolve:
                return TakeBack(command[Addendum.Start(entry.Kind, command)..]);
            case MessageType.RaceStopDue:
                Change(SystemCommand.Subject(command), static race => race.Status = RaceStatus.Stopped);
                return false;
            case MessageType.RaceCloseDue:
                races.TryRemove(SystemCommand.Subject(command), out _);
                return false;
            case >= MessageType.RaceDefine and <= MessageType.PoolCarryIn:
                Control(in entry, command);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Takes the combinations of a wager out of the books.</summary>
    public void TakeOut(long number, ReadOnlySpan<byte> command) => WagerLines.Count(_find, number, command, -1);

    /// <summary>Shows readers every race that changed.</summary>
    public void Publish()
    {
        foreach (var race in _changed)
        {
            race.Publish();
        }

        _changed.Clear();
    }

    /// <summary>Takes in the books of the wagers of before the start.</summary>
    public void Merge(IEnumerable<RaceTotals> counted)
    {
        foreach (var earlier in counted)
        {
            if (races.TryGetValue(earlier.Race.Id.Value, out var race))
            {
                race.Merge(earlier);
                _changed.Add(race);
            }
        }
    }

    private void Stake(ReadOnlySpan<byte> command)
    {
        var wager = new WagerBody(command[SystemCommand.DeadlineBytes..]);
        while (wager.TryNext(out var line))
        {
            if (Find(line.Race, line.StakePool()) is { } staked)
            {
                staked.TakenCents += line.AmountCents;
            }
        }
    }

    /// <summary>Takes stakes back as the addendum tells them; true when there were any.</summary>
    private bool TakeBack(ReadOnlySpan<byte> addendum)
    {
        var reader = new WireReader(addendum);
        int moves = reader.Byte();
        for (int move = 0; move < moves; move++)
        {
            var race = new RaceId(reader.UInt32(), reader.Byte(), reader.Byte());
            ushort pool = reader.UInt16();
            reader.Int64();
            long amountCents = reader.Int64();
            if (Find(race, pool) is { } undone)
            {
                undone.UndoneCents += amountCents;
            }
        }

        return moves > 0;
    }

    private void Control(in Entry entry, ReadOnlySpan<byte> command)
    {
        var body = command[SystemCommand.DeadlineBytes..];
        switch (entry.Kind)
        {
            case MessageType.RaceDefine:
                Define(Bodies.RaceDefine(body), in entry);
                break;
            case MessageType.RacePublish:
                Publish(Bodies.Decode<RacePublish>(body).Race, command[Addendum.Start(entry.Kind, command)..]);
                break;
            case MessageType.RaceResult:
                var result = Bodies.Decode<RaceResult>(body);
                Change(result.Race.Value, race => race.Status = result.Stage == ResultStage.Official ? RaceStatus.Official : RaceStatus.Provisional);
                break;
            case MessageType.PoolCarryIn:
                var carry = Bodies.Decode<PoolCarryIn>(body);
                if (Find(carry.Race, carry.Pool) is { } pool)
                {
                    pool.CarryInCents += carry.AmountCents;
                }

                break;
            default:
                Control(in entry, new RaceBody(body));
                break;
        }
    }

    private void Control(in Entry entry, in RaceBody control)
    {
        long number = entry.Number;
        byte runner = control.Runner;
        switch (entry.Kind)
        {
            case MessageType.RaceOpen or MessageType.RaceReopen:
                Change(control.Race.Value, static race => race.Status = RaceStatus.Open);
                break;
            case MessageType.RaceSuspend:
                Change(control.Race.Value, static race => race.Status = RaceStatus.Suspended);
                break;
            case MessageType.RaceStop:
                Change(control.Race.Value, static race => race.Status = RaceStatus.Stopped);
                break;
            case MessageType.RaceCancel:
                End(control.Race.Value, RaceStatus.Cancelled);
                break;
            case MessageType.RacePostpone when control.LatestStopAt == 0:
                End(control.Race.Value, RaceStatus.Postponed);
                break;
            case MessageType.RacePostpone:
                Change(control.Race.Value, static race => race.Status = race.Status == RaceStatus.Open ? RaceStatus.Suspended : race.Status);
                break;
            case MessageType.RaceScratch:
                Change(control.Race.Value, race =>
                {
                    race.ScratchedMask |= 1u << runner;
                    race.ScratchedBy[runner] = number;
                });
                break;
        }
    }

    private void Define(RaceDefine definition, in Entry entry)
    {
        var race = new Race(definition.Race)
        {
            RunnerCount = definition.RunnerCount,
            DefinedOn = entry.BusinessDay,
            Pools = Array.ConvertAll(definition.Pools, Pool.From),
        };
        races[race.Id.Value] = new RaceTotals(race, areBooksWhole: true);
    }

    private void Publish(RaceId id, ReadOnlySpan<byte> answer)
    {
        var settlement = SettlementAnswer.Read(SettlementAnswer.Bytes(answer));
        Change(id.Value, race => race.Settlement = settlement);
        bool isVoid = races.TryGetValue(id.Value, out var published) && ResultRules.IsVoid(published.Race);
        End(id.Value, isVoid ? published!.Race.Status : RaceStatus.Payable);
        foreach (var carried in settlement.Carried)
        {
            if (Find(carried.Race, carried.Pool) is { } pool)
            {
                pool.ReportCents += carried.Cents;
            }
        }
    }

    private void End(long value, RaceStatus status)
    {
        Change(value, race => race.Status = status);
        if (races.TryGetValue(value, out var over))
        {
            over.CloseBooks();
        }
    }

    private void Change(long value, Action<Race> change)
    {
        if (races.TryGetValue(value, out var race))
        {
            change(race.Race);
            _changed.Add(race);
        }
    }

    /// <summary>A pool that is about to change; null when its race has left.</summary>
    private Pool? Find(RaceId id, ushort pool)
    {
        if (!races.TryGetValue(id.Value, out var race))
        {
            return null;
        }

        _changed.Add(race);
        return race.Race.FindPool(pool);
    }
}
