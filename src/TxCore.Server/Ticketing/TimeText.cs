using System.CommandLine.Parsing;
using System.Globalization;

namespace TxCore.Server.Ticketing;

/// <summary>Times as people write them, and as the protocol does: microseconds since 1970-01-01 UTC.</summary>
internal static class TimeText
{
    /// <summary>The microseconds of a time.</summary>
    public static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A time as text; a dash when there is none.</summary>
    public static string Of(long microseconds) => microseconds is <= 0 or > 253_402_300_799_000_000
        ? "-"
        : DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a time; one without an offset is UTC.</summary>
    public static bool TryRead(string text, out long microseconds)
    {
        bool isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        microseconds = isTime ? Microseconds(time) : 0;
        return isTime && microseconds > 0;
    }

    /// <summary>Reads the time of an option.</summary>
    public static long Parse(ArgumentResult result)
    {
        if (!TryRead(result.Tokens[0].Value, out long microseconds))
        {
            result.AddError($"'{result.Tokens[0].Value}' is not a time; write it as 2027-02-15T10:00:00Z.");
        }

        return microseconds;
    }
}
