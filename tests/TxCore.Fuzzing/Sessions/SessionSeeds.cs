using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Fuzzing.Sessions;

/// <summary>Inputs that say something to a session: the beginning of its corpus.</summary>
internal static class SessionSeeds
{
    private const byte Stranger = 0, Reader = 1, Seller = 2, Admin = 3, WithCertificate = 4, NotReading = 8, BreaksOff = 16;
    private const uint Me = FuzzSources.Spoken;

    /// <summary>All of them.</summary>
    public static IEnumerable<byte[]> Make()
    {
        var sold = new Scene().Programme.Sold;
        return [.. Logons(), .. Sales(sold), .. Tickets(), .. Questions(), .. Races(), .. Organiser(), .. Faults()];
    }

    private static byte[] Input(byte how, params byte[][] frames) => FuzzInput.Of(how, [.. frames.SelectMany(static frame => frame)], 7, 20, 0, 9);

    private static TransactionHeader Name(long sequence) => Messages.Name(Me, sequence);

    private static byte[] Of<T>(T message)
        where T : IMessage<T> => Frame.Encode(message);

    private static IEnumerable<byte[]> Logons()
    {
        byte[] scram = Of(new LogonRequest(Me, 1, Channel.Retail, 1, 0, "n,,n=11,r=fyko+d2lbbFgONRv9qkxdawL"u8.ToArray()));
        byte[] proof = Of(new LogonProof("c=biws,r=fyko+d2lbbFgONRv9qkxdawL,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="u8.ToArray()));
        byte[] certificate = Of(new LogonRequest(Me, 1, Channel.Retail, 1, 0, []));
        yield return Input(Stranger, scram);
        yield return Input(Stranger, scram, proof);
        yield return Input(Stranger, certificate);
        yield return Input(Stranger | WithCertificate, certificate, Of(Messages.Wager(Me, 1)), Of(default(Logoff)));
        yield return Input(Stranger | WithCertificate, Of(new LogonRequest(Me, 1, Channel.Retail, 1, ulong.MaxValue, [])));
        yield return Input(Stranger | WithCertificate, Of(new LogonRequest(Me, 2, Channel.Online, 1, 0, [])));
        yield return Input(Stranger, Of(Messages.Wager(Me, 1)));
        yield return Input(Stranger, Of(default(Heartbeat)));
    }

    private static IEnumerable<byte[]> Sales(Dictionary<string, Outcome> sold)
    {
        yield return Input(Seller, Of(Messages.Wager(Me, 1)), Of(Messages.Wager(Me, 2, Messages.Line(2), Messages.Line(3, BetType.Place))), Of(Messages.Wager(Me, 1)));
        yield return Input(Seller, Of(Messages.Wager(Me, 1)), Of(Messages.Wager(Me, 1, Messages.Line(4))), Of(Messages.Wager(Me, 3)));
        yield return Input(Seller, Of(Messages.Wager(Me, 1, Messages.Line(type: BetType.TicTrois) with { Bases = [1, 2, 3], Formula = Formula.Unit })));
        yield return Input(Seller | NotReading, Of(Messages.Wager(Me, 1)), Of(Messages.Wager(Me, 2)));
        yield return Input(Seller | BreaksOff, Of(Messages.Wager(Me, 1)), Of(Messages.Wager(Me, 2))[..30]);
        yield return Input(Seller, Of(Messages.Cancel(Me, 1, sold["open"].Number)), Of(Messages.Cancel(Me, 2, 1)));
        yield return Input(Seller, Of(Messages.Wager(Me, 1)), Of(Messages.Reversal(Me, 2, 1, Messages.BaseStake)), Of(Messages.Reversal(Me, 3, 3, 200)));
        yield return Input(Seller, Of(new Pay(Name(1), 1, 5, sold["paid"].Number, Code(sold["paid"]), true)), Of(new Pay(Name(2), 1, 5, sold["open"].Number, Code(sold["open"]), false)));
        yield return Input(Seller, Of(new VoucherIssue(Name(1), 1, 5, 500)), Of(new VoucherRedeem(Name(2), 1, 5, sold["voucher"].Number, Code(sold["voucher"]))));
        yield return Input(Seller, Of(Messages.Confirm(Me, 1, sold["held"].Number, sold["held"].AmountCents)), Of(Messages.Release(Me, 2, sold["held"].Number)));
        yield return Input(Seller, Of(new TicketReturn(Name(1), 1, sold["bought"].Number, 0, 1, 0)), Of(new Authorise(Name(2), 1, sold["held"].Number, sold["held"].AmountCents, [1, 2, 3])));
    }

    private static IEnumerable<byte[]> Tickets()
    {
        yield return Input(Seller, Of(Messages.Hold(Me, 1)), Of(Messages.Hold(Me, 2, new HoldLine(1, 2, 3, 0), new HoldLine(1, 1, 1, 0))), Of(default(Logoff)));
        yield return Input(Seller, Of(new Hold(Name(1), 1, Programme.WaitingSale, Programme.Person(3), [new HoldLine(1, 1, 1, 0)])));
        yield return Input(Seller, Of(new WaitJoin(Name(1), 1, Programme.WaitingSale, Programme.Person(4), 1, 1, 1)), Of(new WaitLeave(Name(2), 1, 20, 0)));
        yield return Input(Seller, Of(new DrawRegister(Name(1), 1, Programme.Draw, Programme.Person(5), 0)), Of(new DrawWithdraw(Name(2), 1, Programme.Draw, Programme.Person(5))));
    }

    private static IEnumerable<byte[]> Questions()
    {
        yield return Input(
            Reader, Of(new DefinitionsRequest(0, 0)), Of(new PoolTotalsRequest(Messages.Race, 0)), Of(new SaleStateRequest(Messages.Sale, 0)),
            Of(new DrawStateRequest(Programme.Draw)), Of(new StatusQuery(Me, 1)), Of(default(Heartbeat)), Of(default(Logoff)));
        yield return Input(Seller, Of(new StatusQuery(Me, 1)), Of(new PersonRequest(Me, 1, Programme.Draw, Programme.Person(1))), Of(Messages.Wager(Me, 1)), Of(new StatusQuery(Me, 1)));
        yield return Input(Reader, Of(Messages.Wager(Me, 1)));
        yield return Input(Seller, Of(new PaymentsRequest(0, 10)), Messages.RaceControl(MessageType.RaceStop, Me, 1));
        yield return Input(Admin, Of(new PaymentsRequest(0, 10)), Of(new PaymentsAcknowledge(Name(1), Messages.Control(), 5)), Of(new PaymentsRequest(3, 1)));
        yield return Input(Seller | NotReading, [.. Enumerable.Repeat(Of(new DefinitionsRequest(0, 0)), 40)]);
    }

    private static IEnumerable<byte[]> Races()
    {
        var race = new RaceId(20251105, 1, 3);
        byte[] Control(MessageType type, long sequence, byte runner = 0, long stop = 0, uint second = 0) =>
            Messages.RaceControl(type, Me, sequence, race, runner, stop, second);
        yield return Input(
            Admin, Of(Messages.DefineRace(Me, 1, race)), Control(MessageType.RaceOpen, 2), Of(Messages.Wager(Me, 3, Messages.Line(race: race))),
            Control(MessageType.RaceScratch, 4, 5), Control(MessageType.RaceSuspend, 5), Control(MessageType.RaceOpen, 6), Control(MessageType.RaceStop, 7),
            Of(new RaceResult(Name(8), Messages.Control(), race, ResultStage.Official, [new FinishPlace(1, 1), new FinishPlace(2, 2)])),
            Of(new RacePublish(Name(9), Messages.Control(43), race, DividendMethod.EqualSplit, [])));
        yield return Input(
            Admin, Messages.RaceControl(MessageType.RaceStop, Me, 1), Messages.RaceControl(MessageType.RaceReopen, Me, 2, latestStopAt: Messages.At(TimeSpan.FromHours(3)), second: 43),
            Messages.RaceControl(MessageType.RacePostpone, Me, 3), Messages.RaceControl(MessageType.RaceCancel, Me, 4));
        yield return Input(
            Admin, Of(new PoolCarryIn(Name(1), Messages.Control(), Messages.Race, (ushort)BetType.Win, 500)), Of(new TimeConfirm(Name(2), Messages.Control(), 3)),
            Of(new SupervisorResolve(Name(3), Messages.Control(43), 5, true)),
            Of(new PlayersBar(Name(4), Messages.Control(), 1, true, true, [new BarredPlayer(Programme.Person(1), (PlayerBar)1, 0)])),
            Of(new PlayerLimit(Name(5), Messages.Control(), Programme.Person(2), 100, 200, 300)));
    }

    private static IEnumerable<byte[]> Organiser()
    {
        byte[] Draw(MessageType type, long sequence) => new DrawControl(Name(sequence), Messages.Control(43), Programme.Draw).Encode(type);
        yield return Input(
            Admin, Of(Messages.DefineSale(Me, 1, 9)), Of(new CellsDefine(Name(2), Messages.Control(), 9, [new CellDefinition(1, 1, 100, 10, 0, 2)])),
            Messages.SaleControl(MessageType.SaleOpen, Me, 3, 9), Of(new SeatsBlock(Name(4), Messages.Control(), Messages.Sale, 1, 1, 5)),
            Of(new SeatsMove(Name(5), Messages.Control(), Messages.Sale, 1, 1, 9, 2)), Messages.SaleControl(MessageType.SaleClose, Me, 6));
        yield return Input(
            Admin, Of(new DrawExclude(Name(1), Messages.Control(), Programme.Draw, [Programme.Person(9)])), Draw(MessageType.DrawClose, 2),
            Of(new DrawFreeze(Name(3), Messages.Control(43), Programme.Draw, 1, new byte[32], new byte[32], 4, "witness"u8.ToArray())),
            Of(new DrawRun(Name(4), Messages.Control(43), Programme.Draw, new byte[32], new byte[32], [])), Draw(MessageType.DrawPublish, 5),
            Of(new DrawWave(Name(6), Messages.Control(), Programme.Draw, 1, 1, Messages.Sale, 0, Messages.At(TimeSpan.FromHours(1)))), Draw(MessageType.DrawEnd, 7));
    }

    private static IEnumerable<byte[]> Faults()
    {
        byte[] wager = Of(Messages.Wager(Me, 1));
        yield return Input(Seller, wager, [0xFF, 0xFF, 0xFF, 0xFF]);
        yield return Input(Seller, wager, [3, 0, 0, 0]);
        yield return Input(Seller, wager, [4, 0, 0, 0, 1, 1, 2, 0]);
        yield return Input(Seller, wager, [4, 0, 0, 0, 0xFF, 0x7F, 1, 0]);
        byte[] headless = wager[..(Wire.HeaderBytes + Wire.TransactionHeaderBytes - 1)];
        Frame.WriteHeader(headless, MessageType.Wager, headless.Length - Wire.HeaderBytes);
        yield return Input(Seller, headless);
        byte[] cut = wager[..^3];
        Frame.WriteHeader(cut, MessageType.Wager, cut.Length - Wire.HeaderBytes);
        yield return Input(Seller, cut, Of(Messages.Wager(Me, 2)));
    }

    private static byte[] Code(Outcome sold) => Encoding.ASCII.GetBytes(sold.ControlCode);
}
