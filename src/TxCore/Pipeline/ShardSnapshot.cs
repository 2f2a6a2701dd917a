using TxCore.Storage;

namespace TxCore.Pipeline;

/// <summary>Writes and reads a <see cref="ShardState"/> as bytes. The layout is versioned: a snapshot of another version is not read.</summary>
public static class ShardSnapshot
{
    /// <summary>Version of the layout.</summary>
    public const short Format = 3;

    /// <summary>The state as bytes; the same state always gives the same bytes.</summary>
    public static ReadOnlyMemory<byte> Save(ShardState state)
    {
        var writer = new SnapshotWriter();
        writer.Int64(state.LastNumber);
        writer.Int64(state.Time);
        writer.Int64(state.BusinessDay);
        writer.Int64(state.DefinitionsVersion);
        Span<byte> rules = stackalloc byte[ShardRules.Bytes];
        state.Rules.Write(rules);
        writer.Counted(rules);
        writer.Int64(state.KeyEpochs.Count);
        foreach (var (number, epoch) in state.KeyEpochs)
        {
            writer.Int64(number);
            writer.Int64(epoch);
        }

        SaveSources(state, writer);
        RaceSnapshot.Save(state, writer);
        PlayerSnapshot.Save(state.Players, writer);
        TicketingSnapshot.Save(state, writer);
        SaveTickets(state, writer);
        return writer.Written;
    }

    /// <summary>The state that <see cref="Save"/> wrote; bytes that end early or do not add up throw <see cref="InvalidDataException"/>.</summary>
    public static ShardState Load(ShardIdentity identity, Func<uint, int> windowOf, ReadOnlySpan<byte> bytes)
    {
        var reader = new SnapshotReader(bytes);
        var state = new ShardState(identity, windowOf)
        {
            LastNumber = reader.Int64(),
            Time = reader.Int64(),
            BusinessDay = (int)reader.Int64(),
            DefinitionsVersion = reader.Int64(),
            Rules = ShardRules.Read(reader.Counted()),
        };
        state.NextDayStart = state.BusinessDay == 0 ? long.MaxValue : state.Rules.NextDayStart(state.BusinessDay);
        for (int count = reader.Count(); count > 0; count--)
        {
            state.KeyEpochs.Add((reader.Int64(), (ushort)reader.Int64()));
        }

        for (int count = reader.Count(); count > 0; count--)
        {
            var source = SourceState.Load(ref reader);
            source.AllowWindow(windowOf(source.Id));
            state.Sources.Add(source.Id, source);
        }

        RaceSnapshot.Load(state, ref reader);
        PlayerSnapshot.Load(state.Players, ref reader);
        TicketingSnapshot.Load(state, ref reader);
        for (int count = reader.Count(); count > 0; count--)
        {
            state.Tickets.RestorePage(reader.Int64(), reader.Counted().ToArray());
        }

        return reader.AtEnd ? state : throw new InvalidDataException("The snapshot goes on after its end.");
    }

    private static void SaveSources(ShardState state, SnapshotWriter writer)
    {
        // A source that has only logged on is no part of what the rows say.
        var sources = state.Sources.Values.Where(static source => source.LastNumber != 0).OrderBy(static source => source.Id).ToArray();
        writer.Int64(sources.Length);
        foreach (var source in sources)
        {
            source.Save(writer);
        }
    }

    private static void SaveTickets(ShardState state, SnapshotWriter writer)
    {
        writer.Int64(state.Tickets.Pages.Count);
        foreach (var (page, bytes) in state.Tickets.Pages.OrderBy(static pair => pair.Key))
        {
            writer.Int64(page);
            writer.Counted(bytes);
        }
    }
}
