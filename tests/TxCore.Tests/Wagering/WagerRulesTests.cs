using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Wagering;

/// <summary>Every refusal of a wager, by the line and field it names, and what an accepted one tells.</summary>
public sealed class WagerRulesTests
{
    private static readonly RaceId Draft = Messages.Race with { Race = 2 };
    private static readonly RaceId Suspended = Messages.Race with { Race = 3 };
    private static readonly RaceId Stopped = Messages.Race with { Race = 4 };
    private readonly DeciderBench _bench = new DeciderBench().OpenAll();

    public static TheoryData<string, WagerLine, ResultCode, BodyField> Refusals
    {
        get
        {
            var good = Messages.Line();
            return new TheoryData<string, WagerLine, ResultCode, BodyField>
            {
                { "race unknown", good with { Race = Messages.Race with { Race = 99 } }, ResultCode.UnknownRace, BodyField.Race },
                { "race absurd", good with { Race = new RaceId(uint.MaxValue, 255, 255) }, ResultCode.UnknownRace, BodyField.Race },
                { "race draft", good with { Race = Draft }, ResultCode.RaceNotOpen, BodyField.Race },
                { "race suspended", good with { Race = Suspended }, ResultCode.RaceNotOpen, BodyField.Race },
                { "race stopped", good with { Race = Stopped }, ResultCode.RaceClosed, BodyField.Race },
                { "other channel", good with { Pool = 1001 }, ResultCode.WrongChannel, BodyField.Pool },
                { "pool not offered", good with { Pool = (ushort)BetType.Exacta }, ResultCode.PoolNotOffered, BodyField.Pool },
                { "pool without rules", good with { Pool = (ushort)BetType.TicTrois }, ResultCode.PoolNotOffered, BodyField.Pool },
                { "pool zero", good with { Pool = 0 }, ResultCode.PoolNotOffered, BodyField.Pool },
                { "formula", good with { Formula = Formula.Combined }, ResultCode.FormulaNotAllowed, BodyField.Formula },
                { "formula unknown", good with { Formula = (Formula)200 }, ResultCode.FormulaNotAllowed, BodyField.Formula },
                { "all orders", good with { AllOrders = true }, ResultCode.AllOrdersNotAllowed, BodyField.AllOrders },
                { "spot", good with { Spot = true }, ResultCode.SpotNotAllowed, BodyField.Spot },
                { "risk", good with { Risk = 4 }, ResultCode.RiskNotAllowed, BodyField.Risk },
                { "complement", good with { Complement = 3 }, ResultCode.ComplementNotAllowed, BodyField.Complement },
                { "legs", good with { Legs = [new ReportLeg(1, 1, 50, 1, [1])] }, ResultCode.WrongCount, BodyField.Legs },
                { "associates", good with { Associates = [2] }, ResultCode.WrongCount, BodyField.Associates },
                { "no runner", good with { Bases = [] }, ResultCode.WrongCount, BodyField.Bases },
                { "two runners", good with { Bases = [1, 2] }, ResultCode.WrongCount, BodyField.Bases },
                { "free place", good with { Bases = [0] }, ResultCode.WrongCount, BodyField.Bases },
                { "runner 13 of 12", good with { Bases = [13] }, ResultCode.RunnerUnknown, BodyField.Bases },
                { "runner 255", good with { Bases = [255] }, ResultCode.RunnerUnknown, BodyField.Bases },
                { "runner scratched", good with { Bases = [9] }, ResultCode.RunnerScratched, BodyField.Bases },
                { "no stake form", good with { StakeForm = (StakeForm)0 }, ResultCode.MalformedBody, BodyField.Stake },
                { "stake form unknown", good with { StakeForm = (StakeForm)9 }, ResultCode.MalformedBody, BodyField.Stake },
                { "flexi", good with { StakeForm = StakeForm.Flexi, Stake = 50 }, ResultCode.FlexiNotAllowed, BodyField.Stake },
                { "multiple 0", good with { Stake = 0 }, ResultCode.StakeBelowMinimum, BodyField.Stake },
                { "multiple negative", good with { Stake = long.MinValue }, ResultCode.StakeBelowMinimum, BodyField.Stake },
                { "multiple above", good with { Stake = 501 }, ResultCode.StakeAboveMaximum, BodyField.Stake },
                { "multiple absurd", good with { Stake = long.MaxValue }, ResultCode.StakeAboveMaximum, BodyField.Stake },
                { "value below", good with { StakeForm = StakeForm.Value, Stake = 199 }, ResultCode.StakeBelowMinimum, BodyField.Stake },
                { "value above", good with { StakeForm = StakeForm.Value, Stake = 100_200 }, ResultCode.StakeAboveMaximum, BodyField.Stake },
                { "value absurd", good with { StakeForm = StakeForm.Value, Stake = long.MaxValue }, ResultCode.StakeAboveMaximum, BodyField.Stake },
                { "value odd", good with { StakeForm = StakeForm.Value, Stake = 301 }, ResultCode.StakeNotMultiple, BodyField.Stake },
                { "line price", good with { AmountCents = 400 }, ResultCode.AmountMismatch, BodyField.Amount },
                { "line price negative", good with { AmountCents = long.MinValue }, ResultCode.AmountMismatch, BodyField.Amount },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void A_fault_refuses_the_whole_ticket_and_is_named_by_line_and_field(string fault, WagerLine line, ResultCode code, BodyField field)
    {
        PrepareRaces();
        var alone = _bench.Do(Messages.Wager(1, 1, line));
        Assert.Equal((fault, code, (byte)1, field, 0L), (fault, alone.Code, alone.Line, alone.Field, alone.AmountCents));
        Assert.Equal((PresentState.None, "", ""), (alone.State, alone.TicketSerial, alone.ControlCode));
        var third = _bench.Do(Messages.Wager(1, 2, Messages.Line(), Messages.Line(2), line, line));
        Assert.Equal((code, (byte)3, field, 0L), (third.Code, third.Line, third.Field, third.AmountCents));
        Assert.Equal(3UL, (ulong)_bench.Next(1));
    }

    [Fact]
    public void The_total_announced_must_be_the_sum_of_the_lines()
    {
        var wager = Messages.Wager(1, 1, Messages.Line(), Messages.Line(2));
        var outcome = _bench.Do(wager with { AmountCents = 401 });
        Assert.Equal((ResultCode.AmountMismatch, (byte)0, BodyField.Amount), (outcome.Code, outcome.Line, outcome.Field));
    }

    [Fact]
    public void A_ticket_of_twenty_lines_is_one_number_and_its_receipt_fits()
    {
        WagerLine[] lines = [.. Enumerable.Range(0, 20).Select(static i => Messages.Line((byte)(1 + (i % 12)), stake: 1 + i))];
        var outcome = _bench.Do(Messages.Wager(1, 1, lines));
        Assert.Equal((ResultCode.Accepted, 210 * 200L, PresentState.Live), (outcome.Code, outcome.AmountCents, outcome.State));
        Assert.Equal((15, 8), (outcome.TicketSerial.Length, outcome.ControlCode.Length));
        Assert.Equal((long)outcome.Number, _bench.Database.LastNumber);
    }

    [Fact]
    public void The_stake_may_be_the_maximum_in_either_form()
    {
        Assert.Equal(ResultCode.Accepted, _bench.Do(Messages.Wager(1, 1, Messages.Line(stake: 500))).Code);
        var value = Messages.Line() with { StakeForm = StakeForm.Value, Stake = 100_000, AmountCents = 100_000 };
        Assert.Equal(100_000, _bench.Do(Messages.Wager(1, 2, value)).AmountCents);
    }

    [Fact]
    public void Unknown_draws_are_named_and_tickets_not_payable_yet()
    {
        var ticket = _bench.Do(Messages.Wager(1, 1));
        byte[] code = System.Text.Encoding.ASCII.GetBytes(ticket.ControlCode);
        Pay Pay(long sequence, ulong number, byte[] control) => new(Messages.Name(1, sequence), 1, 5, number, control, false);
        Assert.Equal(ResultCode.NotPayableYet, _bench.Do(Pay(2, ticket.Number, code)).Code);
        Assert.Equal(ResultCode.BadControlCode, _bench.Do(Pay(3, ticket.Number, [.. code[..7], (byte)'?'])).Code);
        Assert.Equal(ResultCode.BadControlCode, _bench.Do(Pay(4, ticket.Number, [])).Code);
        Assert.Equal(ResultCode.TicketUnknown, _bench.Do(Pay(5, 9999, code)).Code);
        Assert.Equal(ResultCode.TicketUnknown, _bench.Do(Pay(6, ulong.MaxValue, code)).Code);
        Assert.Equal(ResultCode.TicketUnknown, _bench.Do(Pay(7, 1, code)).Code);
        _bench.Take(Frame.Encode(Messages.Cancel(1, 8, ticket.Number)));
        Assert.Equal(ResultCode.AlreadyCancelled, _bench.Do(Pay(9, ticket.Number, code)).Code);
        Assert.Equal(ResultCode.UnknownDraw, _bench.Do(new DrawRegister(Messages.Name(1, 10), 1, 1, new byte[32], 0)).Code);
        Assert.Equal(ResultCode.UnknownDraw, _bench.Do(new DrawWithdraw(Messages.Name(1, 11), 1, 1, new byte[32])).Code);
    }

    private void PrepareRaces()
    {
        uint admin = TestShard.Admin;
        foreach (var race in new[] { Draft, Suspended, Stopped })
        {
            _bench.Take(Frame.Encode(Messages.DefineRace(admin, _bench.Next(admin), race)));
        }

        _bench.Take(Messages.RaceControl(MessageType.RaceOpen, admin, _bench.Next(admin), Suspended));
        _bench.Take(Messages.RaceControl(MessageType.RaceSuspend, admin, _bench.Next(admin), Suspended));
        _bench.Take(Messages.RaceControl(MessageType.RaceOpen, admin, _bench.Next(admin), Stopped));
        _bench.Take(Messages.RaceControl(MessageType.RaceStop, admin, _bench.Next(admin), Stopped));
        _bench.Take(Messages.RaceControl(MessageType.RaceScratch, admin, _bench.Next(admin), runner: 9));
    }
}
