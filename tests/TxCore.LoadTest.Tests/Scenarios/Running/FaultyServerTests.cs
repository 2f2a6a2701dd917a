using System.Buffers.Binary;
using Npgsql;
using TxCore.LoadTest.Hosting;
using TxCore.LoadTest.Reports;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Tests.Scenarios.Running;

/// <summary>Servers that are wrong, each in one way: the check names it every time.</summary>
public class FaultyServerTests
{
    private const int HeaderBytes = 8;

    [Fact]
    public async Task A_server_that_drops_one_answer_in_ten_thousand_is_caught()
    {
        var tap = new AnswerTap { DropsEvery = 10_000 };
        var settings = SmallRun.Settings("steady", "Inject(rate: 2000, interval: 1s, during: 5s)");
        var record = await SmallRun.RunAsync(settings with { Tap = tap, AnswerTimeout = TimeSpan.FromSeconds(6) });

        MustName(record, "every transaction sent is answered", differences: 1);
        Assert.Equal(1, record.Totals.Failed + record.Totals.WarmUpFailed);
    }

    [Fact]
    public async Task A_server_that_doubles_a_row_is_caught()
    {
        var record = await SmallRun.RunAsync(Load() with
        {
            BeforeValidation = host => ExecuteAsync(host, """
                INSERT INTO txcore.transaction
                SELECT * FROM txcore.transaction WHERE kind = 257 AND code = 0 AND line = 1 ORDER BY number LIMIT 1 OFFSET 100
                """),
        });

        MustName(record, "the lines of a transaction are 1 to n, each once, and the first alone carries the command", differences: 1);
    }

    [Fact]
    public async Task A_server_that_answers_before_the_commit_is_caught()
    {
        // From its 200th transaction on one connection is answered at once, and what it sent is never stored.
        var tap = new AnswerTap { AnswersItselfAfter = 200 };
        var record = await SmallRun.RunAsync(Load() with { Tap = tap });

        MustName(record, "every acknowledged transaction is stored exactly once", differences: tap.AnsweredItself);
        Assert.True(tap.AnsweredItself > 0);
    }

    [Fact]
    public async Task A_server_that_prices_a_wager_wrongly_is_caught()
    {
        // The answer and the row agree: only a price of the tool's own can tell.
        var tap = new AnswerTap { PricesWronglyAfter = 200 };
        var record = await SmallRun.RunAsync(Load() with
        {
            Tap = tap,
            BeforeValidation = host => ExecuteAsync(
                host, $"UPDATE txcore.transaction SET amount_cents = amount_cents + 100, total_cents = total_cents + 100 WHERE number = {tap.PricedWrongly} AND line = 1"),
        });

        MustName(record, "every decision has the code and the amount the tool expects", differences: 1);
        MustName(record, "lines of accepted tickets and holds are those sent, priced as the tool prices them", differences: 1);
    }

    private static TxCore.LoadTest.Scenarios.Running.RunSettings Load() =>
        SmallRun.Settings("steady", "Inject(rate: 300, interval: 1s, during: 3s)");

    private static void MustName(RunRecord record, string rule, long differences)
    {
        Assert.True(record.Outcome == RunOutcome.Failed, SmallRun.Describe(record));
        Assert.Contains(rule, record.OutcomeReason, StringComparison.Ordinal);
        var check = Assert.Single(record.Checks, check => check.Rule == rule);
        Assert.True(check.Differences == differences, SmallRun.Describe(record));
        Assert.NotEmpty(check.Examples);
    }

    private static async Task ExecuteAsync(ILoadHost host, string sql)
    {
        await using var source = NpgsqlDataSource.Create(host.CheckConnectionString!);
        await using var command = source.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The fault of one server.</summary>
    private sealed class AnswerTap : IFrameTap
    {
        private const int SequenceAt = HeaderBytes + 4;
        private const int TransactionTypeAt = HeaderBytes + 12;
        private const int CodeAt = HeaderBytes + 14;
        private const int NumberAt = HeaderBytes + 18;
        private const int AmountAt = HeaderBytes + 38;

        private readonly Lock _gate = new();
        private int _answers;
        private int _transactions;
        private int _connection;
        private ulong _number = 1_000_000;

        public int DropsEvery { get; init; } = int.MaxValue;

        public int AnswersItselfAfter { get; init; } = int.MaxValue;

        public int PricesWronglyAfter { get; init; } = int.MaxValue;

        public long AnsweredItself { get; private set; }

        public ulong PricedWrongly { get; private set; }

        public bool FromClient(int connection, Span<byte> frame, List<byte[]> answer)
        {
            lock (_gate)
            {
                var type = (MessageType)BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]);
                if (!type.IsTransaction())
                {
                    return true;
                }

                if (++_transactions >= AnswersItselfAfter && _connection == 0)
                {
                    _connection = connection;
                }

                if (connection != _connection)
                {
                    return true;
                }

                AnsweredItself++;
                uint source = BinaryPrimitives.ReadUInt32LittleEndian(frame[HeaderBytes..]);
                ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(frame[SequenceAt..]);
                answer.Add(Frame.Encode(new Outcome(
                    source, sequence, type, ResultCode.Accepted, false, PresentState.Live, ++_number, 1, 20_251_105, 200, 0, 0, 0, default, "", "", [])));
                return false;
            }
        }

        public bool FromServer(int connection, Span<byte> frame)
        {
            lock (_gate)
            {
                if ((MessageType)BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]) != MessageType.Outcome)
                {
                    return true;
                }

                bool isTicket = BinaryPrimitives.ReadUInt16LittleEndian(frame[TransactionTypeAt..]) == (ushort)MessageType.Wager
                    && BinaryPrimitives.ReadUInt16LittleEndian(frame[CodeAt..]) == 0;
                if (++_answers > PricesWronglyAfter && PricedWrongly == 0 && isTicket)
                {
                    PricedWrongly = BinaryPrimitives.ReadUInt64LittleEndian(frame[NumberAt..]);
                    BinaryPrimitives.WriteInt64LittleEndian(frame[AmountAt..], BinaryPrimitives.ReadInt64LittleEndian(frame[AmountAt..]) + 100);
                }

                return _answers % DropsEvery != 0;
            }
        }
    }
}
