namespace TxCore.Storage;

/// <summary>
/// The stored form of a row, and what its checksum and the batch hash cover: the tuple of PostgreSQL's binary COPY format, big-endian:
/// field count (2), then per field its length (4, -1 for NULL) and its bytes. The same bytes are sent by COPY IN, read back by
/// COPY OUT and hashed, so that verification never re-encodes. Frozen: a later format adds columns behind these under a new
/// row-format version in the batch.
/// </summary>
public static class RowFormat
{
    /// <summary>Version of the row format, recorded in every batch.</summary>
    public const short Version = 1;

    /// <summary>Columns in COPY order. Those up to <c>outlet</c> are never NULL and stand in a plain row too.</summary>
    public static readonly string[] Columns =
    [
        "shard", "business_day", "number", "line", "source", "sequence", "previous", "kind", "code", "sequenced_at", "received_at",
        "fingerprint", "outlet",
        "reference", "amount_cents", "total_cents", "expires_at", "race", "pool", "combinations", "sale", "session", "category", "quantity", "fault",
        "command", "checksum",
    ];

    /// <summary>PostgreSQL types of <see cref="Columns"/>.</summary>
    public static readonly string[] ColumnTypes =
    [
        "int2", "date", "int8", "int2", "int8", "int8", "int8", "int2", "int2", "timestamptz", "timestamptz",
        "int8", "int4",
        "int8", "int8", "int8", "timestamptz", "int8", "int2", "int4", "int4", "int8", "int4", "int4", "int4",
        "bytea", "int4",
    ];

    /// <summary>Fields of a row.</summary>
    public const int ColumnCount = 27;

    /// <summary>The first columns, kept in a plain row.</summary>
    public const int KeyColumnCount = 13;

    /// <summary>Bytes of the checksum field at the end of the tuple: length (4), CRC-32C (4).</summary>
    public const int ChecksumFieldBytes = 4 + 4;

    /// <summary>Most bytes of a row without its command: field count, a length for each field, and the widest fixed fields.</summary>
    public const int FixedBytesMax = 2 + (ColumnCount * 4) + (ColumnCount * 8);

    /// <summary>Microseconds between 1970-01-01 and 2000-01-01, where PostgreSQL counts timestamps from.</summary>
    public const long PostgresEpochMicroseconds = 946_684_800_000_000;

    private static readonly int PostgresEpochDay = new DateOnly(2000, 1, 1).DayNumber;

    /// <summary>PostgreSQL's binary date (days since 2000-01-01) of a day given as <c>YYYYMMDD</c>.</summary>
    public static int PostgresDate(int businessDay) =>
        new DateOnly(businessDay / 10_000, businessDay / 100 % 100, businessDay % 100).DayNumber - PostgresEpochDay;

    /// <summary>True when a binary date is a day that there is.</summary>
    public static bool IsDate(int postgresDate) =>
        postgresDate >= -PostgresEpochDay && postgresDate <= DateOnly.MaxValue.DayNumber - PostgresEpochDay;

    /// <summary>The day as <c>YYYYMMDD</c> of PostgreSQL's binary date.</summary>
    public static int BusinessDay(int postgresDate)
    {
        var day = DateOnly.FromDayNumber(postgresDate + PostgresEpochDay);
        return (day.Year * 10_000) + (day.Month * 100) + day.Day;
    }
}
