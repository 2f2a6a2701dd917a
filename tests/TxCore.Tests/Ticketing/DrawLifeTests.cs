using System.Security.Cryptography;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Ticketing;

/// <summary>A draw from its definition to its end, in the sequence (<c>domain.md</c> section 3.3).</summary>
public sealed class DrawLifeTests
{
    private static readonly byte[][] Ten = [.. Enumerable.Range(1, 10).Select(TicketOffice.Person)];
    private static readonly CellDefinition Cell = new(1, 1, 500, 50, 0, 6);
    private readonly TicketOffice _office = new();

    private static (MessageType Step, DrawStatus From)[] Steps =>
    [
        (MessageType.DrawOpen, DrawStatus.Draft), (MessageType.DrawClose, DrawStatus.Open), (MessageType.DrawFreeze, DrawStatus.Closed),
        (MessageType.DrawRun, DrawStatus.Frozen), (MessageType.DrawPublish, DrawStatus.Drawn), (MessageType.DrawWave, DrawStatus.Published),
    ];

    [Fact]
    public async Task The_vector_of_the_domain_comes_out_of_the_sequence()
    {
        var office = new TicketOffice { DrawName = "TXC-DRAW-DEMO-1" };
        office.DefineDraw();
        office.Step(MessageType.DrawOpen);
        Array.ForEach([.. Ten.Reverse()], person => office.Register(person));
        office.Step(MessageType.DrawClose);
        var freeze = office.Freeze("witness", Ten);
        Assert.Equal("b10e490964c9e4d2aa36077f202ee99ef0a25f53f2aaae82fd37fa969737ebc7", Convert.ToHexStringLower(freeze.Root));
        Assert.Equal("39b74913854bc7b841bd8d24c8d0b5cdbb4c91eac24d5dcfc02deb19191cc800", Convert.ToHexStringLower(freeze.Commitment));
        Assert.Equal(ResultCode.Accepted, office.Bench.Do(freeze).Code);
        byte[] randomness = Convert.FromHexString("647c07b2abbf7ff2afb4d670214f565e5cd9f9c91bfdcecb59a21f3c78d73920");
        Assert.Equal(ResultCode.Accepted, office.Bench.Do(office.Run(randomness)).Code);
        string[] sorted = [.. Ten.Select(Convert.ToHexString).Order(StringComparer.Ordinal)];
        Assert.Equal([9, 8, 3, 2, 6, 0, 4, 7, 5, 1], office.Order().Select(person => Array.IndexOf(sorted, Convert.ToHexString(person))));
        await office.CheckReplayAsync();
    }

    [Fact]
    public void Every_step_is_refused_out_of_its_turn_and_nothing_follows_the_end()
    {
        Assert.Equal(ResultCode.UnknownDraw, _office.Step(MessageType.DrawOpen));
        _office.DefineDraw();
        Assert.Equal(ResultCode.DrawExists, _office.DefineDraw());
        _office.Sell(5, new SaleTerms(TicketOffice.Draw, 0, 0, 0, 0, 0), Cell);
        foreach (var (step, from) in Steps)
        {
            Assert.Equal(from, _office.Bench.State.Draws[TicketOffice.Draw].Status);
            foreach (var (other, at) in Steps)
            {
                Assert.True(at == from || Take(other) == ResultCode.DrawStateInvalid, $"{other} of a draw that is {from}");
            }

            Assert.Equal(from == DrawStatus.Open ? ResultCode.Accepted : ResultCode.DrawNotOpen, _office.Register(TicketOffice.Person(1)).Code);
            Assert.Equal(ResultCode.Accepted, Take(step));
        }

        Assert.Equal(ResultCode.DrawStateInvalid, _office.Step(MessageType.DrawEnd));
        _office.Bench.Take(Messages.SaleControl(MessageType.SaleClose, TicketOffice.Admin, _office.Bench.Next(TicketOffice.Admin), 5));
        Assert.Equal(ResultCode.Accepted, _office.Step(MessageType.DrawEnd));
        Assert.Equal(ResultCode.DrawStateInvalid, _office.Step(MessageType.DrawEnd));
        Assert.Equal(ResultCode.DrawStateInvalid, _office.Exclude(TicketOffice.Person(1)));
        Assert.Equal(0, _office.Bench.State.Draws[TicketOffice.Draw].Entries.Count);
    }

    [Fact]
    public void Registration_is_once_per_person_with_consent_until_the_draw_closes_by_itself()
    {
        _office.DefineDraw(entriesMax: 2, consent: 3, personMax: 2, closesInSeconds: 50);
        _office.Sell(5, default, Cell);
        _office.Step(MessageType.DrawOpen);
        Assert.Equal((ResultCode.ConsentMissing, BodyField.Consent), Fault(_office.Register(Ten[0], 1)));
        Assert.Equal(ResultCode.Accepted, _office.Register(Ten[0], 7).Code);
        Assert.Equal((ResultCode.AlreadyRegistered, BodyField.Person), Fault(_office.Register(Ten[0], 7)));
        Assert.Equal((ResultCode.NotRegistered, BodyField.Person), Fault(_office.Withdraw(Ten[1])));
        Assert.Equal(ResultCode.Accepted, _office.Withdraw(Ten[0]).Code);
        Assert.Equal(ResultCode.NotRegistered, _office.Withdraw(Ten[0]).Code);
        Assert.Equal(ResultCode.Accepted, _office.Hold(5, Ten[1], new HoldLine(1, 1, 2, 0)).Code);
        Assert.Equal((ResultCode.PersonCapReached, BodyField.Person), Fault(_office.Register(Ten[1], 3)));
        Assert.Equal(ResultCode.Accepted, _office.Register(Ten[2], 3).Code);
        Assert.Equal((ResultCode.DrawFull, BodyField.List), Fault(_office.Register(Ten[3], 3)));
        Assert.Equal(ResultCode.Accepted, _office.Register(Ten[0], 3).Code);
        Assert.Equal(ResultCode.Accepted, _office.Exclude(Ten[2], Ten[4]));
        Assert.Equal((ResultCode.PersonExcluded, BodyField.Person), Fault(_office.Withdraw(Ten[2])));
        Assert.Equal((ResultCode.PersonExcluded, BodyField.Person), Fault(_office.Register(Ten[4], 3)));
        _office.Bench.Now = _office.Bench.State.Draws[TicketOffice.Draw].ClosesAt;
        Assert.Equal((ResultCode.DrawNotOpen, BodyField.Draw), Fault(_office.Withdraw(Ten[0])));
        Assert.Contains(_office.Bench.Work.Due, static due => due.Entry.Kind == MessageType.DrawCloseDue);
    }

    [Fact]
    public void A_freeze_needs_two_persons_the_hosts_list_and_a_beacon_that_can_be_named()
    {
        _office.DefineDraw();
        _office.Step(MessageType.DrawOpen);
        _office.Step(MessageType.DrawClose);
        Assert.Equal((ResultCode.DrawListDiffers, BodyField.List), Fault(_office.Bench.Do(_office.Freeze())));
        var office = new TicketOffice();
        office.DefineDraw();
        office.Step(MessageType.DrawOpen);
        Array.ForEach(Ten, person => office.Register(person));
        office.Withdraw(Ten[3]);
        office.Step(MessageType.DrawClose);
        var right = office.Freeze("drand-mainnet", Ten);
        Assert.Equal((ResultCode.ActorMissing, BodyField.Actor), Freeze(right with { Control = new ControlHeader(0, 43, 1) }));
        Assert.Equal((ResultCode.SecondActorNeeded, BodyField.Actor), Freeze(right with { Control = Messages.Control(42) }));
        Assert.Equal((ResultCode.DefinitionInvalid, BodyField.Beacon), Freeze(right with { BeaconChain = "a b"u8.ToArray() }));
        Assert.Equal((ResultCode.DrawListDiffers, BodyField.List), Freeze(right with { Entries = 9 }));
        Assert.Equal((ResultCode.DrawListDiffers, BodyField.List), Freeze(right with { Root = new byte[32] }));
        Assert.Equal((ResultCode.Accepted, BodyField.None), Freeze(right));

        (ResultCode Code, BodyField Field) Freeze(DrawFreeze freeze) => Fault(office.Bench.Do(freeze with { Header = office.Name(TicketOffice.Admin) }));
    }

    [Fact]
    public async Task A_run_needs_the_secret_committed_to_and_a_beacon_whose_signature_fits()
    {
        _office.DefineDraw();
        _office.Step(MessageType.DrawOpen);
        Array.ForEach(Ten, person => _office.Register(person));
        _office.Step(MessageType.DrawClose);
        _office.Bench.Take(Frame.Encode(_office.Freeze("drand-mainnet", Ten)));
        byte[] signature = [1, 2, 3];
        var right = _office.Run(SHA256.HashData(signature), signature);
        Assert.Equal((ResultCode.SecondActorNeeded, BodyField.Actor), Run(right with { Control = Messages.Control() }));
        Assert.Equal((ResultCode.SecretInvalid, BodyField.Secret), Run(right with { Secret = new byte[32] }));
        Assert.Equal((ResultCode.BeaconInvalid, BodyField.Beacon), Run(right with { Randomness = new byte[32] }));
        Assert.Equal((ResultCode.BeaconInvalid, BodyField.Beacon), Run(right with { Signature = [] }));
        Assert.All(_office.Bench.State.Draws[TicketOffice.Draw].Ranks, static rank => Assert.Equal(0, rank));
        Assert.Equal((ResultCode.Accepted, BodyField.None), Run(right));
        Assert.Equal(ResultCode.SecondActorNeeded, _office.Step(MessageType.DrawPublish, second: 0));
        await _office.CheckReplayAsync();

        (ResultCode Code, BodyField Field) Run(DrawRun run) => Fault(_office.Bench.Do(run with { Header = _office.Name(TicketOffice.Admin) }));
    }

    [Fact]
    public void Waves_follow_each_other_without_a_hole_up_to_the_last_rank()
    {
        _office.Publish(Ten).Sell(5, new SaleTerms(TicketOffice.Draw, 0, 0, 0, 0, 0), Cell).Sell(6, default, Cell);
        long now = _office.Bench.Now;
        Assert.Equal(ResultCode.WaveInvalid, _office.Wave(2, 1, 5, now, now + 10));
        Assert.Equal(ResultCode.WaveInvalid, _office.Wave(1, 0, 5, now, now + 10));
        Assert.Equal(ResultCode.WaveInvalid, _office.Wave(1, 11, 5, now, now + 10));
        Assert.Equal(ResultCode.WaveInvalid, _office.Wave(1, uint.MaxValue, 5, now, now + 10));
        Assert.Equal(ResultCode.UnknownSale, _office.Wave(1, 1, 9, now, now + 10));
        Assert.Equal(ResultCode.SaleState, _office.Wave(1, 1, 6, now, now + 10));
        Assert.Equal(ResultCode.WaveInvalid, _office.Wave(1, 1, 5, now + 10, now + 10));
        Assert.Equal(ResultCode.WaveInvalid, _office.Wave(1, 1, 5, now - 10, now));
        Assert.Equal(ResultCode.Accepted, _office.Wave(1, 4, 5, now, now + 10));
        Assert.Equal(ResultCode.Accepted, _office.Wave(2, 6, 5, now, now + 10));
        Assert.Equal(ResultCode.WaveInvalid, _office.Wave(3, 1, 5, now, now + 10));
    }

    [Fact]
    public async Task Seats_are_held_inside_the_slot_of_the_rank_only()
    {
        _office.Publish(Ten).Sell(5, new SaleTerms(TicketOffice.Draw, 0, 0, 0, 0, 0), Cell).Sell(6, new SaleTerms(TicketOffice.Draw, 0, 0, 0, 0, 0), Cell);
        byte[][] order = _office.Order();
        long startsAt = _office.Bench.Now + 10_000_000, endsAt = startsAt + 30_000_000;
        Assert.Equal((ResultCode.SlotNotOpen, BodyField.Wave), Fault(Hold(5, order[0])));
        Assert.Equal(ResultCode.Accepted, _office.Wave(1, 3, 5, startsAt, endsAt));
        _office.Bench.Now = startsAt - 1;
        Assert.Equal((ResultCode.SlotNotOpen, BodyField.Time), Fault(Hold(5, order[0])));
        _office.Bench.Now = startsAt;
        var first = Hold(5, order[0]);
        Assert.Equal((ResultCode.Accepted, endsAt), (first.Code, first.ExpiresAt));
        Assert.Equal((ResultCode.SlotNotOpen, BodyField.Wave), Fault(Hold(6, order[0])));
        Assert.Equal((ResultCode.SlotNotOpen, BodyField.Wave), Fault(Hold(5, order[3])));
        Assert.Equal((ResultCode.NotRegistered, BodyField.Person), Fault(Hold(5, TicketOffice.Person(99))));
        Assert.Equal(ResultCode.Accepted, _office.Exclude(order[1]));
        Assert.Equal((ResultCode.PersonExcluded, BodyField.Person), Fault(Hold(5, order[1])));
        _office.Bench.Now = endsAt - 1;
        Assert.Equal(endsAt, Hold(5, order[2]).ExpiresAt);
        Assert.Equal(ResultCode.Accepted, _office.Confirm(first).Code);
        _office.Bench.Now = endsAt;
        Assert.Equal((ResultCode.SlotNotOpen, BodyField.Time), Fault(Hold(5, order[2])));
        var wave = _office.Bench.State.Draws[TicketOffice.Draw].Waves[0];
        Assert.Equal((1, 2, 1), (wave.Struck, wave.Arrived, wave.Bought));
        await _office.CheckReplayAsync();
    }

    [Fact]
    public void A_person_who_withdrew_has_a_rank_and_no_slot()
    {
        _office.Publish(Ten, Ten[4]).Sell(5, new SaleTerms(TicketOffice.Draw, 0, 0, 0, 0, 0), Cell);
        Assert.Equal(ResultCode.Accepted, _office.Wave(1, 10, 5, _office.Bench.Now, _office.Bench.Now + 1_000_000));
        Assert.Contains(_office.Order(), person => person.AsSpan().SequenceEqual(Ten[4]));
        Assert.Equal((ResultCode.NotRegistered, BodyField.Person), Fault(Hold(5, Ten[4])));
        Assert.Equal(1, _office.Bench.State.Draws[TicketOffice.Draw].Waves[0].Struck);
    }

    private static (ResultCode Code, BodyField Field) Fault(Outcome outcome) => (outcome.Code, outcome.Field);

    private Outcome Hold(uint sale, byte[] person) => _office.Hold(sale, person, new HoldLine(1, 1, 1, 0));

    private ResultCode Take(MessageType step) => step switch
    {
        MessageType.DrawFreeze => _office.Bench.Do(_office.Freeze("witness", TicketOffice.Person(1))).Code,
        MessageType.DrawRun => _office.Bench.Do(_office.Run(TicketOffice.Secret)).Code,
        MessageType.DrawWave => _office.Wave(1, 1, 5, _office.Bench.Now, _office.Bench.Now + 1_000_000),
        _ => _office.Step(step),
    };
}
