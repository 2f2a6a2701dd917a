using TxCore.Protocol;
using TxCore.Storage;
using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>Days that are over are verified once and sealed; they leave the database for a file and stay verifiable there.</summary>
public sealed class SealedDayTests(PostgresFixture postgres)
{
    private const int Day1 = SyntheticEntries.FirstDay;
    private const int Day2 = Day1 + 1;
    private const int Day3 = Day1 + 2;

    private readonly string _directory = postgres.CreateDirectory();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string KeyFile => Path.Combine(_directory, "key.pem");

    private VerifyOptions Incremental => new() { KeyFile = KeyFile, SkipsSealedDays = true, SealsDays = true };

    [Fact]
    public async Task A_sealed_day_is_not_read_again_and_all_of_it_is_when_everything_is_asked_for()
    {
        var (database, entries) = await ThreeDaysAsync();

        var first = await database.VerifyAsync(Incremental);
        Assert.Null(first.Fault);
        Assert.Equal((0, 2, entries.LastNumber), (first.SkippedDays, first.SealedDays, first.Entries));
        var second = await database.VerifyAsync(Incremental);
        Assert.Null(second.Fault);
        Assert.Equal((2, 0), (second.SkippedDays, second.SealedDays));
        Assert.InRange(second.Rows, 1, 59);

        // Each is what it says: the seal spares the reading, and a full verification does not trust it.
        await database.ExecuteAsync("UPDATE txcore.transaction SET amount_cents = 1 WHERE number = 30");
        Assert.Null((await database.VerifyAsync(Incremental)).Fault);
        Assert.Equal(30, (await database.VerifyAsync()).Fault?.Number);
        await database.ExecuteAsync("UPDATE txcore.transaction SET amount_cents = 1 WHERE number = (SELECT last_number FROM txcore.shard)");
        Assert.Equal(entries.LastNumber, (await database.VerifyAsync(Incremental)).Fault?.Number);
    }

    [Theory]
    [InlineData("UPDATE txcore.sealed_day SET row_count = row_count + 1", "not signed")]
    [InlineData("UPDATE txcore.sealed_day SET signature = (SELECT signature FROM txcore.sealed_day ORDER BY business_day LIMIT 1)", "not signed")]
    [InlineData("UPDATE txcore.batch SET hash = previous_hash WHERE batch = 3", "not the one")]
    [InlineData("DELETE FROM txcore.batch WHERE batch = 3", "not the one")]
    public async Task A_seal_that_was_changed_or_whose_chain_was_is_named(string tampering, string finding)
    {
        var (database, _) = await ThreeDaysAsync();
        Assert.Null((await database.VerifyAsync(Incremental)).Fault);
        await database.ExecuteAsync(tampering);

        var fault = (await database.VerifyAsync(Incremental)).Fault;

        Assert.NotNull(fault);
        Assert.Contains(finding, fault.What);
    }

    [Fact]
    public async Task A_seal_of_another_key_is_not_taken()
    {
        var (database, _) = await ThreeDaysAsync();
        Assert.Null((await database.VerifyAsync(Incremental)).Fault);
        string other = Path.Combine(_directory, "other.pem");
        (await SigningKey.LoadOrCreateAsync(other, Cancellation)).Dispose();
        Assert.Contains("not signed", (await database.VerifyAsync(Incremental with { KeyFile = other })).Fault?.What);
    }

    [Fact]
    public async Task A_day_leaves_for_a_file_and_comes_back()
    {
        var (database, entries) = await ThreeDaysAsync();
        var archive = new DayArchive(database.Provisioned.OwnerConnectionString, ShardDatabase.Identity);
        string file1 = Path.Combine(_directory, "day1.zip");
        string file2 = Path.Combine(_directory, "day2.zip");

        await Assert.ThrowsAsync<StoreRefusedException>(() => archive.WriteAsync(Day1, Options(file1) with { DaysKept = 90 }, Cancellation));
        await Assert.ThrowsAsync<StoreRefusedException>(() => archive.WriteAsync(Day3, Options(file1), Cancellation));
        var report = await archive.WriteAsync(Day1, Options(file1), Cancellation);
        await archive.WriteAsync(Day2, Options(file2), Cancellation);
        Assert.Equal(await database.ScalarAsync<long>($"SELECT count(*) FROM txcore.transaction_{Day1}"), report.Rows);
        await Assert.ThrowsAsync<StoreRefusedException>(() => archive.DetachAsync(Day2, file2, KeyFile, drops: false, Cancellation));
        await Assert.ThrowsAsync<StoreRefusedException>(() => archive.DetachAsync(Day1, file2, KeyFile, drops: false, Cancellation));
        await archive.DetachAsync(Day1, file1, KeyFile, drops: true, Cancellation);
        await archive.DetachAsync(Day1, file1, KeyFile, drops: true, Cancellation);

        // What is left verifies from behind the day, the file by itself, and both files as one chain.
        var left = await database.VerifyAsync(new VerifyOptions { KeyFile = KeyFile });
        Assert.Null(left.Fault);
        Assert.Equal((1, 1), (left.ArchivedDays, left.SkippedDays));
        await Assert.ThrowsAsync<StoreRefusedException>(() => database.VerifyAsync());
        var reports = await ArchiveVerifier.VerifyAsync([file1, file2], KeyFile + ".pub", Cancellation);
        Assert.Equal([Day1, Day2], reports.Select(static day => day.BusinessDay));
        Assert.Equal(5, reports[1].LeadRows);
        await Assert.ThrowsAsync<InvalidDataException>(() => ArchiveVerifier.VerifyAsync([file2, file1], KeyFile, Cancellation));

        await AskForWhatIsGoneAsync(database, entries);

        // Back from the file alone, with PostgreSQL's own COPY.
        await RestoreAsync(database, file1, Day1);
        var whole = await database.VerifyAsync();
        Assert.Null(whole.Fault);
        Assert.Equal((entries.LastNumber, 0), (whole.Entries, whole.ArchivedDays));
        await using var reader = database.Reader();
        Assert.Equal(7, (await reader.FindByNumberAsync(7, Cancellation))!.Entry.Number);
    }

    [Theory]
    [InlineData("day.copy")]
    [InlineData("batches.csv")]
    [InlineData("manifest.json")]
    [InlineData("manifest.sig")]
    public async Task An_archive_changed_anywhere_is_refused(string entry)
    {
        var (database, _) = await ThreeDaysAsync();
        string file = Path.Combine(_directory, "day.zip");
        await new DayArchive(database.Provisioned.OwnerConnectionString, ShardDatabase.Identity).WriteAsync(Day1, Options(file), Cancellation);
        using (var zip = System.IO.Compression.ZipFile.Open(file, System.IO.Compression.ZipArchiveMode.Update))
        {
            await using var content = zip.GetEntry(entry)!.Open();
            content.Position = content.Length / 2;
            int was = content.ReadByte();
            content.Position--;
            content.WriteByte((byte)(was == '1' ? '2' : '1'));
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => ArchiveVerifier.VerifyAsync(file, KeyFile, Cancellation));
    }

    /// <summary>Readers say which day is gone; what lies behind it they find.</summary>
    private static async Task AskForWhatIsGoneAsync(ShardDatabase database, SyntheticEntries entries)
    {
        await using var reader = database.Reader();
        await GoneAsync(async () => await reader.FindByNumberAsync(7, Cancellation));
        await GoneAsync(async () => await reader.FindBySequenceAsync(1, 1, entries.LastNumberOf(1), Cancellation));
        await GoneAsync(async () => await reader.ReadEntriesAsync(0, static (in StoredRow _) => { }, Cancellation));
        await GoneAsync(async () => await reader.ReadPaymentsAsync(0, entries.LastNumber, 10, static (in StoredRow _) => { }, Cancellation));
        await GoneAsync(async () => await reader.ReadUndoneAsync(Day1, Cancellation));
        await GoneAsync(async () => await reader.ReadWagersAsync(new RaceId(Day1, 1, 8), Day1, static (in StoredRow _) => { }, Cancellation));
        await using var days = new DayReader(database.Writer, ShardDatabase.Identity);
        await GoneAsync(async () => await days.ReadBalanceAsync(Day2, Cancellation));
        Assert.Empty(await reader.ReadUndoneAsync(Day2, Cancellation));
        Assert.Equal(entries.LastNumber, (await reader.FindByNumberAsync(entries.LastNumber, Cancellation))!.Entry.Number);
        Assert.Equal(entries.LastNumber, await reader.ReadEntriesAsync(90, static (in StoredRow _) => { }, Cancellation));

        static async Task GoneAsync(Func<Task> ask) =>
            Assert.Contains($"Business day {Day1} is archived", (await Assert.ThrowsAsync<DayArchivedException>(ask)).Message);
    }

    private static async Task RestoreAsync(ShardDatabase database, string file, int day)
    {
        await database.ExecuteAsync($"CREATE TABLE txcore.transaction_{day} (LIKE txcore.transaction INCLUDING ALL)");
        await using (var connection = new Npgsql.NpgsqlConnection(database.Superuser))
        {
            await connection.OpenAsync(Cancellation);
            await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY txcore.transaction_{day} FROM STDIN (FORMAT BINARY)", Cancellation);
            using var zip = System.IO.Compression.ZipFile.OpenRead(file);
            await using var rows = zip.GetEntry("day.copy")!.Open();
            await rows.CopyToAsync(copy, Cancellation);
        }

        await database.ExecuteAsync($"ALTER TABLE txcore.transaction ATTACH PARTITION txcore.transaction_{day} FOR VALUES IN ({Days.Literal(day)})");
    }

    private ArchiveOptions Options(string file) =>
        new() { File = file, KeyFile = KeyFile, DaysKept = 1 };

    /// <summary>Three days: the second begins within a batch, five entries before its end, the third with a batch of its own.</summary>
    private async Task<(ShardDatabase Database, SyntheticEntries Entries)> ThreeDaysAsync()
    {
        var database = await ShardDatabase.CreateAsync(postgres);
        (await SigningKey.LoadOrCreateAsync(KeyFile, Cancellation)).Dispose();
        var entries = new SyntheticEntries(ShardDatabase.Identity);
        await using var store = database.Store();
        await store.OpenAsync(Cancellation);
        await store.CommitAsync(entries.Next(40));
        await store.CommitAsync(entries.Next(25));
        await store.CommitAsync(entries.Next(15, dayEndsAfter: 10));
        await store.CommitAsync(entries.Next(70));
        entries.BusinessDay++;
        await store.CommitAsync(entries.Next(20));
        await store.CommitAsync(entries.Next(30));
        return (database, entries);
    }
}
