using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>The part of a snapshot that holds races, their pools and what is carried over.</summary>
internal static class RaceSnapshot
{
    public static void Save(ShardState state, SnapshotWriter writer)
    {
        writer.Int64(state.Races.Count);
        foreach (var race in state.Races.OrderBy(static pair => pair.Key).Select(static pair => pair.Value))
        {
            SaveRace(race, writer);
        }

        writer.Int64(state.ClosedRaces.Count);
        foreach (long race in state.ClosedRaces.Order())
        {
            writer.Int64(race);
        }

        writer.Int64(state.CarryOvers.Count);
        foreach (var (pool, cents) in state.CarryOvers)
        {
            writer.Int64(pool);
            writer.Int64(cents);
        }
    }

    public static void Load(ShardState state, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            var race = LoadRace(ref reader);
            state.Races.Add(race.Id.Value, race);
            if (race.Status is RaceStatus.Open or RaceStatus.Suspended)
            {
                state.Stops.Add(MessageType.RaceStopDue, race.Id.Value, race.LatestStopAt);
            }
            else if (race.ExpiresAt != 0)
            {
                state.Stops.Add(MessageType.RaceCloseDue, race.Id.Value, race.ExpiresAt);
            }
        }

        for (int count = reader.Count(); count > 0; count--)
        {
            state.ClosedRaces.Add(reader.Int64());
        }

        for (int count = reader.Count(); count > 0; count--)
        {
            state.CarryOvers.Add((ushort)reader.Int64(), reader.Int64());
        }
    }

    private static void SaveRace(Race race, SnapshotWriter writer)
    {
        writer.Int64(race.Id.Value);
        writer.Int64((long)race.Status);
        writer.Int64(race.Epoch);
        writer.Int64(race.StartsAt);
        writer.Int64(race.LatestStopAt);
        writer.Int64(race.RunnerCount);
        writer.Int64(race.ScratchedMask);
        writer.Int64((long)race.Stage);
        writer.Int64(race.ChangedBy);
        writer.Int64(race.DefinedOn);
        writer.Int64(race.ExpiresAt);
        writer.Int64(race.OwedCents);
        writer.Int64(race.PaidCents);
        writer.Counted(race.SettlementBytes);
        writer.Int64(race.Finish.Length);
        foreach (var place in race.Finish)
        {
            writer.Int64((place.Runner << 8) | place.Place);
        }

        for (int runner = 1; runner <= race.RunnerCount; runner++)
        {
            writer.Int64(race.ScratchedBy[runner]);
        }

        writer.Int64(race.Pools.Length);
        foreach (var pool in race.Pools)
        {
            SavePool(pool, writer);
        }
    }

    private static void SavePool(Pool pool, SnapshotWriter writer)
    {
        writer.Int64(pool.Number);
        writer.Int64(pool.BaseStakeCents);
        writer.Int64(pool.MaximumCents);
        writer.Int64(pool.Flags);
        writer.Counted(pool.FlexiPercents);
        writer.Counted(pool.Risks);
        writer.Int64(pool.TakeoutBasisPoints);
        writer.Int64(pool.RunnersMin);
        writer.Int64(pool.TakenCents);
        writer.Int64(pool.UndoneCents);
        writer.Int64(pool.ReportCents);
        writer.Int64(pool.CarryInCents);
    }

    private static Race LoadRace(ref SnapshotReader reader)
    {
        var race = new Race(RaceId.FromValue(reader.Int64()))
        {
            Status = (RaceStatus)reader.Int64(),
            Epoch = (ushort)reader.Int64(),
            StartsAt = reader.Int64(),
            LatestStopAt = reader.Int64(),
            RunnerCount = (byte)reader.Int64(),
            ScratchedMask = (uint)reader.Int64(),
            Stage = (ResultStage)reader.Int64(),
            ChangedBy = reader.Int64(),
            DefinedOn = (int)reader.Int64(),
            ExpiresAt = reader.Int64(),
            OwedCents = reader.Int64(),
            PaidCents = reader.Int64(),
            SettlementBytes = reader.Counted().ToArray(),
        };
        race.Settlement = race.SettlementBytes.Length == 0 ? null : SettlementAnswer.Read(race.SettlementBytes);
        race.Finish = new FinishPlace[reader.Count()];
        for (int i = 0; i < race.Finish.Length; i++)
        {
            long place = reader.Int64();
            race.Finish[i] = new FinishPlace((byte)(place >> 8), (byte)place);
        }

        if (race.RunnerCount > Wire.RunnersMax)
        {
            throw new InvalidDataException($"Race {race.Id} of the snapshot has {race.RunnerCount} runners.");
        }

        for (int runner = 1; runner <= race.RunnerCount; runner++)
        {
            race.ScratchedBy[runner] = reader.Int64();
        }

        race.Pools = new Pool[reader.Count()];
        for (int i = 0; i < race.Pools.Length; i++)
        {
            race.Pools[i] = LoadPool(ref reader);
        }

        return race;
    }

    private static Pool LoadPool(ref SnapshotReader reader) => new(
        (ushort)reader.Int64(), (uint)reader.Int64(), reader.Int64(), (byte)reader.Int64(), reader.Counted().ToArray(), reader.Counted().ToArray(),
        (ushort)reader.Int64(), (byte)reader.Int64())
    {
        TakenCents = reader.Int64(),
        UndoneCents = reader.Int64(),
        ReportCents = reader.Int64(),
        CarryInCents = reader.Int64(),
    };
}
