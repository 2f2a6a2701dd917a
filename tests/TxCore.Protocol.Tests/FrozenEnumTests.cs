using System.Globalization;

namespace TxCore.Protocol.Tests;

/// <summary>What is on the wire and in stored rows keeps its number.</summary>
public class FrozenEnumTests
{
    private static readonly Dictionary<Type, string> Frozen = new()
    {
        [typeof(MessageType)] =
            "None 0, LogonRequest 1, LogonChallenge 2, LogonProof 3, LogonReply 4, Heartbeat 5, Error 6, Logoff 7, Wager 257, Cancel 258, "
            + "Reversal 259, Pay 260, VoucherIssue 261, VoucherRedeem 262, Hold 272, Confirm 273, Release 274, "
            + "Authorise 275, TicketReturn 276, WaitJoin 277, WaitLeave 278, DrawRegister 288, DrawWithdraw 289, StatusQuery 384, PersonRequest 385, "
            + "DefinitionsRequest 513, DefinitionsPage 514, PoolTotalsRequest 515, PoolTotals 516, SaleStateRequest 517, "
            + "SaleState 518, DrawStateRequest 519, DrawState 520, PaymentsRequest 521, PaymentsPage 522, RaceDefine 769, RaceOpen 770, "
            + "RaceSuspend 771, RaceStop 772, RaceReopen 773, RaceScratch 774, RaceCancel 775, RacePostpone 776, RaceResult 777, "
            + "RacePublish 778, PoolCarryIn 779, SaleDefine 785, CellsDefine 786, SaleOpen 787, SaleClose 788, "
            + "SeatsBlock 789, SeatsMove 790, TimeConfirm 801, "
            + "SupervisorResolve 802, PlayersBar 803, PlayerLimit 804, PaymentsAcknowledge 805, DrawDefine 816, DrawOpen 817, DrawClose 818, "
            + "DrawFreeze 819, DrawRun 820, DrawPublish 821, DrawWave 822, DrawExclude 823, DrawEnd 824, Outcome 1025, NotDecided 1026, "
            + "StatusReply 1028, PersonState 1029, StateChange 1040, Started 1281, DayOpened 1282, HoldExpired 1283, RaceStopDue 1284, SaleCloseDue 1285, "
            + "RaceCloseDue 1286, WaitOffered 1287, WaitLapsed 1288, DrawCloseDue 1289",
        [typeof(ResultCode)] =
            "Accepted 0, MalformedBody 100, SequenceGap 102, SequenceConflict 103, Busy 105, NotLoggedOn 106, Fenced 107, DeadlinePassed 108, "
            + "RoleNotAllowed 109, SourceMismatch 110, Pending 111, FrameTooLarge 120, FrameTooShort 121, UnknownMessage 122, WrongVersion 123, "
            + "LogonRefused 124, LogonTimeout 125, IdleTimeout 126, RestoredTooOld 127, SlowReader 128, ShuttingDown 129, WrongShard 130, "
            + "UnexpectedMessage 131, TooManyConnections 132, UnknownRace 200, RaceNotOpen 201, RaceClosed 202, PoolNotOffered 203, "
            + "WrongChannel 204, RunnerUnknown 210, RunnerScratched 211, RunnerDuplicated 212, WrongCount 213, FormulaNotAllowed 214, "
            + "ComplementNotAllowed 215, RiskNotAllowed 216, AllOrdersNotAllowed 217, BasePositionMissing 218, SpotNotAllowed 219, StakeBelowMinimum 220, "
            + "StakeAboveMaximum 221, StakeNotMultiple 222, FlexiNotAllowed 223, AmountMismatch 224, CashLimit 225, CancelTooLate 230, CancelOtherOutlet 231, "
            + "CancelAfterStop 232, CancelNotAllowed 233, AlreadyCancelled 234, ReversedBeforeArrival 235, ReversalToSupervisor 236, "
            + "NothingToReverse 237, PlayerBanned 240, PlayerLimitReached 241, PlayerSelfExcluded 242, PlayerMissing 243, TicketUnknown 250, "
            + "BadControlCode 251, NotPayableYet 252, AlreadyPaid 253, TicketExpired 254, IdentityRequired 255, TicketDisputed 256, "
            + "TicketLost 257, LegsInvalid 258, DrawNotOpen 300, AlreadyRegistered 301, SlotNotOpen 302, SoldOut 303, "
            + "QuantityAboveMaximum 304, PersonCapReached 305, PackInvalid 306, HoldExpired 307, UnknownDraw 309, UnknownSale 310, SaleNotOpen 311, SaleClosed 312, UnknownCell 313, HoldUnknown 314, "
            + "HoldNotLive 315, AuthorisationMissing 316, QuantityInvalid 317, AuthorisationUsed 318, PersonMissing 319, NotRegistered 320, "
            + "PersonExcluded 321, ConsentMissing 322, WaitingListFull 323, AlreadyWaiting 324, WaitUnknown 325, ReturnNotAllowed 326, "
            + "DrawFull 327, AuthorisationDiffers 328, RaceExists 400, RaceState 401, SaleExists 402, SaleState 403, "
            + "DefinitionInvalid 404, SecondActorNeeded 405, CellExists 406, ActorMissing 407, TimeNotHeld 408, "
            + "TotalsDiffer 409, SettlementOutdated 410, EarlierRaceUnpublished 411, NothingToResolve 412, ListVersion 413, "
            + "CarryOverTooSmall 414, ResultInvalid 415, DividendsInvalid 416, DrawExists 417, DrawStateInvalid 418, DrawListDiffers 419, "
            + "SecretInvalid 420, BeaconInvalid 421, WaveInvalid 422, InventoryTooSmall 423, AcknowledgeInvalid 424",
        [typeof(PresentState)] =
            "None 0, Live 1, Cancelled 2, Reversed 3, Paid 4, Held 5, Confirmed 6, Released 7, Expired 8, Disputed 9, Returned 10, Waiting 11, "
            + "Offered 12",
        [typeof(BodyField)] =
            "None 0, Race 1, Pool 2, Formula 3, Bases 4, Associates 5, Complement 6, Risk 7, AllOrders 8, Spot 9, Stake 10, Amount 11, Legs 12, "
            + "Number 13, Sequence 14, ControlCode 15, Sale 16, Cell 17, Quantity 18, Authorisation 19, Draw 20, Time 21, Runner 22, "
            + "RunnerCount 23, Actor 24, Person 25, Lines 26, Body 27, Finish 28, Dividends 29, ListVersion 30, PaymentMeans 31, "
            + "Pack 32, Consent 33, Wave 34, List 35, Secret 36, Beacon 37",
        [typeof(Channel)] = "Retail 1, Online 2",
        [typeof(SourceRole)] = "Read 1, Submit 2, Admin 3",
        [typeof(RaceStatus)] =
            "None 0, Draft 1, Open 2, Suspended 3, Stopped 4, Provisional 5, Official 6, Payable 7, Closed 8, Cancelled 9, Postponed 10",
        [typeof(ResultStage)] = "None 0, Provisional 1, Official 2",
        [typeof(DividendMethod)] = "EqualSplit 1, Official 2",
        [typeof(PayRank)] = "AnyOrder 1, Order 2, Disorder 3, BonusFour 4, BonusThree 5",
        [typeof(PlayerBar)] = "None 0, Banned 1, SelfExcluded 2",
        [typeof(SaleStatus)] = "None 0, Draft 1, Open 2, Closed 3",
        [typeof(DrawStatus)] = "None 0, Draft 1, Open 2, Closed 3, Frozen 4, Drawn 5, Published 6, Ended 7",
        [typeof(EntryStatus)] = "None 0, Registered 1, Withdrawn 2, Excluded 3",
        [typeof(PaymentKind)] = "None 0, Capture 1, Void 2, Refund 3",
        [typeof(BetType)] =
            "None 0, Win 1, Place 2, Quinella 3, QuinellaPlace 4, Exacta 5, Trio 6, Trifecta 7, TwoOfFour 8, MiniMulti 9, Multi 10, Tierce 11, "
            + "QuartePlus 12, QuintePlus 13, Pick5 14, SuperFour 15, TicTrois 16, Report 17",
        [typeof(Formula)] = "Unit 1, Combined 2, ReducedField 3, TotalField 4",
        [typeof(StakeForm)] = "Multiple 1, Flexi 2, Value 3",
        [typeof(PaymentMeans)] = "Cash 0, Card 1, Account 2, Voucher 3",
        [typeof(TransactionStatus)] = "Decided 1, Pending 2, Unknown 3",
    };

    public static TheoryData<string> Enumerations => [.. Frozen.Keys.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Enumerations))]
    public void Values_on_the_wire_and_in_stored_rows_never_change(string enumeration)
    {
        var (type, frozen) = Frozen.Single(pair => pair.Key.Name == enumeration);
        string actual = string.Join(
            ", ", Enum.GetValues(type).Cast<object>().Select(value => $"{value} {Convert.ToInt64(value, CultureInfo.InvariantCulture)}"));
        Assert.True(
            frozen == actual,
            $"""
            {enumeration} changed. Its values are on the wire and in stored rows: never rename, renumber or remove one.
            For a new value take a free number (PROTOCOL.md section 10), and add it here, to PROTOCOL.md (sections 7 to 10) and,
            for a message, to protocol-vectors.json.
            frozen: {frozen}
            actual: {actual}
            """);
    }

    [Fact]
    public void Every_enumeration_of_the_wire_is_frozen()
    {
        Type[] notOnTheWire = [typeof(NextStep), typeof(FrameResult)];
        var enumerations = typeof(Wire).Assembly.GetExportedTypes().Where(type => type.IsEnum).Except(notOnTheWire);
        Assert.Equal(enumerations.Select(type => type.Name).Order(), Frozen.Keys.Select(type => type.Name).Order());
    }

    [Fact]
    public void The_online_offset_and_the_limits_of_version_1_never_change() => Assert.Equal(
        (1000, 1, 8, 65_536, 20, 10, 20, 10, 31, 32, 32, 1024, 40, 1000, 1000, 1000),
        ((int)BetTypes.OnlineOffset, (int)Wire.Version, Wire.HeaderBytes, Wire.FrameBytesMax, Wire.TransactionHeaderBytes,
            Wire.ControlHeaderBytes, Wire.LinesMax, Wire.LegsMax, Wire.RunnersMax, Wire.PersonKeyBytes, Wire.AuthorisationBytesMax,
            Wire.ScramBytesMax, Wire.PoolsMax, Wire.CellsMax, Wire.DividendsMax, Wire.BarredPlayersMax));

    [Fact]
    public void The_limits_of_tickets_and_draws_never_change() => Assert.Equal(
        (30, 32, 32, 64, 128, 1000, 500, 50, 500),
        (Wire.HoldLinesMax, Wire.HashBytes, Wire.DrawNameBytesMax, Wire.BeaconChainBytesMax, Wire.BeaconSignatureBytesMax, Wire.ExcludedMax,
            Wire.WavesMax, Wire.PersonItemsMax, Wire.PaymentsMax));
}
