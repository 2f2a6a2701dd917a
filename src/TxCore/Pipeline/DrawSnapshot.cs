using System.Runtime.InteropServices;
using TxCore.Protocol;
using TxCore.Ticketing.Draws;

namespace TxCore.Pipeline;

/// <summary>The part of a snapshot that holds draws: for each entry its key and flags, and after the run its rank.</summary>
internal static class DrawSnapshot
{
    private const int KeyBytes = Wire.PersonKeyBytes;

    public static void Save(ShardState state, SnapshotWriter writer)
    {
        var draws = state.Draws.Values.OrderBy(static draw => draw.Id).ToArray();
        writer.Int64(draws.Length);
        foreach (var draw in draws)
        {
            Save(draw, writer);
        }
    }

    public static void Load(ShardState state, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            var draw = Load(ref reader);
            state.Draws[draw.Id] = draw;
            if (draw.Status == DrawStatus.Open)
            {
                state.Stops.Add(MessageType.DrawCloseDue, draw.Id, draw.ClosesAt);
            }
        }
    }

    private static void Save(Draw draw, SnapshotWriter writer)
    {
        writer.Int64(draw.Id);
        writer.Counted(draw.Name);
        writer.Int64(draw.Entries.Max);
        writer.Int64((long)draw.Status);
        writer.Int64(draw.ClosesAt);
        writer.Int64(draw.RequiredConsent);
        writer.Int64(draw.PersonMax);
        SaveEntries(draw, writer);
        writer.Int64(draw.Barred.Count);
        foreach (var person in draw.Barred.Order())
        {
            writer.Person(person);
        }

        writer.Counted(draw.Root);
        writer.Counted(draw.Commitment);
        writer.Counted(draw.BeaconChain);
        writer.Int64((long)draw.BeaconRound);
        writer.Counted(draw.Secret);
        writer.Counted(draw.Randomness);
        writer.Counted(draw.Signature);
        writer.Counted(draw.OrderHash);
        writer.Counted(draw.OrderRoot);
        writer.Counted(MemoryMarshal.AsBytes<int>(draw.Ranks));
        SaveWaves(draw, writer);
    }

    private static Draw Load(ref SnapshotReader reader)
    {
        uint id = (uint)reader.Int64();
        byte[] name = reader.Counted().ToArray();
        var draw = new Draw(id, name, (int)reader.Int64())
        {
            Status = (DrawStatus)reader.Int64(),
            ClosesAt = reader.Int64(),
            RequiredConsent = (uint)reader.Int64(),
            PersonMax = (ushort)reader.Int64(),
        };
        LoadEntries(draw, ref reader);
        for (int count = reader.Count(); count > 0; count--)
        {
            draw.Barred.Add(reader.Person() ?? throw new InvalidDataException($"Draw {id} of the snapshot bars nobody."));
        }

        draw.Root = reader.Counted().ToArray();
        draw.Commitment = reader.Counted().ToArray();
        draw.BeaconChain = reader.Counted().ToArray();
        draw.BeaconRound = (ulong)reader.Int64();
        draw.Secret = reader.Counted().ToArray();
        draw.Randomness = reader.Counted().ToArray();
        draw.Signature = reader.Counted().ToArray();
        draw.OrderHash = reader.Counted().ToArray();
        draw.OrderRoot = reader.Counted().ToArray();
        draw.Ranks = MemoryMarshal.Cast<byte, int>(reader.Counted()).ToArray();
        LoadWaves(draw, ref reader);
        return draw;
    }

    private static void SaveEntries(Draw draw, SnapshotWriter writer)
    {
        writer.Int64(draw.Entries.Count);
        for (int i = 0; i < draw.Entries.Count; i++)
        {
            var entry = writer.Bytes(KeyBytes + 1);
            draw.Entries.Keys[i].Write(entry);
            entry[KeyBytes] = (byte)draw.Entries[i];
        }
    }

    private static void LoadEntries(Draw draw, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            var entry = reader.Take(KeyBytes + 1);
            int index = draw.Entries.Add(PersonKey.Read(entry));
            draw.Entries[index] = (EntryFlags)entry[KeyBytes];
            if (DrawEntries.IsStruck(draw.Entries[index]))
            {
                draw.StruckEntries.Add(index);
            }
        }
    }

    private static void SaveWaves(Draw draw, SnapshotWriter writer)
    {
        writer.Int64(draw.Waves.Count);
        foreach (var wave in draw.Waves)
        {
            writer.Int64(wave.LastRank);
            writer.Int64(wave.Sale);
            writer.Int64(wave.StartsAt);
            writer.Int64(wave.EndsAt);
            writer.Int64(wave.Struck);
            writer.Int64(wave.Arrived);
            writer.Int64(wave.Bought);
        }
    }

    private static void LoadWaves(Draw draw, ref SnapshotReader reader)
    {
        for (int count = reader.Count(); count > 0; count--)
        {
            var wave = new Wave(
                draw, (ushort)(draw.Waves.Count + 1), draw.NextRank, (uint)reader.Int64(), (uint)reader.Int64(), reader.Int64(), reader.Int64())
            {
                Struck = (int)reader.Int64(),
                Arrived = (int)reader.Int64(),
                Bought = (int)reader.Int64(),
            };
            draw.Waves.Add(wave);
        }
    }
}
