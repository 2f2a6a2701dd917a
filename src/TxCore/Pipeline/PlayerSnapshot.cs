using TxCore.Protocol;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>The part of a snapshot that holds players: lists, limits and stakes of the present periods.</summary>
internal static class PlayerSnapshot
{
    public static void Save(Players players, SnapshotWriter writer)
    {
        writer.Int64(players.ListVersion);
        writer.Int64(players.CollectedVersion);
        writer.Int64(players.CollectsAll ? 1 : 0);
        SaveBars(players.Barred, writer);
        SaveBars(players.Collected, writer);
        writer.Int64(players.Accounts.Count);
        foreach (var (key, account) in players.Accounts.OrderBy(static pair => pair.Key))
        {
            SaveKey(in key, writer);
            SaveAmounts(account.Limits, writer);
            SaveAmounts(account.Asked, writer);
            writer.Int64(account.RaisedAt);
            writer.Int64(account.Day);
            SaveAmounts(account.Staked, writer);
        }
    }

    public static void Load(Players players, ref SnapshotReader reader)
    {
        players.Restore((uint)reader.Int64(), (uint)reader.Int64(), reader.Int64() != 0);
        for (int count = reader.Count(); count > 0; count--)
        {
            players.Barred.Add(LoadKey(ref reader), LoadBar(ref reader));
        }

        for (int count = reader.Count(); count > 0; count--)
        {
            players.Collect(LoadKey(ref reader), LoadBar(ref reader));
        }

        for (int count = reader.Count(); count > 0; count--)
        {
            players.Account(LoadKey(ref reader)).Restore(
                LoadAmounts(ref reader), LoadAmounts(ref reader), reader.Int64(), (int)reader.Int64(), LoadAmounts(ref reader));
        }
    }

    private static void SaveBars(IReadOnlyDictionary<PersonKey, BarEntry> bars, SnapshotWriter writer)
    {
        writer.Int64(bars.Count);
        foreach (var (key, entry) in bars.OrderBy(static pair => pair.Key))
        {
            SaveKey(in key, writer);
            writer.Int64((long)entry.Bar);
            writer.Int64(entry.Until);
        }
    }

    private static BarEntry LoadBar(ref SnapshotReader reader) => new((PlayerBar)reader.Int64(), reader.Int64());

    private static void SaveKey(in PersonKey key, SnapshotWriter writer)
    {
        writer.Int64((long)key.A);
        writer.Int64((long)key.B);
        writer.Int64((long)key.C);
        writer.Int64((long)key.D);
    }

    private static PersonKey LoadKey(ref SnapshotReader reader) =>
        new((ulong)reader.Int64(), (ulong)reader.Int64(), (ulong)reader.Int64(), (ulong)reader.Int64());

    private static void SaveAmounts(PeriodAmounts amounts, SnapshotWriter writer)
    {
        writer.Int64(amounts.Day);
        writer.Int64(amounts.Week);
        writer.Int64(amounts.Month);
    }

    private static PeriodAmounts LoadAmounts(ref SnapshotReader reader) => new(reader.Int64(), reader.Int64(), reader.Int64());
}
