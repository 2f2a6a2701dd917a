using System.Data;
using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>A ticket that waits for a supervisor.</summary>
/// <param name="Ticket">Its number.</param>
/// <param name="Reversal">Number of the reversal that came after the stop.</param>
/// <param name="Source">The terminal.</param>
/// <param name="Outlet">Its outlet.</param>
/// <param name="AmountCents">Amount of the ticket, in cents.</param>
/// <param name="Race">Race of its first line, as <c>YYYYMMDDMMRR</c>; 0 for none.</param>
/// <param name="Since">When the reversal came.</param>
public sealed record WaitingTicket(long Ticket, long Reversal, long Source, int Outlet, long AmountCents, long Race, DateTime Since);

/// <summary>A wager that was taken before its race stopped and committed after it.</summary>
/// <param name="Race">The race, as <c>YYYYMMDDMMRR</c>.</param>
/// <param name="StoppedAt">When it stopped.</param>
/// <param name="Number">Number of the wager.</param>
/// <param name="Source">The terminal.</param>
/// <param name="Outlet">Its outlet.</param>
/// <param name="SequencedAt">When it was taken.</param>
/// <param name="WrittenAt">When it was committed.</param>
/// <param name="AmountCents">Its amount, in cents.</param>
public sealed record LateWager(
    long Race, DateTime StoppedAt, long Number, long Source, int Outlet, DateTime SequencedAt, DateTime WrittenAt, long AmountCents);

/// <summary>Reads what operations look at when a day ends: the balance, late wagers, tickets that wait. One statement snapshot each, no lock.</summary>
public sealed class DayReader : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ShardIdentity _identity;

    /// <summary>A reader that has not connected yet; the writer's connection string serves.</summary>
    public DayReader(string connectionString, ShardIdentity identity)
    {
        _source = ReaderSource.Create(connectionString, identity);
        _identity = identity;
    }

    /// <summary>The balance of a business day (<c>YYYYMMDD</c>). Reads every row up to that day: minutes, for a shard that is years old.</summary>
    /// <exception cref="DayArchivedException">A day is archived: the stocks it left are not known.</exception>
    public async Task<DayBalance> ReadBalanceAsync(int businessDay, CancellationToken cancellationToken = default)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        (await DayMap.ReadAsync(connection, _identity.Shard, cancellationToken)).RequireAttached(0);
        await using var transaction = await BeginAsync(connection, cancellationToken);
        var pools = await ListAsync(connection, "SELECT * FROM txcore.balance_pools($1)", businessDay, Pool, cancellationToken);
        var races = await ListAsync(connection, "SELECT * FROM txcore.balance_races($1)", businessDay, Race, cancellationToken);
        var terminals = await ListAsync(connection, "SELECT * FROM txcore.balance_terminals($1)", businessDay, Terminal, cancellationToken);
        var misfits = await ListAsync(connection, "SELECT * FROM txcore.balance_misfits($1)", businessDay, Misfit, cancellationToken);
        var strays = await ListAsync(connection, "SELECT * FROM txcore.balance_strays($1)", businessDay, Strays, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        var liability = Liability(businessDay, races, terminals);
        return new DayBalance(
            businessDay, _identity.Shard, _identity.Channel, pools, races, terminals, liability, strays[0], misfits,
            DayIdentities.Check(pools, races, terminals, liability, strays[0], misfits));
    }

    /// <summary>The late wagers of the races of a day (<c>YYYYMMDD</c>).</summary>
    public async Task<IReadOnlyList<LateWager>> ReadLateWagersAsync(int day, CancellationToken cancellationToken = default)
    {
        const string sql = """
            SELECT w.race, w.stopped_at, w.number, w.source, w.outlet, w.sequenced_at, w.written_at, w.amount_cents
              FROM txcore.late_wager w
             WHERE w.race / 10000 = to_char($1::date, 'YYYYMMDD')::int8
             ORDER BY w.race, w.number
            """;
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await ListAsync(connection, sql, day, Late, cancellationToken);
    }

    /// <summary>The tickets that wait for a supervisor, the longest waiting first.</summary>
    public async Task<IReadOnlyList<WaitingTicket>> ReadSupervisorQueueAsync(CancellationToken cancellationToken = default)
    {
        const string sql = """
            SELECT q.ticket, q.number, q.source, q.outlet, q.amount_cents, coalesce(q.race, 0), q.since FROM txcore.supervisor_queue q ORDER BY q.number
            """;
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await ListAsync(connection, sql, null, Waiting, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Opening and closing are stocks, race by race; what moved between them is read from other entries.</summary>
    private static LiabilityFigures Liability(int businessDay, List<RaceFigures> races, List<TerminalFigures> terminals) => new(
        races.Where(race => race.SettledOn < businessDay && (race.ClosedOn == 0 || race.ClosedOn >= businessDay))
            .Sum(race => race.OwedBeforeCents - race.PaidBeforeCents),
        races.Sum(race => race.OwedCents - race.OwedBeforeCents),
        terminals.Sum(terminal => terminal.PaidCents),
        races.Where(race => race.ClosedOn == businessDay).Sum(race => race.ExpiredCents),
        races.Sum(race => race.UnpaidCents));

    /// <summary>One snapshot for all figures, and scans instead of the look-ups that sessions of the reader are set for.</summary>
    private static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var settings = new NpgsqlCommand(
            "SET TRANSACTION READ ONLY; SET LOCAL enable_seqscan = on; SET LOCAL max_parallel_workers_per_gather = 4", connection, transaction);
        await settings.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }

    private static async Task<List<T>> ListAsync<T>(
        NpgsqlConnection connection, string sql, int? day, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        if (day is { } one)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = Days.ToDate(one), NpgsqlDbType = NpgsqlDbType.Date });
        }

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<T>();
        while (await row.ReadAsync(cancellationToken))
        {
            list.Add(read(row));
        }

        return list;
    }

    private static PoolFigures Pool(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt32(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6),
        row.GetBoolean(7)
            ? new SettledFigures(
                row.GetInt64(8), row.GetInt64(9), row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13), row.GetInt64(14),
                row.GetInt64(15), row.GetInt64(16))
            : null,
        row.GetInt64(17), row.GetInt64(18), row.GetInt64(19), row.GetInt64(20) + row.GetInt64(21));

    private static RaceFigures Race(NpgsqlDataReader row) => new(
        row.GetInt64(0), Days.FromDate(row.GetFieldValue<DateOnly>(1)), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
        row.GetInt64(6), row.IsDBNull(7) ? 0 : Days.FromDate(row.GetFieldValue<DateOnly>(7)), row.GetInt64(8));

    private static TerminalFigures Terminal(NpgsqlDataReader row)
    {
        long entries = row.GetInt64(1);
        long first = row.GetInt64(2);
        long last = row.GetInt64(3);
        decimal sum = row.GetDecimal(4);
        bool hasAll = first == 1 && last == entries && sum == (decimal)entries * (entries + 1) / 2;
        return new TerminalFigures(
            row.GetInt64(0), entries, first, last, hasAll, row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9),
            row.GetInt64(10), row.GetInt64(11), row.GetInt64(12) - row.GetInt64(13), row.GetInt64(14));
    }

    private static Misfit Misfit(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4));

    private static StrayFigures Strays(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.IsDBNull(1) ? 0 : row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? 0 : row.GetInt64(3));

    private static LateWager Late(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetDateTime(1), row.GetInt64(2), row.GetInt64(3), row.GetInt32(4), row.GetDateTime(5), row.GetDateTime(6), row.GetInt64(7));

    private static WaitingTicket Waiting(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4), row.GetInt64(5), row.GetDateTime(6));
}
