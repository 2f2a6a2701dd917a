using System.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>What belongs to a race is found without an index, in order, whatever line or leg names it.</summary>
public sealed class RaceReaderTests(PostgresFixture postgres)
{
    private static readonly RaceId Race = new(SyntheticEntries.FirstDay, 1, 8);
    private static readonly RaceId Neighbour = Race with { Race = 7 };
    private static readonly RaceId Elsewhere = Race with { Meeting = 2 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wagers_of_a_race_are_found_by_any_line_and_by_reports_in_the_meeting()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        var expected = new List<long>();
        await WagerAsync(true, Line(Race));
        await WagerAsync(false, Line(Neighbour));
        await WagerAsync(true, Line(Neighbour), Line(Elsewhere), Line(Race));
        await WagerAsync(false, Line(Neighbour), Line(Elsewhere));
        await WagerAsync(true, ReportLine(Neighbour));
        await WagerAsync(true, Line(Elsewhere), ReportLine(Neighbour));
        await WagerAsync(false, ReportLine(Elsewhere));
        await store.CommitAsync(entries.Next(
            new Entry { Kind = MessageType.Wager, Code = ResultCode.RaceClosed }, Command(Line(Race)), new RowDetail { Race = Race.Value }));
        entries.BusinessDay++;
        await WagerAsync(true, Line(Race));
        await using var reader = database.Reader();

        Assert.Equal(expected, await ReadAsync(0));
        Assert.Equal(expected[^1..], await ReadAsync(SyntheticEntries.FirstDay + 1));

        async Task WagerAsync(bool isExpected, params WagerLine[] lines)
        {
            var entry = new Entry { Kind = MessageType.Wager, AmountCents = lines.Sum(line => line.AmountCents) };
            await store.CommitAsync(entries.Next(entry, Command(lines), [.. lines.Select(Detail)]));
            if (isExpected)
            {
                expected.Add(entries.LastNumber);
            }
        }

        async Task<List<long>> ReadAsync(int fromDay)
        {
            var found = new List<long>();
            await reader.ReadWagersAsync(Race, fromDay, (in row) => found.Add(row.Line * row.Entry.Number), Cancellation);
            return found;
        }
    }

    [Fact]
    public async Task Accepted_entries_about_the_races_of_a_meeting_are_found()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        foreach (var race in new[] { Race, Neighbour, Elsewhere })
        {
            await ControlAsync(MessageType.RaceOpen, race, ResultCode.Accepted);
        }

        await ControlAsync(MessageType.RaceScratch, Race, ResultCode.RaceState);
        entries.BusinessDay++;
        foreach (var kind in new[] { MessageType.RaceStopDue, MessageType.RaceCloseDue })
        {
            await store.CommitAsync(entries.Next(new Entry { Kind = kind }, StoredCommands.Due(Race), new RowDetail { Race = Race.Value }));
        }

        await using var reader = database.Reader();
        Assert.Equal([1, 2, 5, 6], await ReadAsync(0));
        Assert.Equal([5, 6], await ReadAsync(SyntheticEntries.FirstDay + 1));

        Task ControlAsync(MessageType kind, RaceId race, ResultCode code) => store.CommitAsync(entries.Next(
            new Entry { Kind = kind, Code = code }, StoredCommands.Of(kind, new RaceControl(default, default, race, 0, 0)),
            new RowDetail { Race = race.Value })).AsTask();

        async Task<List<long>> ReadAsync(int fromDay)
        {
            var found = new List<long>();
            await reader.ReadMeetingAsync(Race.Day, Race.Meeting, fromDay, (in row) => found.Add(row.Entry.Number), Cancellation);
            return found;
        }
    }

    [Fact]
    public async Task Undone_tickets_are_those_cancelled_reversed_or_granted()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await UndoAsync(MessageType.Cancel, 101, 200);
        await UndoAsync(MessageType.SupervisorResolve, 103, 200);
        await UndoAsync(MessageType.SupervisorResolve, 104, 0);
        await UndoAsync(MessageType.Reversal, 105, 0, ResultCode.ReversalToSupervisor);
        await UndoAsync(MessageType.Pay, 106, 100);
        entries.BusinessDay++;
        await UndoAsync(MessageType.Reversal, 102, 200);
        await using var reader = database.Reader();

        Assert.Equal([101, 102, 103], (await reader.ReadUndoneAsync(0, Cancellation)).Order());
        Assert.Equal([102], await reader.ReadUndoneAsync(SyntheticEntries.FirstDay + 1, Cancellation));

        async Task UndoAsync(MessageType kind, long ticket, long cents, ResultCode code = ResultCode.Accepted) => await store.CommitAsync(entries.Next(
            new Entry { Kind = kind, Code = code, Reference = ticket, AmountCents = cents }, [1], new RowDetail { AmountCents = cents }));
    }

    [Fact]
    public async Task Rows_in_plain_form_are_found_like_others()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await database.ExecuteAsync("ALTER TABLE txcore.transaction ADD CONSTRAINT odd CHECK (race IS NULL AND reference IS NULL)");
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await store.CommitAsync(entries.Next(new Entry { Kind = MessageType.Wager, AmountCents = 200 }, Command(Line(Race)), Detail(Line(Race))));
        await store.CommitAsync(entries.Next(
            new Entry { Kind = MessageType.Wager, AmountCents = 200 }, Command(Line(Neighbour)), Detail(Line(Neighbour))));
        await store.CommitAsync(entries.Next(
            new Entry { Kind = MessageType.RaceStopDue }, StoredCommands.Due(Race), new RowDetail { Race = Race.Value }));
        await store.CommitAsync(entries.Next(new Entry { Kind = MessageType.Cancel, Reference = 1 }, [1], new RowDetail()));
        await using var reader = database.Reader();
        var found = new List<long>();

        await reader.ReadWagersAsync(Race, 0, (in row) => found.Add(row.Entry.Number), Cancellation);
        await reader.ReadMeetingAsync(Race.Day, Race.Meeting, 0, (in row) => found.Add(row.Entry.Number), Cancellation);

        Assert.Equal(4, store.Health.PlainRows);
        Assert.Equal([1, 3], found);
        Assert.Equal([1], await reader.ReadUndoneAsync(0, Cancellation));
    }

    [Fact]
    public async Task A_wager_that_was_changed_stops_the_count()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await store.CommitAsync(new SyntheticEntries(ShardDatabase.Identity).Next(9, command: Command(Line(Race))));
        await database.ExecuteAsync("UPDATE txcore.transaction SET amount_cents = 100 WHERE number = 5");
        await using var reader = database.Reader();

        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadWagersAsync(Race, 0, (in _) => { }, Cancellation));
    }

    [Fact]
    public async Task Two_hundred_thousand_wagers_are_read_in_seconds()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        for (int batch = 0; batch < 8; batch++)
        {
            await store.CommitAsync(entries.Next(25_000, command: Command(Line(batch % 2 == 0 ? Race : Neighbour))));
        }

        await using var reader = database.Reader();
        long last = 0;
        int count = 0;
        long started = Stopwatch.GetTimestamp();
        await reader.ReadWagersAsync(Race, SyntheticEntries.FirstDay, Visit, Cancellation);

        TestContext.Current.SendDiagnosticMessage(
            "{0} of 200,000 rows in {1:F0} ms", count, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        Assert.Equal(90_000, count);

        void Visit(in StoredRow row)
        {
            Assert.True(row.Entry.Number > last);
            last = row.Entry.Number;
            count++;
        }
    }

    private static byte[] Command(params WagerLine[] lines) =>
        StoredCommands.Of(new Wager(default, 1, 0, 0, PaymentMeans.Cash, [], [], lines.Sum(line => line.AmountCents), lines));

    private static RowDetail Detail(WagerLine line) => new() { AmountCents = line.AmountCents, Race = line.Race.Value, Pool = line.Pool };

    private static WagerLine Line(RaceId race) =>
        new(race, (ushort)BetType.Trio, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, 1, 200, [3, 4, 5], [], []);

    private static WagerLine ReportLine(RaceId race) => new(
        race, (ushort)BetType.Report, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, 1, 200, [], [],
        [new ReportLeg(race.Race, 1, 100, (ushort)BetType.Win, [3]), new ReportLeg((byte)(race.Race + 1), 1, 100, (ushort)BetType.Win, [4])]);
}
