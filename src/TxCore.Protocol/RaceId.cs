namespace TxCore.Protocol;

/// <summary>
/// Identity of a race: day, meeting and race (<c>domain.md</c> section 1.1). As one number it reads
/// <c>YYYYMMDDMMRR</c>: 5 November 2025, R1 C8 is 202511050108.
/// </summary>
/// <param name="Day">Day as <c>YYYYMMDD</c>.</param>
/// <param name="Meeting">Meeting (R), 1..99.</param>
/// <param name="Race">Race (C), 1..99.</param>
public readonly record struct RaceId(uint Day, byte Meeting, byte Race)
{
    /// <summary>Bytes on the wire: day (4), meeting (1), race (1).</summary>
    public const int Bytes = 4 + 1 + 1;

    /// <summary>The identity as one number, <c>YYYYMMDDMMRR</c>.</summary>
    public long Value => ((long)Day * 10_000) + (Meeting * 100) + Race;

    /// <summary>The identity that <see cref="Value"/> made.</summary>
    public static RaceId FromValue(long value) => new((uint)(value / 10_000), (byte)(value / 100 % 100), (byte)(value % 100));

    /// <inheritdoc/>
    public override string ToString() => $"{Day}-R{Meeting}C{Race}";

    internal static RaceId Read(ref WireReader reader) => new(reader.UInt32(), reader.Byte(), reader.Byte());

    internal void Write(ref WireWriter writer)
    {
        writer.UInt32(Day);
        writer.Byte(Meeting);
        writer.Byte(Race);
    }
}
