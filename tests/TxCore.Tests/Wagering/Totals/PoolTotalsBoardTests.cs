using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;
using TxCore.Wagering.Totals;

namespace TxCore.Tests.Wagering.Totals;

/// <summary>The board turn by turn, fed by a decider on the same thread: what it counts equals what the rows say.</summary>
public sealed class PoolTotalsBoardTests
{
    private static readonly byte[] AllRunners = [.. Enumerable.Range(1, TotalsRace.Runners).Select(static runner => (byte)runner)];

    [Theory]
    [InlineData(64 * 1024 * 1024, 40)]
    [InlineData(4 * 1024, 40)]
    public async Task After_random_wagers_cancels_and_scratches_totals_and_books_equal_those_of_the_rows(int bufferBytes, int eventsPerTurn)
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var bench = TotalsRace.Bench();
        var board = Board(bench, bufferBytes);
        await LoadAsync(board);
        await PlayAsync(bench, board, new Random(seed), 400, eventsPerTurn);

        Check(bench, board);
        Assert.Equal(bufferBytes > 4 * 1024, board.CatchUps == 0);
    }

    [Fact]
    public async Task After_a_start_in_the_middle_books_hold_the_wagers_of_before_and_of_meanwhile_once_each()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var bench = TotalsRace.Bench();
        await PlayAsync(bench, null, random, 200, 40);

        // Recovered here; what follows is committed before the rows are read, and comes as events as well.
        var board = Board(bench, 1 << 20);
        Assert.Equal(GrossOf(bench), GrossOf(board));
        await PlayAsync(bench, board, random, 200, 40);
        Assert.Equal(GrossOf(bench), GrossOf(board));
        Assert.Empty(Answer(board, BetType.Win).Pools[0].Dividends);
        await LoadAsync(board);

        Check(bench, board);
        Assert.NotEmpty(Answer(board, BetType.Win).Pools[0].Dividends);
    }

    [Fact]
    public async Task While_the_rows_cannot_be_read_the_board_shows_what_it_last_knew_and_then_catches_up()
    {
        var bench = TotalsRace.Bench();
        var reader = new MemoryReader(bench.Database);
        var board = new PoolTotalsBoard(bench.State, reader, 1024, TimeProvider.System, NullLogger.Instance);
        long shown = board.ShownNumber;
        reader.Failure = new IOException("away");
        for (int turn = 0; turn < 3; turn++)
        {
            for (int i = 0; i < 20; i++)
            {
                Do(bench, board, Messages.Wager(1, bench.Next(1), TotalsRace.Line(BetType.Win, Formula.Unit, [1])));
            }

            await board.CountAsync(CancellationToken.None);
            Assert.Equal((shown, 0L), (board.ShownNumber, Answer(board, BetType.Win).Pools[0].TotalCents));
        }

        reader.Failure = null;
        await board.CountAsync(CancellationToken.None);
        Assert.Equal((bench.State.LastNumber, 60L * 150), (board.ShownNumber, Answer(board, BetType.Win).Pools[0].TotalCents));
        Do(bench, board, Messages.Wager(1, bench.Next(1), TotalsRace.Line(BetType.Win, Formula.Unit, [1])));
        await board.CountAsync(CancellationToken.None);
        Assert.Equal(61L * 150, Answer(board, BetType.Win).Pools[0].TotalCents);
        Assert.Equal(1, board.CatchUps);
    }

    [Fact]
    public async Task A_cancelled_race_keeps_its_totals_and_has_no_books_and_an_unknown_one_has_neither()
    {
        var bench = TotalsRace.Bench();
        var board = Board(bench, 1 << 20);
        await LoadAsync(board);
        Do(bench, board, Messages.Wager(1, 1, TotalsRace.Line(BetType.Win, Formula.Unit, [1])));
        Feed(bench, board, Messages.RaceControl(MessageType.RaceStop, TestShard.Admin, 3, TotalsRace.Id));
        await board.CountAsync(CancellationToken.None);
        Assert.Equal((RaceStatus.Stopped, 1), (Answer(board, BetType.Win).Status, Answer(board, BetType.Win).Pools[0].Dividends.Length));
        Feed(bench, board, Messages.RaceControl(MessageType.RaceCancel, TestShard.Admin, 4, TotalsRace.Id, second: 43));
        await board.CountAsync(CancellationToken.None);

        var totals = Answer(board, BetType.Win);
        Assert.Equal((RaceStatus.Cancelled, 150L, 0), (totals.Status, totals.Pools[0].TotalCents, totals.Pools[0].Dividends.Length));
        Assert.Null(board.Find(TotalsRace.Id)!.FindBook((ushort)BetType.Win));
        var unknown = Decode(board.Answer(new PoolTotalsRequest(TotalsRace.Id with { Race = 99 }, 0)));
        Assert.Equal((RaceStatus.None, 0), (unknown.Status, unknown.Pools.Length));
    }

    [Fact]
    public async Task Taking_in_a_committed_event_allocates_nothing()
    {
        var bench = TotalsRace.Bench();
        var board = Board(bench, 1 << 22);
        var line = TotalsRace.Line(BetType.QuintePlus, Formula.Combined, [1, 2, 3, 4, 5, 6]);
        var ticket = Do(bench, board, Messages.Wager(1, 1, line));
        var appended = CommittedCopy(bench);
        Do(bench, board, Messages.Cancel(1, 2, ticket.Number));
        for (int turn = 0; turn < 4; turn++)
        {
            AppendMany(board, appended);
            AppendMany(board, bench.Work);
            AppendMany(board, appended);
            AppendMany(board, bench.Work);
            await board.CountAsync(CancellationToken.None);
        }

        // Once on the thread that is measured, which may be a new one after the wait and then makes what it keeps for itself.
        AppendMany(board, appended);
        AppendMany(board, bench.Work);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AppendMany(board, appended);
        AppendMany(board, bench.Work);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task An_answer_is_shared_until_its_race_changes()
    {
        var bench = TotalsRace.Bench();
        var board = Board(bench, 1 << 20);
        await LoadAsync(board);
        byte[] first = board.Answer(new PoolTotalsRequest(TotalsRace.Id, 1));
        Assert.Same(first, board.Answer(new PoolTotalsRequest(TotalsRace.Id, 1)));
        Assert.NotSame(first, board.Answer(new PoolTotalsRequest(TotalsRace.Id, 0)));
        Assert.Equal(2, board.Encodings);
        Do(bench, board, Messages.Wager(1, 1, TotalsRace.Line(BetType.Win, Formula.Unit, [1])));
        await board.CountAsync(CancellationToken.None);
        Assert.Equal(150, Answer(board, BetType.Win).Pools[0].TotalCents);
    }

    private static PoolTotalsBoard Board(DeciderBench bench, int bufferBytes) =>
        new(bench.State, new MemoryReader(bench.Database), bufferBytes, TimeProvider.System, NullLogger.Instance);

    /// <summary>Runs the board's own loop until the books of before the start are in, and ends it.</summary>
    private static async Task LoadAsync(PoolTotalsBoard board)
    {
        using var stop = new CancellationTokenSource();
        var run = board.RunAsync(stop.Token);
        await TestShard.UntilAsync(() => board.AreBooksLoaded, "the books are loaded");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private static async Task PlayAsync(DeciderBench bench, PoolTotalsBoard? board, Random random, int operations, int perTurn)
    {
        var tickets = new List<ulong>();
        for (int i = 1; i <= operations; i++)
        {
            byte[] running = [.. AllRunners.Where(runner => !bench.State.Races[TotalsRace.Id.Value].IsScratched(runner))];
            switch (random.Next(20))
            {
                case 0 or 1 or 2 when tickets.Count > 0:
                    Do(bench, board, Messages.Cancel(1, bench.Next(1), tickets[random.Next(tickets.Count)]));
                    break;
                case 3 when tickets.Count > 0:
                    long original = random.NextInt64(1, bench.Next(1));
                    Do(bench, board, Messages.Reversal(1, bench.Next(1), original, bench.Database.Find(1, original)!.Entry.AmountCents));
                    break;
                case 4 when running.Length > 8:
                    Feed(bench, board, Messages.RaceControl(
                        MessageType.RaceScratch, TestShard.Admin, bench.Next(TestShard.Admin), TotalsRace.Id, running[random.Next(running.Length)]));
                    break;
                default:
                    var lines = Enumerable.Range(0, random.Next(1, 4)).Select(_ => TotalsRace.Random(random, running)).ToArray();
                    var outcome = Do(bench, board, Messages.Wager(1, bench.Next(1), lines));
                    if (outcome.Code == ResultCode.Accepted)
                    {
                        tickets.Add(outcome.Number);
                    }

                    // The fields of ordered bets may cost more than is taken in cash.
                    Assert.True(outcome.Code is ResultCode.Accepted or ResultCode.CashLimit, outcome.Code.ToString());
                    break;
            }

            if (board is not null && i % perTurn == 0)
            {
                await board.CountAsync(CancellationToken.None);
            }
        }

        if (board is not null)
        {
            await board.CountAsync(CancellationToken.None);
        }
    }

    private static Outcome Do<T>(DeciderBench bench, PoolTotalsBoard? board, T message)
        where T : IMessage<T> => Feed(bench, board, Frame.Encode(message));

    private static Outcome Feed(DeciderBench bench, PoolTotalsBoard? board, byte[] frame)
    {
        var outcome = bench.Do(frame);
        board?.Append(bench.Work);
        return outcome;
    }

    private static void AppendMany(PoolTotalsBoard board, TxEvent work)
    {
        for (int i = 0; i < 1000; i++)
        {
            board.Append(work);
        }
    }

    private static TxEvent CommittedCopy(DeciderBench bench)
    {
        var copy = new TxEvent { IsStored = true, Entry = bench.Work.Entry, CommandBytes = bench.Work.CommandBytes };
        bench.Work.CommandSpan.CopyTo(copy.Command);
        return copy;
    }

    private static PoolTotals Answer(PoolTotalsBoard board, BetType pool) => Decode(board.Answer(new PoolTotalsRequest(TotalsRace.Id, (ushort)pool)));

    private static PoolTotals Decode(byte[] frame)
    {
        Assert.True(Frame.TryDecode<PoolTotals>(frame.AsSpan(Wire.HeaderBytes), out var totals));
        return totals;
    }

    private static long[] GrossOf(DeciderBench bench) => [.. bench.State.Races[TotalsRace.Id.Value].Pools.Select(static pool => pool.GrossCents)];

    private static long[] GrossOf(PoolTotalsBoard board) => [.. Answer(board, BetType.None).Pools.Select(static pool => pool.TotalCents)];

    private static void Check(DeciderBench bench, PoolTotalsBoard board)
    {
        Assert.Equal(GrossOf(bench), GrossOf(board));
        Assert.Equal((ulong)bench.State.LastNumber, Answer(board, BetType.Win).Number);
        var expected = Naive(bench);
        foreach (var definition in TotalsRace.Pools)
        {
            var book = board.Find(TotalsRace.Id)!.FindBook(definition.Pool)!;
            var stakes = new SortedDictionary<ulong, long>();
            foreach (var slot in book.Table!.Slots)
            {
                if (slot.Stake != 0)
                {
                    stakes.Add(slot.Key, slot.Stake);
                }
            }

            Assert.Equal(expected[definition.Pool], stakes);
        }
    }

    /// <summary>The books as the rows say: every accepted wager that was not taken back, unit bet by unit bet.</summary>
    private static Dictionary<ushort, SortedDictionary<ulong, long>> Naive(DeciderBench bench)
    {
        var books = TotalsRace.Pools.ToDictionary(static pool => pool.Pool, static _ => new SortedDictionary<ulong, long>());
        var entries = bench.Database.Entries;
        var undone = entries.Where(static row => row.Entry.Code == ResultCode.Accepted && row.Entry.Kind is MessageType.Cancel or MessageType.Reversal)
            .Where(static row => row.Entry.Code == ResultCode.Accepted).Select(static row => row.Entry.Reference).ToHashSet();
        foreach (var row in entries.Where(row => row.Entry.Kind == MessageType.Wager && row.Entry.Code == ResultCode.Accepted && !undone.Contains(row.Entry.Number)))
        {
            var wager = Bodies.Decode<Wager>(row.Command.AsSpan(SystemCommand.DeadlineBytes));
            var scratched = bench.State.Races[TotalsRace.Id.Value].ScratchedBefore(row.Entry.Number);
            byte[] running = [.. AllRunners.Where(runner => (scratched & (1u << runner)) == 0)];
            var picks = WagerPicks.Of(new WagerBody(row.Command.AsSpan(SystemCommand.DeadlineBytes)));
            for (int i = 0; i < wager.Lines.Length; i++)
            {
                var line = wager.Lines[i];
                bool isOrdered = (Array.Find(TotalsRace.Pools, pool => pool.Pool == line.Pool)!.Flags & 1) != 0;
                byte[] named = [.. line.Bases, .. picks.For(i + 1)];
                var keys = NaiveBook.Combinations(line, isOrdered, named, running);
                foreach (ulong key in keys)
                {
                    books[line.Pool][key] = books[line.Pool].GetValueOrDefault(key) + (line.AmountCents * 100 / keys.Count);
                }
            }
        }

        return books;
    }
}
