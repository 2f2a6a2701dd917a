using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>The invented players with an account: most play freely, some are barred, some have a limit that they reach.</summary>
/// <param name="run">Tells the players of one run from those of another on the same database, who have staked before.</param>
internal sealed class DayPlayers(uint run)
{
    private const int Count = 2_000;
    private const int Banned = 2;
    private const int SelfExcluded = 2;
    private const int Limited = 12;
    private const long LimitedDayCents = 20_000;

    private readonly byte[][] _keys =
        [.. Enumerable.Range(0, Count).Select(i => SHA256.HashData(Encoding.ASCII.GetBytes($"race-day {run} player {i}")))];

    public byte[] Pick(Random random) => _keys[random.Next(Count)];

    /// <summary>The list of barred players.</summary>
    public BarredPlayer[] Bars(DateTimeOffset now)
    {
        long tomorrow = (now.AddDays(1) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return
        [
            .. _keys.Take(Banned).Select(key => new BarredPlayer(key, PlayerBar.Banned, 0)),
            .. _keys.Skip(Banned).Take(SelfExcluded).Select(key => new BarredPlayer(key, PlayerBar.SelfExcluded, tomorrow)),
        ];
    }

    /// <summary>The limits that players set themselves.</summary>
    public IEnumerable<PlayerLimit> Limits(ControlHeader control) => _keys.Skip(Banned + SelfExcluded).Take(Limited)
        .Select(key => new PlayerLimit(default, control, key, LimitedDayCents, long.MaxValue, long.MaxValue));
}
