using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>The invented players with an account: most play freely, some are barred, some have a limit that they reach.</summary>
internal static class DayPlayers
{
    private const int Count = 2_000;
    private const int Banned = 2;
    private const int SelfExcluded = 2;
    private const int Limited = 12;
    private const long LimitedDayCents = 20_000;

    private static readonly byte[][] Keys = [.. Enumerable.Range(0, Count).Select(i => SHA256.HashData(Encoding.ASCII.GetBytes($"race-day player {i}")))];

    public static byte[] Pick(Random random) => Keys[random.Next(Count)];

    /// <summary>The list of barred players.</summary>
    public static BarredPlayer[] Bars(DateTimeOffset now)
    {
        long tomorrow = (now.AddDays(1) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return
        [
            .. Keys.Take(Banned).Select(key => new BarredPlayer(key, PlayerBar.Banned, 0)),
            .. Keys.Skip(Banned).Take(SelfExcluded).Select(key => new BarredPlayer(key, PlayerBar.SelfExcluded, tomorrow)),
        ];
    }

    /// <summary>The limits that players set themselves.</summary>
    public static IEnumerable<PlayerLimit> Limits(ControlHeader control) => Keys.Skip(Banned + SelfExcluded).Take(Limited)
        .Select(key => new PlayerLimit(default, control, key, LimitedDayCents, long.MaxValue, long.MaxValue));
}
