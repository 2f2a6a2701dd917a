using System.Net.Sockets;
using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>What the writer does about a failure.</summary>
internal enum FaultKind
{
    /// <summary>Passes by itself: connect again, find out what is stored, go on.</summary>
    Transient,

    /// <summary>Another writer holds the shard.</summary>
    Fenced,

    /// <summary>PostgreSQL refused a row: the batch is written again with that row in plain form.</summary>
    RowRefused,

    /// <summary>An administrator has to act; or the failure is a defect of this program.</summary>
    Final,
}

/// <summary>The reply to a COMMIT carried a warning: it may not be on the standby, or not be at all.</summary>
internal sealed class WarnedCommitException(string warning) : Exception($"COMMIT was answered with a warning: {warning}");

/// <summary>Sorts failures by SQLSTATE and type.</summary>
internal static class PostgresFault
{
    /// <summary>Raised by <c>txcore.advance</c> and <c>txcore.fence</c>: the caller does not hold the shard.</summary>
    public const string NotTheHolder = "TX001";

    /// <summary>Raised by <c>txcore.advance</c>: the batch does not follow the last one.</summary>
    public const string OutOfStep = "TX002";

    /// <summary>Sorts a failure; <paramref name="whileWritingRows"/> tells that rows were on their way and can be the cause.</summary>
    public static FaultKind Classify(Exception exception, bool whileWritingRows) => exception switch
    {
        StoreFencedException => FaultKind.Fenced,
        WarnedCommitException or ReadOnlyServerException => FaultKind.Transient,
        PostgresException postgres => ClassifyState(postgres.SqlState, whileWritingRows),
        NpgsqlException or IOException or SocketException or TimeoutException => FaultKind.Transient,
        _ => FaultKind.Final,
    };

    /// <summary>What the store ends with after a failure that is not transient.</summary>
    public static Exception ToFinal(Exception exception) => exception switch
    {
        PostgresException { SqlState: NotTheHolder } fenced => new StoreFencedException(
            $"The shard was taken over by another writer ({fenced.MessageText}): this one must not write again."),
        PostgresException refused => new StoreRefusedException($"PostgreSQL refuses to go on: {refused.MessageText} ({refused.SqlState}).", refused),
        _ => exception,
    };

    private static FaultKind ClassifyState(string state, bool whileWritingRows) => state switch
    {
        NotTheHolder => FaultKind.Fenced,
        OutOfStep => FaultKind.Transient,
        PostgresErrorCodes.ReadOnlySqlTransaction => FaultKind.Transient,
        PostgresErrorCodes.InsufficientPrivilege => FaultKind.Final,
        _ => state[..2] switch
        {
            // Connection, rollback, resources (a full disk too), locks, operator intervention, I/O, internal.
            "08" or "40" or "53" or "55" or "57" or "58" or "XX" => FaultKind.Transient,

            // Whatever else happens to a row comes from what it holds: data, constraints, limits, or a trigger that raises what it likes.
            _ => whileWritingRows ? FaultKind.RowRefused : FaultKind.Final,
        },
    };
}
