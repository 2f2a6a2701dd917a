using TxCore.Protocol.Messages;

namespace TxCore.Protocol.Tests;

/// <summary>Frames written out by hand, and the corners of single fields.</summary>
public class LayoutTests
{
    [Fact]
    public void A_logoff_is_a_bare_header() => Assert.Equal(
        [0x04, 0x00, 0x00, 0x00, 0x07, 0x00, 0x01, 0x00],
        Frame.Encode(default(Logoff)));

    [Fact]
    public void A_status_query_is_header_source_and_sequence_in_little_endian() => Assert.Equal(
        [
            0x10, 0x00, 0x00, 0x00, 0x80, 0x01, 0x01, 0x00,
            0x78, 0x56, 0x34, 0x12,
            0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
        ],
        Frame.Encode(new StatusQuery(0x12345678, 0x0102030405060708)));

    [Fact]
    public void A_race_stop_is_its_three_headers_race_and_two_empty_fields() => Assert.Equal(
        [
            0x31, 0x00, 0x00, 0x00, 0x04, 0x03, 0x01, 0x00,
            0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            0x03, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x05, 0x00,
            0xE1, 0x01, 0x35, 0x01, 0x01, 0x08,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        ],
        new RaceControl(new TransactionHeader(1, 2, -1), new ControlHeader(3, 4, 5), new RaceId(20251105, 1, 8), 0, 0).Encode(MessageType.RaceStop));

    [Fact]
    public void A_race_reads_as_one_number()
    {
        var race = new RaceId(20251105, 1, 8);
        Assert.Equal(202511050108, race.Value);
        Assert.Equal(race, RaceId.FromValue(race.Value));
        Assert.Equal("20251105-R1C8", race.ToString());
    }

    [Fact]
    public void A_pool_number_tells_its_channel_and_bet_type()
    {
        foreach (var type in Enum.GetValues<BetType>())
        {
            foreach (var channel in Enum.GetValues<Channel>())
            {
                ushort pool = BetTypes.PoolOf(type, channel);
                Assert.Equal((type, channel), (BetTypes.TypeOf(pool), BetTypes.ChannelOf(pool)));
            }
        }
    }

    [Fact]
    public void The_type_of_a_frame_is_seen_without_decoding_it()
    {
        byte[] frame = Frame.Encode(new StatusQuery(1, 2));
        Assert.Equal(MessageType.StatusQuery, Wire.PeekType(frame));
        Assert.Equal(MessageType.None, Wire.PeekType(frame.AsSpan(0, Wire.HeaderBytes - 1)));
    }

    [Fact]
    public void An_item_that_is_no_race_sale_cell_or_draw_is_not_written() =>
        Assert.Throws<ArgumentException>(() => Frame.Encode(new DefinitionsPage(1, 0, 1, [new DefinitionItem(null, null, null)])));

    [Fact]
    public void A_wager_cut_in_a_line_keeps_its_header_and_no_half_read_lines()
    {
        var line = new WagerLine(new RaceId(20251105, 1, 8), 1, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, 1, 200, [7], [], []);
        var header = new TransactionHeader(1001, 7, 0);
        byte[] frame = Frame.Encode(new Wager(header, 0, 0, 0, PaymentMeans.Cash, [], [], 400, [line, line]));
        Assert.False(Frame.TryDecode<Wager>(frame.AsSpan(Wire.HeaderBytes, frame.Length - Wire.HeaderBytes - 40), out var cut));
        Assert.Equal(header, cut.Header);
        Assert.Empty(cut.Lines);
    }

    [Fact]
    public void A_list_of_more_than_its_limit_is_refused_although_all_of_it_is_there()
    {
        var dividends = Enumerable.Repeat(new Dividend(PayRank.Order, 0, [], 100), Wire.DividendsMax + 1).ToArray();
        var players = Enumerable.Repeat(new BarredPlayer(new byte[Wire.PersonKeyBytes], PlayerBar.Banned, 0), Wire.BarredPlayersMax + 1).ToArray();
        var pools = Enumerable.Repeat(new PoolTotal(1, 0, false, []), Wire.PoolsMax + 1).ToArray();
        var publish = new RacePublish(default, default, default, DividendMethod.Official, [new OfficialPool(1, false, false, dividends)]);
        var bar = new PlayersBar(default, default, 1, true, true, players);
        var totals = new PoolTotals(default, RaceStatus.Open, 0, 0, pools);
        AssertOneLessIsTaken(publish, publish with { Pools = [new OfficialPool(1, false, false, dividends[1..])] });
        AssertOneLessIsTaken(bar, bar with { Players = players[1..] });
        AssertOneLessIsTaken(totals, totals with { Pools = pools[1..] });
    }

    [Fact]
    public void A_list_of_tickets_or_a_draw_above_its_limit_is_refused_although_all_of_it_is_there()
    {
        var lines = Enumerable.Repeat(new HoldLine(300, 2, 1, 1), Wire.HoldLinesMax + 1).ToArray();
        byte[][] persons = [.. Enumerable.Repeat(new byte[Wire.PersonKeyBytes], Wire.ExcludedMax + 1)];
        var cells = Enumerable.Repeat(new CellState(300, 2, 10, 1, 2, 3, 4), Wire.CellsMax + 1).ToArray();
        var waves = Enumerable.Repeat(new WaveState(1, 1, 10, 5, 1, 2, 0, 0, 0), Wire.WavesMax + 1).ToArray();
        var payments = Enumerable.Repeat(new PaymentItem(1, PaymentKind.Void, 1, 100, 1, new byte[Wire.AuthorisationBytesMax]), Wire.PaymentsMax + 1).ToArray();
        var holds = Enumerable.Repeat(new PersonHold(1, 5, 1, 100, 2, 0), Wire.PersonItemsMax + 1).ToArray();
        var waits = Enumerable.Repeat(new PersonWait(1, 5, 300, 2, 2, 0), Wire.PersonItemsMax + 1).ToArray();
        byte[] none = [];
        AssertOneLessIsTaken(new Hold(default, 0, 5, none, lines), new Hold(default, 0, 5, none, lines[1..]));
        AssertOneLessIsTaken(new DrawExclude(default, default, 77, persons), new DrawExclude(default, default, 77, persons[1..]));
        var sale = new SaleState(5, SaleStatus.Open, 1, 1, 0, 1, cells);
        AssertOneLessIsTaken(sale, sale with { Cells = cells[1..] });
        var draw = new DrawState(77, DrawStatus.Published, 1, 1, none, 1, 1, 0, none, none, none, 1, none, none, none, none, none, waves);
        AssertOneLessIsTaken(draw, draw with { Waves = waves[1..] });
        var page = new PaymentsPage(0, 1, 0, payments);
        AssertOneLessIsTaken(page, page with { Items = payments[1..] });
        var person = new PersonState(1, 1, 77, EntryStatus.Registered, 1, 1, 5, 1, 2, 0, 0, holds[1..], waits[1..]);
        AssertOneLessIsTaken(person with { Holds = holds }, person);
        AssertOneLessIsTaken(person with { Waits = waits }, person);
    }

    [Fact]
    public void Bytes_of_a_draw_above_their_limit_are_refused_although_all_of_them_are_there()
    {
        var define = new DrawDefine(default, default, 77, new byte[Wire.DrawNameBytesMax], 1, 1, 0, 0);
        var freeze = new DrawFreeze(
            default, default, 77, 1, new byte[Wire.HashBytes], new byte[Wire.HashBytes], 1, new byte[Wire.BeaconChainBytesMax]);
        var run = new DrawRun(default, default, 77, new byte[Wire.HashBytes], new byte[Wire.HashBytes], new byte[Wire.BeaconSignatureBytesMax]);
        var authorise = new Authorise(default, 0, 1, 100, new byte[Wire.AuthorisationBytesMax]);
        AssertOneLessIsTaken(define with { Name = new byte[Wire.DrawNameBytesMax + 1] }, define);
        AssertOneLessIsTaken(freeze with { BeaconChain = new byte[Wire.BeaconChainBytesMax + 1] }, freeze);
        AssertOneLessIsTaken(run with { Signature = new byte[Wire.BeaconSignatureBytesMax + 1] }, run);
        AssertOneLessIsTaken(authorise with { Authorisation = new byte[Wire.AuthorisationBytesMax + 1] }, authorise);
    }

    [Fact]
    public void What_is_left_of_a_cell_or_a_wave_is_the_rest()
    {
        Assert.Equal(5u, new CellState(300, 2, 20, 1, 4, 10, 7).Available);
        Assert.Equal(93u, new WaveState(2, 101, 200, 5, 1, 2, 3, 4, 2).Ahead);
    }

    [Fact]
    public void A_frame_longer_than_the_limit_is_not_written()
    {
        var pool = new PoolDefinition(1, 200, 300, 0, new byte[16], new byte[16]);
        var race = new RaceItem(default, RaceStatus.Open, 0, 0, 0, 16, 0, [.. Enumerable.Repeat(pool, Wire.PoolsMax)], ResultStage.None, []);
        var items = Enumerable.Repeat(new DefinitionItem(race, null, null), 50).ToArray();
        Assert.ThrowsAny<ArgumentException>(() => Frame.Encode(new DefinitionsPage(1, 0, 1, items)));
    }

    [Fact]
    public void The_assembly_depends_on_nothing_but_the_framework() => Assert.All(
        typeof(Wire).Assembly.GetReferencedAssemblies(),
        reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    private static void AssertOneLessIsTaken<T>(T above, T atLimit)
        where T : IMessage<T>
    {
        Assert.False(Frame.TryDecode<T>(Frame.Encode(above).AsSpan(Wire.HeaderBytes), out _));
        Assert.True(Frame.TryDecode<T>(Frame.Encode(atLimit).AsSpan(Wire.HeaderBytes), out _));
    }
}
