using CsCheck;

namespace TxCore.Client.Tests.Outbox;

public sealed class FileOutboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("txcore-outbox-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string OutboxPath => Path.Combine(_folder, "outbox");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_appended_and_not_completed_comes_back_in_order()
    {
        await using (var outbox = FileOutbox.Open(OutboxPath))
        {
            await Task.WhenAll(Enumerable.Range(1, 5).Select(i => Append(outbox, (ulong)i)));
            await outbox.CompleteAsync(1, 40);
            await outbox.CompleteAsync(3, 41);
        }

        var contents = await Load();

        Assert.Equal([2ul, 4ul, 5ul], contents.Unanswered.Select(entry => entry.Sequence));
        Assert.Equal(Frame(4), contents.Unanswered[1].Frame.ToArray());
        Assert.Equal((6ul, 41ul), (contents.NextSequence, contents.HighestNumber));
    }

    [Fact]
    public async Task A_replacement_comes_back_in_the_place_of_the_original()
    {
        await using (var outbox = FileOutbox.Open(OutboxPath))
        {
            await Append(outbox, 1);
            await Append(outbox, 2);
            await outbox.AppendAsync(new OutboxEntry(1, new byte[] { 9 }));
        }

        var contents = await Load();

        Assert.Equal([1ul, 2ul], contents.Unanswered.Select(entry => entry.Sequence));
        Assert.Equal(new byte[] { 9 }, contents.Unanswered[0].Frame.ToArray());
    }

    [Fact]
    public async Task A_torn_tail_of_any_length_is_ignored_and_everything_before_it_is_kept()
    {
        await AppendOneByOne(3);
        byte[] whole = await File.ReadAllBytesAsync(OutboxPath, Cancel);
        int groupBytes = (whole.Length - HeaderBytes) / 3;

        for (int torn = 1; torn <= groupBytes; torn++)
        {
            await File.WriteAllBytesAsync(OutboxPath, whole[..^torn], Cancel);
            var contents = await Load();
            Assert.Equal([1ul, 2ul], contents.Unanswered.Select(entry => entry.Sequence));
            Assert.Equal(3ul, contents.NextSequence);
        }
    }

    [Fact]
    public async Task After_a_torn_tail_new_entries_are_kept()
    {
        await AppendOneByOne(2);
        byte[] whole = await File.ReadAllBytesAsync(OutboxPath, Cancel);
        await File.WriteAllBytesAsync(OutboxPath, whole[..^3], Cancel);

        await using (var outbox = FileOutbox.Open(OutboxPath))
        {
            await Append(outbox, 2);
        }

        Assert.Equal([1ul, 2ul], (await Load()).Unanswered.Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task Damage_in_the_middle_is_an_error_that_names_file_and_offset()
    {
        await AppendOneByOne(3);
        byte[] whole = await File.ReadAllBytesAsync(OutboxPath, Cancel);
        int groupBytes = (whole.Length - HeaderBytes) / 3;

        await Gen.Int[HeaderBytes, HeaderBytes + (2 * groupBytes) - 1].SampleAsync(
            async position =>
            {
                byte[] damaged = [.. whole];
                damaged[position] ^= 0x10;
                await File.WriteAllBytesAsync(OutboxPath, damaged, Cancel);
                var failure = Assert.Throws<InvalidDataException>(() => FileOutbox.Open(OutboxPath));
                int offset = HeaderBytes + ((position - HeaderBytes) / groupBytes * groupBytes);
                Assert.Contains($"{OutboxPath} is damaged at offset {offset}:", failure.Message, StringComparison.Ordinal);
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public async Task A_second_client_on_the_same_file_is_refused()
    {
        await using var outbox = FileOutbox.Open(OutboxPath);

        Assert.Contains(OutboxPath, Assert.Throws<IOException>(() => FileOutbox.Open(OutboxPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_appends_share_flushes_and_the_file_stays_bounded()
    {
        const int Count = 20_000;
        const long CompactAbove = 64 * 1024;
        await using (var outbox = FileOutbox.Open(OutboxPath, CompactAbove))
        {
            ulong number = 0;
            foreach (ulong[] batch in Enumerable.Range(1, Count).Select(i => (ulong)i).Chunk(500))
            {
                await Task.WhenAll(batch.Select(sequence => Append(outbox, sequence)));
                foreach (ulong sequence in batch)
                {
                    await outbox.CompleteAsync(sequence, ++number);
                }
            }
        }

        Assert.InRange(new FileInfo(OutboxPath).Length, HeaderBytes, 3 * CompactAbove);
        var contents = await Load();
        Assert.Empty(contents.Unanswered);
        Assert.Equal((Count + 1ul, (ulong)Count), (contents.NextSequence, contents.HighestNumber));
    }

    [Fact]
    public async Task Past_the_limit_appends_wait_until_the_file_can_be_emptied()
    {
        await using var outbox = FileOutbox.Open(OutboxPath, 64 * 1024);
        ulong sequence = 0;
        while (new FileInfo(OutboxPath).Length <= 16 * 64 * 1024)
        {
            await outbox.AppendAsync(new OutboxEntry(++sequence, new byte[60_000]));
        }

        var waiting = Append(outbox, sequence + 1);
        var replacement = outbox.AppendAsync(new OutboxEntry(1, new byte[10]));
        await replacement;
        await waiting;
        waiting = Append(outbox, sequence + 2);
        for (ulong answered = 1; answered <= sequence; answered++)
        {
            await outbox.CompleteAsync(answered, answered);
        }

        Assert.False(waiting.IsCompleted);
        await outbox.CompleteAsync(sequence + 1, sequence + 1);
        await waiting;
        Assert.True(new FileInfo(OutboxPath).Length < 64 * 1024);
    }

    [Fact]
    public async Task A_crash_between_the_steps_of_a_compaction_keeps_the_new_state()
    {
        await using (var outbox = FileOutbox.Open(OutboxPath, 64 * 1024))
        {
            await outbox.AppendAsync(new OutboxEntry(1, new byte[65_000]));
            await outbox.CompleteAsync(1, 70);
        }

        byte[] before = await File.ReadAllBytesAsync(OutboxPath, Cancel);
        await using (var outbox = FileOutbox.Open(OutboxPath, 64 * 1024))
        {
            await Append(outbox, 2);
        }

        // The new header with the old groups still behind it: the crash came before they were cut off.
        byte[] after = await File.ReadAllBytesAsync(OutboxPath, Cancel);
        await File.WriteAllBytesAsync(OutboxPath, [.. after[..HeaderBytes], .. before[HeaderBytes..]], Cancel);
        var contents = await Load();

        Assert.Empty(contents.Unanswered);
        Assert.Equal((2ul, 70ul), (contents.NextSequence, contents.HighestNumber));
    }

    private const int HeaderBytes = 8192;

    private static byte[] Frame(ulong sequence) => [.. BitConverter.GetBytes(sequence), 1, 2, 3];

    private static Task Append(FileOutbox outbox, ulong sequence) => outbox.AppendAsync(new OutboxEntry(sequence, Frame(sequence))).AsTask();

    private async Task AppendOneByOne(int count)
    {
        await using var outbox = FileOutbox.Open(OutboxPath);
        for (int i = 1; i <= count; i++)
        {
            await Append(outbox, (ulong)i);
        }
    }

    private async Task<OutboxContents> Load()
    {
        await using var outbox = FileOutbox.Open(OutboxPath);
        return await outbox.LoadAsync(Cancel);
    }
}
