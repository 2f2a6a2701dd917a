using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Tests.Validation;

/// <summary>A small day that fits, and one fault in it at a time.</summary>
public class DayReplayTests
{
    private const uint Seller = 1001;
    private const uint OtherOutlet = 1009;
    private static readonly RaceId First = new(20261122, 1, 1);
    private static readonly RaceId Second = new(20261122, 1, 2);

    private readonly DayJournal _day = new();
    private readonly Dictionary<uint, ulong> _sequences = [];
    private ulong _number = 1;

    [Fact]
    public void A_day_that_fits_passes_and_its_pools_add_up()
    {
        ulong kept = Sell(First, 400);
        ulong cancelled = Sell(First, 600);
        Decide(Seller, MessageType.Cancel, new CancelFact(cancelled, 1), ResultCode.Accepted, 600);
        Decide(Seller, MessageType.Pay, new PayFact(kept, true, false), ResultCode.NotPayableYet);
        Control(MessageType.RaceStop, new RaceFact(First));
        Decide(Seller, MessageType.Wager, Wager(First, 200), ResultCode.RaceClosed);
        Decide(Seller, MessageType.Cancel, new CancelFact(kept, 1), ResultCode.CancelAfterStop);
        Control(MessageType.RacePublish, new RaceFact(First));
        Decide(OtherOutlet, MessageType.Pay, new PayFact(kept, true, false), ResultCode.Accepted, 1_740);
        Decide(Seller, MessageType.Pay, new PayFact(kept, true, false), ResultCode.AlreadyPaid);

        var (check, replay) = Run();

        Assert.True(check.Holds, string.Join("; ", check.Examples));
        var pool = Assert.Single(replay.Pools);
        Assert.Equal(((First, (ushort)1), 1_000L, 600L), (pool.Key, pool.Value.TakenCents, pool.Value.UndoneCents));
        Assert.Equal((1_740, 1), (replay.PaidCents, replay.Late));
    }

    [Fact]
    public void A_ticket_taken_after_the_stop_is_found()
    {
        Control(MessageType.RaceStop, new RaceFact(First));
        Sell(First, 400);

        AssertFound("expected RaceClosed");
    }

    [Fact]
    public void A_ticket_taken_after_a_race_stopped_by_itself_is_found()
    {
        ulong stop = _number++;
        Sell(First, 400);

        AssertFound("expected RaceClosed", new SelfStop(stop, First));
    }

    [Fact]
    public void A_ticket_refused_before_the_stop_is_found()
    {
        Decide(Seller, MessageType.Wager, Wager(First, 400), ResultCode.RaceClosed);
        Control(MessageType.RaceStop, new RaceFact(First));

        AssertFound("expected Accepted 400");
    }

    [Fact]
    public void Another_amount_is_found()
    {
        Decide(Seller, MessageType.Wager, Wager(First, 400), ResultCode.Accepted, 200);

        AssertFound("expected Accepted 400, answered Accepted 200");
    }

    [Fact]
    public void A_bet_on_a_scratched_runner_is_found()
    {
        Control(MessageType.RaceScratch, new RaceFact(First, Runner: 3));
        Sell(First, 400);

        AssertFound("expected RunnerScratched");
    }

    [Fact]
    public void A_second_payment_is_found()
    {
        ulong ticket = Sell(First, 400);
        Settle(First);
        Decide(Seller, MessageType.Pay, new PayFact(ticket, true, false), ResultCode.Accepted, 900);
        Decide(Seller, MessageType.Pay, new PayFact(ticket, true, false), ResultCode.Accepted, 900);

        AssertFound("expected AlreadyPaid");
    }

    [Fact]
    public void A_payment_before_every_race_of_the_ticket_is_settled_is_found()
    {
        ulong ticket = Sell(Wager(First, 400) with { Lines = [.. Wager(First, 400).Lines, .. Wager(Second, 400).Lines] }, 800);
        Settle(First);
        Decide(Seller, MessageType.Pay, new PayFact(ticket, true, false), ResultCode.Accepted, 900);

        AssertFound("expected NotPayableYet");
    }

    [Fact]
    public void A_cancelled_race_that_does_not_give_the_whole_stake_back_is_found()
    {
        ulong ticket = Sell(First, 400);
        Control(MessageType.RaceCancel, new RaceFact(First));
        Decide(Seller, MessageType.Pay, new PayFact(ticket, true, false), ResultCode.TicketLost);

        AssertFound("expected Accepted 400");
    }

    [Fact]
    public void A_cancellation_in_another_outlet_or_a_second_one_is_found()
    {
        ulong ticket = Sell(First, 400);
        Decide(OtherOutlet, MessageType.Cancel, new CancelFact(ticket, 2), ResultCode.Accepted, 400);

        AssertFound("expected CancelOtherOutlet");
    }

    [Fact]
    public void A_ticket_reversed_after_the_stop_without_a_supervisor_is_found()
    {
        Sell(First, 400);
        Control(MessageType.RaceStop, new RaceFact(First));
        Decide(Seller, MessageType.Reversal, new ReversalFact(1, 400), ResultCode.Accepted, 400);

        AssertFound("expected ReversalToSupervisor");
    }

    [Fact]
    public void A_barred_player_who_plays_and_a_limit_that_is_passed_are_found()
    {
        byte[] barred = new byte[32];
        byte[] limited = [.. Enumerable.Repeat((byte)7, 32)];
        Control(MessageType.PlayersBar, new BarFact([new BarredPlayer(barred, PlayerBar.Banned, 0)]));
        Control(MessageType.PlayerLimit, new LimitFact(new PlayerLimit(default, default, limited, 500, long.MaxValue, long.MaxValue)));
        Sell(Wager(First, 400) with { Player = barred }, 400);
        Sell(Wager(First, 400) with { Player = limited }, 400);
        Sell(Wager(First, 400) with { Player = limited }, 400);

        var (check, _) = Run();

        Assert.Equal(2, check.Differences);
        Assert.Contains(check.Examples, example => example.Contains("expected PlayerBanned", StringComparison.Ordinal));
        Assert.Contains(check.Examples, example => example.Contains("expected PlayerLimitReached", StringComparison.Ordinal));
    }

    [Fact]
    public void A_voucher_redeemed_twice_is_found()
    {
        ulong voucher = Decide(Seller, MessageType.VoucherIssue, new VoucherFact(2_000), ResultCode.Accepted, 2_000);
        Decide(OtherOutlet, MessageType.VoucherRedeem, new RedeemFact(voucher, true), ResultCode.Accepted, 2_000);
        Decide(OtherOutlet, MessageType.VoucherRedeem, new RedeemFact(voucher, true), ResultCode.Accepted, 2_000);

        AssertFound("expected AlreadyPaid");
    }

    private static WagerFact Wager(RaceId race, long cents) => new(
        [new WagerLine(race, 1, Formula.Unit, false, false, 0, 0, StakeForm.Value, cents, cents, [3], [], [])], ResultCode.Accepted, PaymentMeans.Cash, [],
        false);

    private static RaceDefine Race(RaceId race) => new(
        default, default, race, 1, 1, 10, [new PoolDefinition(1, 200, 1_000_000, BetPrice.TakesCombined, [], [])]);

    private ulong Sell(RaceId race, long cents) => Sell(Wager(race, cents), cents);

    private ulong Sell(WagerFact wager, long cents) => Decide(Seller, MessageType.Wager, wager, ResultCode.Accepted, cents);

    private void Settle(RaceId race)
    {
        Control(MessageType.RaceStop, new RaceFact(race));
        Control(MessageType.RacePublish, new RaceFact(race));
    }

    private void Control(MessageType type, DayFact fact) => Decide(2, type, fact, ResultCode.Accepted);

    private ulong Decide(uint source, MessageType type, DayFact fact, ResultCode code, long cents = 0)
    {
        ulong number = _number++;
        _sequences[source] = _sequences.GetValueOrDefault(source) + 1;
        _day.Add(
            source,
            new Outcome(source, _sequences[source], type, code, false, PresentState.None, number, 1, 20261122, cents, 0, 0, 0, BodyField.None, "", "", []),
            fact);
        return number;
    }

    private void AssertFound(string what, params SelfStop[] stops)
    {
        var (check, _) = Run(stops);
        Assert.Equal(1, check.Differences);
        Assert.Contains(what, Assert.Single(check.Examples), StringComparison.Ordinal);
    }

    private (CheckResult Check, DayReplay Replay) Run(params SelfStop[] stops)
    {
        _day.Merge();
        var replay = new DayReplay([Race(First), Race(Second)], [(Seller, 1), (OtherOutlet, 2)]);
        return (Assert.Single(replay.Run(_day, stops)), replay);
    }
}
