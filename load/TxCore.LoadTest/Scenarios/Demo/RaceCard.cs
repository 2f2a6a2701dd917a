using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>A race of the demo.</summary>
/// <param name="Id">The race.</param>
/// <param name="RunnerCount">Runners declared.</param>
/// <param name="Scratched">The runner that was declared a non-runner before the sale.</param>
internal sealed record CardRace(RaceId Id, byte RunnerCount, byte Scratched);

/// <summary>The invented race day of the demo: eight races of one meeting, win and place on each, one non-runner in each.</summary>
/// <param name="now">The day.</param>
/// <param name="meeting">Its meeting.</param>
/// <param name="races">Its races.</param>
internal sealed class RaceCard(DateTimeOffset now, byte meeting = 1, int races = 8)
{
    /// <summary>Base stake of both pools (<c>domain.md</c> section 1.3, retail).</summary>
    public const long BaseStakeCents = 200;

    private const long LineMaximumCents = 3_000_000;
    private const byte CombinedAllowed = 4;
    private static readonly TimeSpan StopsAfter = TimeSpan.FromHours(12);

    /// <summary>The pools of every race.</summary>
    public static readonly ushort[] Pools = [(ushort)BetType.Win, (ushort)BetType.Place];

    /// <summary>The races, 14 to 16 runners each.</summary>
    public CardRace[] Races { get; } =
        [.. Enumerable.Range(1, races).Select(race => new CardRace(new RaceId(Day(now), meeting, (byte)race), (byte)(14 + (race % 3)), (byte)(1 + race)))];

    /// <summary>The command that defines a race.</summary>
    public RaceDefine Definition(CardRace race, ControlHeader control)
    {
        long stopsAt = (now + StopsAfter).ToUnixTimeMilliseconds() * 1_000;
        var pools = Pools.Select(pool => new PoolDefinition(pool, (uint)BaseStakeCents, LineMaximumCents, CombinedAllowed, [], []));
        return new RaceDefine(default, control, race.Id, stopsAt, stopsAt, race.RunnerCount, [.. pools]);
    }

    private static uint Day(DateTimeOffset now) => (uint)((now.Year * 10_000) + (now.Month * 100) + now.Day);
}
