using System.Security.Cryptography;
using Npgsql;
using TxCore.LoadTest.Engine;
using TxCore.LoadTest.Validation;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.LoadTest.Tests.Validation;

/// <summary>
/// A database with six entries written by hand, and the journal of a tool that was told exactly that: a start, a ticket of two lines and
/// its cancellation, a hold and its confirmation, a hold refused as sold out.
/// </summary>
internal sealed class SmallDay
{
    public static readonly CellDefinition Cell = new(Session: 101, Category: 1, PriceCents: 5_000, Capacity: 3, Blocked: 0, QuantityMax: 6);

    private const long FirstAt = 1_762_347_600_000_000;
    private const string Columns = """
        INSERT INTO txcore.transaction (shard, business_day, number, line, source, sequence, previous, kind, code, sequenced_at, received_at,
            fingerprint, outlet, reference, amount_cents, expires_at, race, pool, sale, session, category, quantity, command, checksum)
        SELECT 1, '2025-11-05', v.number, v.line, v.source, v.sequence, v.previous, v.kind, v.code, at.time, at.time,
               0, CASE v.source WHEN 1001 THEN 1 ELSE 0 END, v.reference, v.amount, CASE WHEN v.kind = 272 AND v.code = 0 THEN at.time + interval '15 min' END,
               v.race, v.pool, CASE WHEN v.kind = 272 THEN 1 END, v.session, v.category, v.quantity, CASE WHEN v.line = 1 THEN '\x00'::bytea END, 0
          FROM (VALUES
        """;

    private const string Rows = """
            (1::int8, 1::int2, 0::int8, 1::int8, 0::int8, 1281::int2, 0::int2, NULL::int8, NULL::int8, NULL::int8, NULL::int2, NULL::int8, NULL::int4, NULL::int4),
            (2, 1, 1001, 1, 0, 257, 0,   NULL, 400,   202511050101, 1, NULL, NULL, NULL),
            (2, 2, 1001, 1, 0, 257, 0,   NULL, 600,   202511050102, 2, NULL, NULL, NULL),
            (3, 1, 1001, 2, 2, 258, 0,   2,    1000,  NULL, NULL, NULL, NULL, NULL),
            (4, 1, 9001, 1, 0, 272, 0,   NULL, 10000, NULL, NULL, 101, 1, 2),
            (5, 1, 9001, 2, 4, 273, 0,   4,    10000, NULL, NULL, NULL, NULL, NULL),
            (6, 1, 9001, 3, 5, 272, 303, NULL, NULL,  NULL, NULL, 101, 1, 2)
          ) AS v (number, line, source, sequence, previous, kind, code, reference, amount, race, pool, session, category, quantity),
          LATERAL (SELECT to_timestamp(1762347600) + v.number * interval '1 ms' AS time) AS at;
        UPDATE txcore.transaction SET total_cents = 1000 WHERE number = 2 AND line = 1;
        UPDATE txcore.shard SET last_number = 6, last_batch = 1;
        INSERT INTO txcore.batch (shard, batch, first_number, last_number, row_count, row_format, sequenced_at, previous_hash, hash, epoch)
        VALUES (1, 1, 1, 6, 7, 1, now(), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 1);
        """;

    private SmallDay(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public Journal Journal { get; } = NewJournal();

    public static async Task<SmallDay> CreateAsync(PostgresFixture fixture)
    {
        var server = await fixture.GetServerAsync();
        string name = $"small_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        await PostgresProvisioning.CreateAsync(
            server.SuperuserConnectionString("postgres"), new ShardIdentity(1, Channel.Retail), name, 20251105, 1,
            TestContext.Current.CancellationToken);
        var day = new SmallDay(server.SuperuserConnectionString(name));
        await day.ExecuteAsync(Columns + Rows);
        return day;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public Task<ValidationResult> ValidateAsync() =>
        DatabaseValidation.RunAsync(
            ConnectionString, Journal, [Cell], rules: [], after: 0, isRunning: false, TestContext.Current.CancellationToken);

    private static Journal NewJournal()
    {
        var journal = new Journal();
        Add(journal, 1001, 1, MessageType.Wager, 2, 1_000, 0, JournalLine.Wager(202511050101, 1, 400), JournalLine.Wager(202511050102, 2, 600));
        Add(journal, 1001, 2, MessageType.Cancel, 3, 1_000, 2);
        Add(journal, 9001, 1, MessageType.Hold, 4, 10_000, 0, JournalLine.Seats(101, 1, 2, 10_000));
        Add(journal, 9001, 2, MessageType.Confirm, 5, 10_000, 4);
        Add(journal, 9001, 3, MessageType.Hold, 6, 0, 0, JournalLine.Seats(101, 1, 2, 10_000));
        ref var soldOut = ref journal[4];
        soldOut.Code = ResultCode.SoldOut;
        soldOut.ExpiresAt = 0;
        soldOut.MaySellOut = true;
        return journal;
    }

    private static void Add(
        Journal journal, uint source, ulong sequence, MessageType kind, ulong number, long amountCents, ulong reference, params JournalLine[] lines)
    {
        long at = FirstAt + ((long)number * 1_000);
        var entry = new JournalEntry
        {
            Source = source,
            Sequence = sequence,
            Kind = kind,
            Reference = reference,
            ExpectedAmountCents = amountCents,
            Number = number,
            AmountCents = amountCents,
            SequencedAt = at,
            ExpiresAt = kind == MessageType.Hold ? at + (15 * 60 * 1_000_000L) : 0,
            AnsweredReference = reference,
            Progress = Progress.Answered,
        };
        journal.Append(in entry, lines);
    }
}
