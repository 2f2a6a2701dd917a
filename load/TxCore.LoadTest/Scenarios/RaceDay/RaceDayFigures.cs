using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>What a channel's day came to.</summary>
internal sealed record ChannelFigures(
    string Channel, RaceCounts Races, long Tickets, long TakenCents, long UndoneCents, long PaidTickets, long PaidCents, long LostTickets,
    long LateRefused, long Reconnects);

/// <summary>The racing day beside the load's own figures.</summary>
internal sealed record RaceDayFigures(IReadOnlyList<ChannelFigures> Channels)
{
    /// <summary>Counts what the channels' days came to.</summary>
    public static RaceDayFigures Of(IEnumerable<ChannelStage> stages, IEnumerable<DayReplay> replays) =>
        new([.. stages.Zip(replays, Figures)]);

    private static ChannelFigures Figures(ChannelStage stage, DayReplay replay)
    {
        var journal = stage.Journal.Journal;
        long lost = 0;
        for (int i = 0; i < journal.Count; i++)
        {
            lost += journal[i] is { Kind: MessageType.Pay, Code: ResultCode.TicketLost, Progress: Progress.Answered } ? 1 : 0;
        }

        return new ChannelFigures(
            stage.Identity.Channel.ToString().ToLowerInvariant(), stage.Director.Counts, replay.Tickets, replay.Pools.Values.Sum(pool => pool.TakenCents),
            replay.Pools.Values.Sum(pool => pool.UndoneCents), replay.Held.Values.LongCount(ticket => ticket.State == PresentState.Paid), replay.PaidCents,
            lost, replay.Late, stage.Reconnects);
    }
}
