namespace TxCore.LoadTest.Validation;

/// <summary>A stop stops everything that comes after it, and nothing that came before.</summary>
internal static class RaceStopRules
{
    // 257 wager, 258 cancel, 772 stop, 1284 stopped by itself; code 200 is race closed, 0 accepted.
    private const string Stops = """
        WITH stop AS (SELECT race, min(number) AS number FROM stored WHERE kind IN (772, 1284) AND code = 0 GROUP BY race)
        """;

    public static readonly StoredRule[] All =
    [
        BookRules.NothingAfterTheStop,
        new("a wager is refused as too late only after the stop", Stops + $$"""

            SELECT format('number %s was refused as too late; the first stop is number %s', e.number, (SELECT min(number) FROM stop))
              FROM entry e
             WHERE e.kind = 257 AND e.code = {{(int)Protocol.ResultCode.RaceClosed}}
               AND e.number < (SELECT coalesce(min(number), 9223372036854775807) FROM stop)
            """),
    ];
}
