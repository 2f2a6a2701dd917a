using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using TxCore.Wagering.Reports;
using static TxCore.Tests.Wagering.Settlement.Meeting;

namespace TxCore.Tests.Wagering.Settlement;

/// <summary>Section 1.9: which reports are taken, and at what price.</summary>
public sealed class ReportRulesTests
{
    private static readonly ReportLeg First = Leg(1, BetType.Win, [1, 2], 50);
    private static readonly ReportLeg Last = Leg(3, BetType.Quinella, [4, 5, 6]);

    public static TheoryData<string, ResultCode, BodyField> Faults => new()
    {
        { "formula", ResultCode.FormulaNotAllowed, BodyField.Formula },
        { "all orders", ResultCode.AllOrdersNotAllowed, BodyField.AllOrders },
        { "spot", ResultCode.SpotNotAllowed, BodyField.Spot },
        { "risk", ResultCode.RiskNotAllowed, BodyField.Risk },
        { "complement", ResultCode.ComplementNotAllowed, BodyField.Complement },
        { "bases", ResultCode.WrongCount, BodyField.Bases },
        { "associates", ResultCode.WrongCount, BodyField.Associates },
        { "one leg", ResultCode.LegsInvalid, BodyField.Legs },
        { "not from the first race", ResultCode.LegsInvalid, BodyField.Legs },
        { "same race twice", ResultCode.LegsInvalid, BodyField.Legs },
        { "last leg carries", ResultCode.LegsInvalid, BodyField.Legs },
        { "carry of 60 %", ResultCode.LegsInvalid, BodyField.Legs },
        { "carry of 1001 minimums", ResultCode.LegsInvalid, BodyField.Legs },
        { "nothing carried", ResultCode.LegsInvalid, BodyField.Legs },
        { "trio leg", ResultCode.LegsInvalid, BodyField.Legs },
        { "unknown race", ResultCode.UnknownRace, BodyField.Legs },
        { "stopped race", ResultCode.RaceClosed, BodyField.Legs },
        { "suspended first race", ResultCode.RaceNotOpen, BodyField.Race },
        { "online leg", ResultCode.WrongChannel, BodyField.Legs },
        { "online report", ResultCode.WrongChannel, BodyField.Pool },
        { "no report pool", ResultCode.PoolNotOffered, BodyField.Pool },
        { "no leg pool", ResultCode.PoolNotOffered, BodyField.Legs },
        { "four runners", ResultCode.WrongCount, BodyField.Legs },
        { "a pair of one", ResultCode.WrongCount, BodyField.Legs },
        { "no runner", ResultCode.WrongCount, BodyField.Legs },
        { "unknown runner", ResultCode.RunnerUnknown, BodyField.Legs },
        { "scratched runner", ResultCode.RunnerScratched, BodyField.Legs },
        { "runner twice", ResultCode.RunnerDuplicated, BodyField.Legs },
        { "flexi", ResultCode.FlexiNotAllowed, BodyField.Stake },
        { "value", ResultCode.StakeNotMultiple, BodyField.Stake },
        { "multiple 0", ResultCode.StakeBelowMinimum, BodyField.Stake },
        { "above 1000 minimums", ResultCode.StakeAboveMaximum, BodyField.Stake },
        { "above the pool's maximum", ResultCode.StakeAboveMaximum, BodyField.Stake },
        { "amount", ResultCode.AmountMismatch, BodyField.Amount },
    };

    [Fact]
    public void A_report_costs_the_bets_of_its_first_leg()
    {
        Assert.Equal((ResultCode.Accepted, 2L, 10_00L), Check(new Meeting(3), Report(5, First, Last)));
        Assert.Equal((ResultCode.Accepted, 3L, 9_00L), Check(new Meeting(3), Report(1, Leg(1, BetType.TwoOfFour, [1, 2, 3], 4, 2), Last)));
        Assert.Equal((ResultCode.Accepted, 1L, 1000_00L), Check(new Meeting(3), Report(1000, Leg(1, BetType.Place, [9], 100), Last)));
    }

    [Fact]
    public void Ten_legs_are_taken()
    {
        ReportLeg[] legs = [.. Enumerable.Range(1, 9).Select(static race => Leg(race, BetType.Win, [1], 25)), Leg(10, BetType.Place, [2, 3])];
        Assert.Equal(ResultCode.Accepted, Check(new Meeting(10), Report(1, legs)).Code);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_report_with_a_fault_is_refused(string fault, ResultCode code, BodyField field)
    {
        var meeting = new Meeting(3);
        var wager = new WagerBody(Card.Body([Break(fault, meeting, Report(5, First, Last))]));
        wager.TryNext(out var line);
        var verdict = ReportRules.Check(meeting.Races, Channel.Retail, in line, out _, out _);
        Assert.Equal((code, field), (verdict.Code, verdict.Field));
    }

    private static (ResultCode Code, long Combinations, long PriceCents) Check(Meeting meeting, WagerLine report)
    {
        var wager = new WagerBody(Card.Body([report]));
        wager.TryNext(out var line);
        var verdict = ReportRules.Check(meeting.Races, Channel.Retail, in line, out long combinations, out long price);
        return (verdict.Code, combinations, price);
    }

    private static WagerLine Break(string fault, Meeting meeting, WagerLine good)
    {
        switch (fault)
        {
            case "stopped race":
                meeting[3].Status = RaceStatus.Stopped;
                return good;
            case "suspended first race":
                meeting[1].Status = RaceStatus.Suspended;
                return good;
            case "no report pool":
                meeting[1].Pools = meeting[1].Pools[..^1];
                return good;
            case "no leg pool":
                meeting[3].Pools = meeting[3].Pools[..2];
                return good;
            case "scratched runner":
                meeting[3].Scratch(5, 6);
                return good;
            case "above the pool's maximum":
                meeting[1].Pools[^1] = meeting[1].Pools[^1] with { MaximumCents = 999 };
                return good;
            default:
                return BreakLine(fault, good) ?? good with { Legs = BreakLegs(fault) };
        }
    }

    private static WagerLine? BreakLine(string fault, WagerLine good) => fault switch
    {
        "formula" => good with { Formula = Formula.Combined },
        "all orders" => good with { AllOrders = true },
        "spot" => good with { Spot = true },
        "risk" => good with { Risk = 4 },
        "complement" => good with { Complement = 1 },
        "bases" => good with { Bases = [1] },
        "associates" => good with { Associates = [1] },
        "online report" => good with { Pool = (ushort)BetType.Report + BetTypes.OnlineOffset },
        "flexi" => good with { StakeForm = StakeForm.Flexi, Stake = 50 },
        "value" => good with { StakeForm = StakeForm.Value, Stake = 500 },
        "multiple 0" => good with { Stake = 0 },
        "above 1000 minimums" => good with { Stake = 501, AmountCents = 1002_00 },
        "amount" => good with { AmountCents = 1 },
        _ => null,
    };

    private static ReportLeg[] BreakLegs(string fault) => fault switch
    {
        "one leg" => [First],
        "not from the first race" => [First with { Race = 2 }, Last],
        "same race twice" => [First, Last with { Race = 1 }],
        "last leg carries" => [First, Last with { CarryForm = 1, Carry = 100 }],
        "carry of 60 %" => [First with { Carry = 60 }, Last],
        "carry of 1001 minimums" => [First with { CarryForm = 2, Carry = 1001 }, Last],
        "nothing carried" => [First with { CarryForm = 0, Carry = 0 }, Last],
        "trio leg" => [First, Last with { Pool = (ushort)BetType.Trio }],
        "unknown race" => [First, Last with { Race = 9 }],
        "online leg" => [First, Last with { Pool = (ushort)BetType.Win + BetTypes.OnlineOffset }],
        "four runners" => [First, Last with { Bases = [1, 2, 3, 4] }],
        "a pair of one" => [First, Last with { Bases = [1] }],
        "no runner" => [First with { Bases = [] }, Last],
        "unknown runner" => [First, Last with { Bases = [1, 11] }],
        "runner twice" => [First, Last with { Bases = [1, 1] }],
        _ => throw new ArgumentException($"No such fault: {fault}.", nameof(fault)),
    };
}
