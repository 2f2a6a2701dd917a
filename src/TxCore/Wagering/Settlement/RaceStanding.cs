using TxCore.Protocol;

namespace TxCore.Wagering.Settlement;

/// <summary>How far a race is, for the money of its tickets.</summary>
internal enum RaceStanding
{
    /// <summary>Nothing is known yet.</summary>
    Pending,

    /// <summary>Its dividends are published.</summary>
    Published,

    /// <summary>Cancelled or postponed to another day: stakes are refunded.</summary>
    Void,

    /// <summary>Its tickets have expired.</summary>
    Expired,
}

/// <summary>Tells <see cref="RaceStanding"/>.</summary>
internal static class RaceStandings
{
    /// <summary>How far a race is; pending when it is not known.</summary>
    public static RaceStanding Of(Race? race) => race switch
    {
        { Status: RaceStatus.Payable, Settlement: not null } => RaceStanding.Published,
        { Status: RaceStatus.Cancelled or RaceStatus.Postponed } => RaceStanding.Void,
        { Status: RaceStatus.Closed } => RaceStanding.Expired,
        _ => RaceStanding.Pending,
    };

    /// <summary>
    /// The settlement of a pool of a race that is published or was. A void race has none, or one that refunds the pool and tells what reports
    /// carry on. False while the race is neither.
    /// </summary>
    public static bool TryFind(Race race, ushort pool, out PoolSettlement? settled)
    {
        var standing = Of(race);
        settled = race.Settlement?.Find(pool);
        if (standing == RaceStanding.Void && settled is { IsRefunded: false })
        {
            settled = null;
        }

        return standing switch
        {
            RaceStanding.Void => true,
            RaceStanding.Expired => race.Settlement is null || settled is not null,
            RaceStanding.Published => settled is not null,
            _ => false,
        };
    }
}
