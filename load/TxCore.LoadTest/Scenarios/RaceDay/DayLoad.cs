using TxCore.LoadTest.Engine;
using TxCore.Protocol;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>Gives each planned transaction to a channel. Used by the generator's thread alone.</summary>
internal sealed class DayLoad(IReadOnlyList<ChannelStage> stages, Task races, Tally tally, DayClock clock, TimeSpan duration, Random random) : ILoad
{
    /// <summary>Share of the transactions that come from points of sale, when both channels are open.</summary>
    private const double RetailShare = 0.65;

    /// <summary>However long the end takes, after this it is the end.</summary>
    private static readonly TimeSpan PaidWithin = TimeSpan.FromMinutes(5);

    /// <summary>Until the last race is settled and the last ticket answered.</summary>
    public bool HasMore => clock.Now < duration + PaidWithin && !races.IsFaulted
        && (!races.IsCompleted || tally.InFlight > 0 || stages.Any(stage => stage.Book.Payable > 0 || stage.Book.Open > 0));

    public void Send(in PlannedSend planned)
    {
        var stage = stages.Count == 1 || random.NextDouble() < RetailShare ? First(Channel.Retail) : First(Channel.Online);
        stage.Traffic.Send(in planned);
    }

    private ChannelStage First(Channel channel) => stages.FirstOrDefault(stage => stage.Identity.Channel == channel) ?? stages[0];
}
