using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;
using TxCore.LoadTest.Validation;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.LoadTest.Tests.Validation;

/// <summary>
/// A database with a small racing day written by hand, and the journal of a tool that was told exactly that: a ticket kept and one cancelled,
/// the stop, the publication, the payment, and a voucher sold and redeemed.
/// </summary>
internal sealed class PaidDay
{
    private const uint Seller = 1001;
    private const uint Desk = 2;
    private static readonly RaceId Race = new(20251105, 1, 1);

    private const string Columns = """
        INSERT INTO txcore.transaction (shard, business_day, number, line, source, sequence, previous, kind, code, sequenced_at, received_at,
            fingerprint, outlet, reference, amount_cents, total_cents, race, pool, command, checksum)
        SELECT 1, '2025-11-05', v.number, 1, v.source, v.sequence, v.previous, v.kind, v.code, at.time, at.time, 0,
               CASE v.source WHEN 1001 THEN 1 ELSE 0 END, v.reference, v.amount, NULL, v.race, v.pool, decode(v.command, 'hex'), 0
          FROM (VALUES
            (1::int8, 0::int8, 1::int8, 0::int8, 1281::int2, 0::int2, NULL::int8, NULL::int8, NULL::int8, NULL::int2, '00'),
            (2, 1001, 1, 0, 257, 0,   NULL, 400,  202511050101, 1, '00'),
            (3, 1001, 2, 2, 257, 0,   NULL, 600,  202511050101, 1, '00'),
            (4, 1001, 3, 3, 258, 0,   3,    600,  NULL, NULL, '00'),
            (5, 2,    1, 0, 772, 0,   NULL, NULL, 202511050101, NULL, '00'),
            (6, 1001, 4, 4, 257, 202, NULL, NULL, 202511050101, 1, '00'),
            (7, 2,    2, 5, 778, 0,   NULL, NULL, 202511050101, NULL, '00'),
            (8, 1001, 5, 6, 260, 0,   2,    1740, NULL, NULL, '@pay'),
            (9, 1001, 6, 8, 261, 0,   NULL, 2000, NULL, NULL, '00'),
            (10, 1001, 7, 9, 262, 0,  9,    2000, NULL, NULL, '00')
          ) AS v (number, source, sequence, previous, kind, code, reference, amount, race, pool, command),
          LATERAL (SELECT to_timestamp(1762347600) + v.number * interval '1 ms' AS time) AS at;
        UPDATE txcore.shard SET last_number = 10, last_batch = 1;
        INSERT INTO txcore.batch (shard, batch, first_number, last_number, row_count, row_format, sequenced_at, previous_hash, hash, epoch)
        VALUES (1, 1, 1, 10, 10, 1, now(), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 1);
        """;

    private readonly DayJournal _journal = new();
    private readonly string _connectionString;
    private ulong _number = 1;

    private PaidDay(string connectionString) => _connectionString = connectionString;

    public static async Task<PaidDay> CreateAsync(PostgresFixture fixture)
    {
        var server = await fixture.GetServerAsync();
        string name = $"paid_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        await PostgresProvisioning.CreateAsync(
            server.SuperuserConnectionString("postgres"), new ShardIdentity(1, Channel.Retail), name, 20251105, 1, TestContext.Current.CancellationToken);
        var day = new PaidDay(server.SuperuserConnectionString(name));
        await day.ExecuteAsync(Columns.Replace("@pay", PayCommand(1_740), StringComparison.Ordinal));
        day.Remember();
        return day;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The check of a run that sent nothing and began after a number.</summary>
    public Task<ValidationResult> ValidateNothingAsync(long after) => DayValidation.RunAsync(
        _connectionString, new DayJournal(), new DayReplay([], []), after, TestContext.Current.CancellationToken);

    public Task<ValidationResult> ValidateAsync()
    {
        var race = new RaceDefine(default, default, Race, 1, 1, 10, [new PoolDefinition(1, 200, 1_000_000, BetPrice.TakesCombined, [], [])]);
        return DayValidation.RunAsync(_connectionString, _journal, new DayReplay([race], [(Seller, 1)]), after: 0, TestContext.Current.CancellationToken);
    }

    /// <summary>A payment's command with one move behind it: deadline, client time, clerk, number, control code, flags; count, race, pool, gain, refund.</summary>
    private static string PayCommand(long gainCents)
    {
        byte[] command = new byte[8 + 8 + 4 + 8 + 9 + 1 + 1 + 24];
        command[28] = 8;
        command[38] = 1;
        var move = command.AsSpan(39);
        BinaryPrimitives.WriteUInt32LittleEndian(move, Race.Day);
        (move[4], move[5], move[6]) = (1, 1, 1);
        BinaryPrimitives.WriteInt64LittleEndian(move[8..], gainCents);
        return Convert.ToHexString(command);
    }

    private void Remember()
    {
        _number++;
        Add(Seller, 1, MessageType.Wager, Wager(400), ResultCode.Accepted, 400);
        Add(Seller, 2, MessageType.Wager, Wager(600), ResultCode.Accepted, 600);
        Add(Seller, 3, MessageType.Cancel, new CancelFact(3, 1), ResultCode.Accepted, 600, 3);
        Add(Desk, 1, MessageType.RaceStop, new RaceFact(Race), ResultCode.Accepted);
        Add(Seller, 4, MessageType.Wager, Wager(200), ResultCode.RaceClosed);
        Add(Desk, 2, MessageType.RacePublish, new RaceFact(Race), ResultCode.Accepted);
        Add(Seller, 5, MessageType.Pay, new PayFact(2, true, false), ResultCode.Accepted, 1_740, 2);
        Add(Seller, 6, MessageType.VoucherIssue, new VoucherFact(2_000), ResultCode.Accepted, 2_000);
        Add(Seller, 7, MessageType.VoucherRedeem, new RedeemFact(9, true), ResultCode.Accepted, 2_000, 9);
        _journal.Merge();
    }

    private static WagerFact Wager(long cents) => new(
        [new WagerLine(Race, 1, Formula.Unit, false, false, 0, 0, StakeForm.Value, cents, cents, [3], [], [])], ResultCode.Accepted, PaymentMeans.Cash, [],
        false);

    private void Add(uint source, ulong sequence, MessageType type, DayFact fact, ResultCode code, long cents = 0, ulong reference = 0)
    {
        ulong number = _number++;
        long at = 1_762_347_600_000_000 + ((long)number * 1_000);
        _journal.Add(
            source,
            new Outcome(source, sequence, type, code, false, PresentState.None, number, at, 20251105, cents, 0, reference, 0, BodyField.None, "", "", []), fact);
    }
}
