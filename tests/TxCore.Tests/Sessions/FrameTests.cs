using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Testing.Shards;
using TxCore.Tests.Support;

namespace TxCore.Tests.Sessions;

/// <summary>Frames however TCP cuts and joins them, and frames that cannot be followed.</summary>
public sealed class FrameTests : IAsyncLifetime
{
    private const int Splits = 4096;
    private const int SplitsAtOnce = 16;
    private TestShard _test = null!;

    public async ValueTask InitializeAsync()
    {
        _test = await TestShard.StartAsync();
        await _test.OpenAllAsync();
    }

    public async ValueTask DisposeAsync() => await _test.DisposeAsync();

    [Fact]
    public async Task However_one_byte_stream_is_split_the_outcomes_are_the_same()
    {
        string[] whole = await PlayAsync(1, null);
        Assert.Equal(11, whole.Length);
        await Gen.Int[0, int.MaxValue].SampleAsync(async seed =>
        {
            for (uint first = 2; first < 2 + Splits; first += SplitsAtOnce)
            {
                uint[] sources = [.. Enumerable.Range((int)first, SplitsAtOnce).Select(static source => (uint)source)];
                string[][] all = await Task.WhenAll(sources.Select(source => PlayAsync(source, new Random(seed ^ (int)source))));
                Assert.All(all, one => Assert.Equal(whole, one));
            }
        }, iter: 1, threads: 1);
    }

    [Theory]
    [InlineData("FFFFFFFF 0101 01 00", ResultCode.FrameTooLarge, uint.MaxValue)]
    [InlineData("FDFF0000", ResultCode.FrameTooLarge, 65_533U)]
    [InlineData("03000000", ResultCode.FrameTooShort, 3U)]
    [InlineData("00000000", ResultCode.FrameTooShort, 0U)]
    [InlineData("04000000 0101 02 00", ResultCode.WrongVersion, 2U)]
    [InlineData("04000000 0000 01 00", ResultCode.UnknownMessage, 0U)]
    [InlineData("04000000 FF7F 01 00", ResultCode.UnknownMessage, 0x7FFFU)]
    [InlineData("18000000 0901 01 00 0B000000 0100000000000000 0000000000000000", ResultCode.UnknownMessage, 0x0109U)]
    [InlineData("18000000 5003 01 00 0B000000 0100000000000000 0000000000000000", ResultCode.UnknownMessage, 0x0350U)]
    [InlineData("18000000 0305 01 00 0B000000 0100000000000000 0000000000000000", ResultCode.UnknownMessage, 0x0503U)]
    [InlineData("04000000 0104 01 00", ResultCode.UnexpectedMessage, 0x0401U)]
    [InlineData("04000000 0100 01 00", ResultCode.UnexpectedMessage, 0x0001U)]
    [InlineData("08000000 0101 01 00 0B000000", ResultCode.FrameTooShort, 0x0101U)]
    [InlineData("08000000 8001 01 00 0B000000", ResultCode.FrameTooShort, 0x0180U)]
    [InlineData("08000000 0102 01 00 0B000000", ResultCode.FrameTooShort, 0x0201U)]
    [InlineData("08000000 0500 01 00 0B000000", ResultCode.FrameTooShort, 0x0005U)]
    public async Task A_frame_that_cannot_be_followed_gets_its_own_error_and_hurts_nobody_else(string hex, ResultCode code, uint detail)
    {
        var other = await _test.LogOnAsync(12);
        var client = await _test.LogOnAsync(11);
        byte[] bad = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        client.Send([.. Frame.Encode(Messages.Wager(11, 1)), .. bad]);

        // The wager in front of it is decided, whether or not its answer still arrives.
        var frame = await client.NextAsync();
        var error = (frame.Type == MessageType.Outcome ? await client.NextAsync() : frame).As<ErrorMessage>();
        Assert.Equal((code, detail), (error.Code, error.Detail));
        await client.Closed;
        other.Send(Messages.Wager(12, 1));
        Assert.Equal(ResultCode.Accepted, (await other.NextAsync<Outcome>()).Code);
        await TestShard.UntilAsync(() => _test.Database.Find(11, 1) is not null, "the wager before the bad frame is stored");
        Assert.Null(_test.Database.Find(11, 2));
    }

    [Fact]
    public async Task A_frame_cut_off_by_the_end_of_the_connection_decides_nothing()
    {
        var client = await _test.LogOnAsync(11);
        client.Send([.. Frame.Encode(Messages.Wager(11, 1)), .. Frame.Encode(Messages.Wager(11, 2)).AsSpan(0, 30)]);
        await client.NextAsync<Outcome>();
        await client.CloseAsync();
        await TestShard.UntilAsync(() => _test.Shard.Registry.LoggedOnCount == 1, "the session ends");
        var (_, reply) = await _test.ConnectAsync(11);
        Assert.Equal(2UL, reply.NextSequence);
    }

    [Fact]
    public async Task Thousands_of_transactions_pipelined_on_one_connection_are_answered_in_order()
    {
        const int Count = 5000;
        _test.Sources.Change(11, static record => record with { Window = 8192 });
        var client = await _test.LogOnAsync(11);
        client.Send(Enumerable.Range(1, Count).SelectMany(static sequence => Frame.Encode(Messages.Wager(11, sequence))).ToArray());
        for (ulong sequence = 1; sequence <= Count; sequence++)
        {
            var outcome = await client.NextAsync<Outcome>();
            Assert.Equal((sequence, ResultCode.Accepted, false), (outcome.Sequence, outcome.Code, outcome.IsRepeat));
        }
    }

    [Fact]
    public async Task After_a_logoff_what_was_sent_before_is_answered_and_the_server_closes()
    {
        var client = await _test.LogOnAsync(11);
        client.Send([.. Frame.Encode(Messages.Wager(11, 1)), .. Frame.Encode(Messages.Wager(11, 2)), .. Frame.Encode(default(Logoff)), .. Frame.Encode(Messages.Wager(11, 3))]);
        Assert.Equal(1UL, (await client.NextAsync<Outcome>()).Sequence);
        Assert.Equal(2UL, (await client.NextAsync<Outcome>()).Sequence);
        await client.Closed;
        Assert.Null(_test.Database.Find(11, 3));
        await Task.WhenAll(_test.Sessions[^1]);
    }

    /// <summary>Sends the recorded stream under a source, split at random, and returns what matters of the answers.</summary>
    private async Task<string[]> PlayAsync(uint source, Random? random)
    {
        var client = await _test.LogOnAsync(source);
        byte[] stream = Record(source);
        for (int at = 0; at < stream.Length;)
        {
            int count = random is null ? stream.Length : Math.Min(stream.Length - at, random.Next(3) == 0 ? random.Next(1, 300) : random.Next(1, 24));
            client.Send(stream.AsSpan(at, count));
            at += count;
            await Task.Yield();
        }

        var answers = new List<string>();
        for (int i = 0; i < 11; i++)
        {
            var frame = await client.NextAsync();
            answers.Add(frame.Type switch
            {
                MessageType.Outcome => Describe(frame.As<Outcome>()),
                MessageType.StatusReply => "status " + Describe(frame.As<StatusReply>().Outcome!),
                _ => frame.As<NotDecided>() with { Source = 0 } is var answer ? answer.ToString() : "",
            });
        }

        await client.CloseAsync();
        return [.. answers];
    }

    private static byte[] Record(uint source)
    {
        byte[] cut = Frame.Encode(Messages.Wager(source, 4))[..^3];
        Frame.WriteHeader(cut, MessageType.Wager, cut.Length - Wire.HeaderBytes);
        return
        [
            .. Frame.Encode(Messages.Wager(source, 1)), .. Frame.Encode(Messages.Wager(source, 2, Messages.Line(2), Messages.Line(3))),
            .. Frame.Encode(Messages.Wager(source, 3, Messages.Line(99))), .. cut, .. Frame.Encode(Messages.Cancel(source, 5, 1)),
            .. Frame.Encode(Messages.Wager(source, 1)), .. Frame.Encode(Messages.Reversal(source, 6, 2, 400)),
            .. Frame.Encode(new StatusQuery(source, 2)), .. Frame.Encode(Messages.Wager(source, 9)),
            .. Frame.Encode(Messages.Wager(source, 2, Messages.Line(7))), .. Frame.Encode(Messages.Reversal(source, 7, 7, 1)),
        ];
    }

    private static string Describe(Outcome outcome) =>
        $"{outcome.Sequence} {outcome.TransactionType} {outcome.Code} {outcome.IsRepeat} {outcome.State} {outcome.AmountCents} {outcome.Line} {outcome.Field} {outcome.TicketSerial.Length}";
}
