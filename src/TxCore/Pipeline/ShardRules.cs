using TxCore.Protocol;

namespace TxCore.Pipeline;

/// <summary>
/// What the rules depend on beyond the commands. It enters the sequence with every start of the writer, so that a replay decides
/// under the same; changing an option changes nothing before the next start.
/// </summary>
public sealed record ShardRules
{
    /// <summary>The version of the rules this assembly decides under.</summary>
    public const ushort CurrentVersion = 1;

    /// <summary>The last microsecond that has a date, since 1970-01-01 UTC.</summary>
    private static readonly long CalendarEnd = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Version of the rules.</summary>
    public ushort Version { get; init; } = CurrentVersion;

    /// <summary>Key epoch of the receipts made from here on.</summary>
    public ushort KeyEpoch { get; init; } = 1;

    /// <summary>When a business day begins, in minutes after midnight UTC, 0..1,439. Default 180: after the last race, before the first.</summary>
    public ushort DayStartMinutes { get; init; } = 180;

    /// <summary>How long a ticket may be cancelled, in seconds. Default 900 (<c>domain.md</c> section 1.10).</summary>
    public uint CancelWindowSeconds { get; init; } = 15 * 60;

    /// <summary>How long a ticket with a win line may be cancelled, in seconds. Default 300 (<c>domain.md</c> section 1.10).</summary>
    public uint CancelWindowWinSeconds { get; init; } = 5 * 60;

    /// <summary>Largest forward step of the clock between two entries before intake stops, in seconds. Default 60.</summary>
    public uint TimeStepMaxSeconds { get; init; } = 60;

    /// <summary>Largest amount paid out without identity, and of a voucher, in cents. Default 200,000 (<c>domain.md</c> section 1.10).</summary>
    public long CashPayMaxCents { get; init; } = 200_000;

    /// <summary>Largest stake of a ticket paid in cash, in cents. Default 3,000,000: the largest stake published for a pool.</summary>
    public long CashStakeMaxCents { get; init; } = 3_000_000;

    /// <summary>Days after its publication for which a race is paid. Default 60 (<c>domain.md</c> section 1.10, a setting).</summary>
    public ushort TicketValidDays { get; init; } = 60;

    /// <summary>How long a raised limit of a player waits before it counts, in hours. Default 48 (<c>domain.md</c> section 2.5).</summary>
    public ushort LimitRaiseHours { get; init; } = 48;

    internal const int Bytes = 2 + 2 + 2 + 4 + 4 + 4 + 8 + 8 + 2 + 2;

    internal static ShardRules Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        return new ShardRules
        {
            Version = reader.UInt16(),
            KeyEpoch = reader.UInt16(),
            DayStartMinutes = reader.UInt16(),
            CancelWindowSeconds = reader.UInt32(),
            CancelWindowWinSeconds = reader.UInt32(),
            TimeStepMaxSeconds = reader.UInt32(),
            CashPayMaxCents = reader.Int64(),
            CashStakeMaxCents = reader.Int64(),
            TicketValidDays = reader.UInt16(),
            LimitRaiseHours = reader.UInt16(),
        };
    }

    /// <summary>Writes the body of a start entry; returns its length.</summary>
    public int Write(Span<byte> body)
    {
        var writer = new WireWriter(body);
        writer.UInt16(Version);
        writer.UInt16(KeyEpoch);
        writer.UInt16(DayStartMinutes);
        writer.UInt32(CancelWindowSeconds);
        writer.UInt32(CancelWindowWinSeconds);
        writer.UInt32(TimeStepMaxSeconds);
        writer.Int64(CashPayMaxCents);
        writer.Int64(CashStakeMaxCents);
        writer.UInt16(TicketValidDays);
        writer.UInt16(LimitRaiseHours);
        return writer.Position;
    }

    /// <summary>
    /// The business day, as <c>YYYYMMDD</c>, that a time belongs to. Times come from clients too, who may send any: those behind the end of
    /// the calendar belong to its last day, those before 1970 to the first one.
    /// </summary>
    public int BusinessDayOf(long unixMicroseconds)
    {
        long known = Math.Clamp(unixMicroseconds, 0, CalendarEnd);
        var day = DateTime.UnixEpoch.AddTicks(known * TimeSpan.TicksPerMicrosecond).AddMinutes(-DayStartMinutes);
        return (day.Year * 10_000) + (day.Month * 100) + day.Day;
    }

    /// <summary>When the business day after <paramref name="businessDay"/> begins, in microseconds since 1970-01-01 UTC.</summary>
    public long NextDayStart(int businessDay)
    {
        var next = new DateTime(businessDay / 10_000, businessDay / 100 % 100, businessDay % 100, 0, 0, 0, DateTimeKind.Utc)
            .AddDays(1).AddMinutes(DayStartMinutes);
        return (next - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }
}
