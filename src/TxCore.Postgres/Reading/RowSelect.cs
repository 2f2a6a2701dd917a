using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Queries whose rows a <see cref="RowStream"/> reads: the columns of the row format, then the plain form.</summary>
internal static class RowSelect
{
    /// <summary>Fields of the tuple in front of the plain form.</summary>
    public const int TupleFields = RowFormat.ColumnCount;

    /// <summary>
    /// Planner settings of a session that reads rows. A day that was never analysed must not be read whole to find one row, and a sorted
    /// chunk must fit in memory; rows are short-lived here, so compiling and parallel workers would cost more than they save.
    /// </summary>
    public const string SessionOptions = "-c enable_seqscan=off -c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=64MB";

    private static readonly string Columns = string.Join(", ", RowFormat.Columns);

    private static readonly string PaymentKinds = Kinds(
        MessageType.Confirm, MessageType.Authorise, MessageType.Release, MessageType.Reversal, MessageType.HoldExpired, MessageType.TicketReturn);

    private static readonly string DrawKinds = Kinds(
        MessageType.DrawRegister, MessageType.DrawWithdraw, MessageType.DrawDefine, MessageType.DrawOpen, MessageType.DrawClose,
        MessageType.DrawFreeze, MessageType.DrawRun, MessageType.DrawPublish, MessageType.DrawWave, MessageType.DrawExclude, MessageType.DrawEnd,
        MessageType.DrawCloseDue);

    /// <summary>Line 1 of the entries of a day from one number to another, in order.</summary>
    public static string Entries(int businessDay, long first, long last) =>
        Copy($"business_day = {Days.Literal(businessDay)} AND number BETWEEN {first} AND {last} AND line = 1 ORDER BY number");

    /// <summary>Line 1 of the entries of a day from one number to another that can carry a payment order, in order, at most so many.</summary>
    public static string Payments(int businessDay, long first, long last, int max) => Copy(
        $"business_day = {Days.Literal(businessDay)} AND number BETWEEN {first} AND {last} AND line = 1 AND kind IN ({PaymentKinds}) "
        + $"ORDER BY number LIMIT {max}");

    /// <summary>Line 1 of the accepted definitions of draws, in order.</summary>
    public static string DrawDefinitions() => Copy($"line = 1 AND code = 0 AND kind = {(int)MessageType.DrawDefine} ORDER BY number");

    /// <summary>
    /// Line 1 of the accepted entries about a draw, of a day, from one number to another, in order. The draw is looked for where it stands in
    /// the command: behind deadline and client time, behind deadline and control header, or as the subject.
    /// </summary>
    public static string Draw(int businessDay, long first, long last, uint draw)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, draw);
        string name = $"'\\x{Convert.ToHexString(bytes)}'::bytea";
        return Copy(
            $"business_day = {Days.Literal(businessDay)} AND number BETWEEN {first} AND {last} AND line = 1 AND code = 0 "
            + $"AND (plain IS NOT NULL AND kind IN ({DrawKinds}) "
            + $"OR kind IN ({(int)MessageType.DrawRegister}, {(int)MessageType.DrawWithdraw}) AND substr(command, 17, 4) = {name} "
            + $"OR kind BETWEEN {(int)MessageType.DrawDefine} AND {(int)MessageType.DrawEnd} AND substr(command, 19, 4) = {name} "
            + $"OR kind = {(int)MessageType.DrawCloseDue} AND substr(command, 9, 4) = {name}) ORDER BY number");
    }

    /// <summary>All rows of a day from one number to another, in order.</summary>
    public static string Rows(int businessDay, long first, long last) =>
        Copy($"business_day = {Days.Literal(businessDay)} AND number BETWEEN {first} AND {last} ORDER BY number, line");

    /// <summary>The same in the order in which they lie, which is that of the sequence nearly always, and costs PostgreSQL no sorting.</summary>
    public static string RowsAsTheyLie(int businessDay, long first, long last) =>
        Copy($"business_day = {Days.Literal(businessDay)} AND number BETWEEN {first} AND {last}");

    /// <summary>Line 1 of an entry of one of some days by source and sequence.</summary>
    public static string BySequence(IEnumerable<int> businessDays, uint source, long sequence) =>
        Copy($"business_day IN ({string.Join(", ", businessDays.Select(Days.Literal))}) " +
             $"AND source = {source} AND sequence = {sequence} AND line = 1");

    /// <summary>
    /// Line 1 of the accepted entries about the races of a meeting, of a day and later, in order. A plain row does not show its race:
    /// the reader has to look.
    /// </summary>
    public static string Meeting(uint day, byte meeting, int fromDay)
    {
        long first = new RaceId(day, meeting, 0).Value;
        return Copy(
            $"{Since(fromDay)} AND line = 1 AND code = 0 AND (kind BETWEEN {(int)MessageType.RaceDefine} AND {(int)MessageType.PoolCarryIn} "
            + $"OR kind IN ({(int)MessageType.RaceStopDue}, {(int)MessageType.RaceCloseDue})) "
            + $"AND (race BETWEEN {first} AND {first + byte.MaxValue} OR plain IS NOT NULL) ORDER BY number");
    }

    /// <summary>
    /// Line 1 of the accepted wagers that may concern a race, of a day and later, in order. Line 1 is enough to look at: the bytes of the
    /// races of all lines are in its command. A few too many come, which the reader tells apart.
    /// </summary>
    public static string Wagers(RaceId race, int fromDay)
    {
        Span<byte> name = stackalloc byte[RaceId.Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(name, race.Day);
        (name[^2], name[^1]) = (race.Meeting, race.Race);
        string meeting = Convert.ToHexString(name[..^1]);
        long first = new RaceId(race.Day, race.Meeting, 0).Value;
        int report = (int)BetType.Report;
        return Copy(
            $"{Since(fromDay)} AND line = 1 AND kind = {(int)MessageType.Wager} AND code = 0 AND (race = {race.Value} OR plain IS NOT NULL "
            + $"OR (pool % {BetTypes.OnlineOffset} = {report} AND race BETWEEN {first} AND {first + byte.MaxValue}) "
            + $"OR (total_cents IS NOT NULL AND position('\\x{meeting}'::bytea IN command) > 0)) ORDER BY number");
    }

    /// <summary>Line 1 of the accepted entries that took something back, of a day and later; a denied resolution has no amount.</summary>
    public static string Undone(int fromDay) => Copy(
        $"{Since(fromDay)} AND line = 1 AND code = 0 AND (kind IN ({(int)MessageType.Cancel}, {(int)MessageType.Reversal}) "
        + $"OR (kind = {(int)MessageType.SupervisorResolve} AND (amount_cents IS NOT NULL OR plain IS NOT NULL)))");

    private static string Kinds(params MessageType[] kinds) => string.Join(", ", kinds.Select(static kind => (int)kind));

    private static string Since(int fromDay) => $"business_day >= {(fromDay == 0 ? "'-infinity'" : Days.Literal(fromDay))}";

    private static string Copy(string condition) =>
        $"COPY (SELECT {Columns}, plain FROM txcore.transaction WHERE {condition}) TO STDOUT (FORMAT BINARY)";
}
