namespace TxCore.Sessions;

/// <summary>Reads the host's clock in the unit of the sequence.</summary>
public static class ClockExtensions
{
    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    public static long GetUnixMicroseconds(this TimeProvider clock) =>
        (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
