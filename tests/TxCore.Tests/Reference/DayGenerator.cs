using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>What happens next: time passes, and a frame arrives or none does.</summary>
internal sealed record Step(long WaitMicroseconds, Submission? Submission)
{
    /// <summary>A source that logs on again at that time; 0 for none.</summary>
    public uint Reconnect { get; init; }
}

/// <summary>Makes up what happens; it looks at the reference to know what would make sense.</summary>
internal interface IStepGenerator
{
    /// <summary>The next step; <paramref name="now"/> is the host's clock.</summary>
    Step Next(long now);

    /// <summary>Takes note of what was decided.</summary>
    void Note(Submission submission, Decision decision);
}

/// <summary>
/// Random racing days, one after the other: races are defined and opened, sold, stopped, scratched, run, published and paid, with wrong and
/// repeated transactions in between. It looks at the reference to know what would make sense; what it makes depends on the seed alone.
/// </summary>
internal sealed class DayGenerator(Random random, ReferenceShard reference, int racesPerDay, int stepsPerDay) : IStepGenerator
{
    public const uint Admin = 9000;
    private const long Second = 1_000_000;

    /// <summary>Terminals of three outlets.</summary>
    public static readonly uint[] Terminals = [11, 12, 21, 22, 31];

    /// <summary>A race that nobody defined, for when there is none.</summary>
    private static readonly ReferenceRace Nowhere = new(new RaceId(20250101, 1, 1)) { RunnerCount = 3 };

    private readonly WagerGenerator _wagers = new(random);
    private readonly byte[][] _players = [.. Enumerable.Range(1, 25).Select(static i => Enumerable.Repeat((byte)i, 32).ToArray())];
    private readonly List<ReferenceRace> _day = [];
    private readonly List<Ticket> _tickets = [];
    private readonly List<Ticket> _disputed = [];
    private readonly Queue<Ticket> _toPay = new();
    private readonly List<Submission> _sent = [];
    private readonly Queue<Func<Step>> _script = new();
    private int _days;
    private int _stepsLeft;
    private int _resolveTriesLeft;
    private long _now;

    /// <summary>True while steps follow that belong together.</summary>
    public bool IsInScript => _script.Count > 0;

    /// <inheritdoc/>
    public Step Next(long now)
    {
        _now = now;
        if (_script.Count > 0)
        {
            return _script.Dequeue()();
        }

        if (_stepsLeft-- > 0)
        {
            return Any();
        }

        return Unresolved() is { } race && _resolveTriesLeft-- > 0 ? Settle(race) : NextDay();
    }

    /// <inheritdoc/>
    public void Note(Submission submission, Decision decision)
    {
        _sent.Add(submission);
        if (decision.Ticket is { } ticket)
        {
            _tickets.Add(ticket);
        }

        if (decision.Ruling.Code == ResultCode.ReversalToSupervisor && reference.ByNumber[(long)decision.Reference].Ticket is { } disputed)
        {
            _disputed.Add(disputed);
        }

        if (decision.Ruling.IsAccepted && submission.Message is RacePublish publish)
        {
            // Everything that may be payable now, twice.
            foreach (var payable in reference.Races[publish.Race].Tickets.Where(ticket => random.Next(100) < 70))
            {
                _toPay.Enqueue(payable);
            }
        }
    }

    private Step Any() => random.Next(1000) switch
    {
        < 400 => At(IsAnyOpen() || Chance(15) ? Wager() : Pay()),
        < 440 => At(Cancel()),
        < 490 => At(Reversal()),
        < 720 => At(Pay()),
        < 740 => At(Send(new VoucherIssue(Header(Terminal()), 1, 0, Choose(-1L, 0, 100, 500, 5_000, 25_000)))),
        < 765 => At(Redeem()),
        < 855 => At(Plausible(RaceOfDay())),
        < 880 => At(AnyControl(RaceOfDay())),
        < 905 => At(Resolve()),
        < 912 => At(Bar()),
        < 925 => At(Limit()),
        < 940 => At(CarryIn()),
        < 960 => At(Again()),
        < 967 => At(Gap()),
        < 974 => At(Malformed()),
        < 977 => At(Send(new TimeConfirm(Header(Admin, allowsDeadline: false), Control(), _now))),
        < 980 => new Step(random.Next(300, 1_200) * Second, null),
        < 983 => new Step(-random.Next(1, 120) * Second, null),
        _ => new Step(random.Next(0, 20_000_000), null),
    };

    private Step At(Submission submission) => new(Chance(60) ? random.Next(0, 2_000_000) : 0, submission);

    private Step NextDay()
    {
        _day.Clear();
        _stepsLeft = stepsPerDay;
        _resolveTriesLeft = racesPerDay * 8;
        if (_days++ > 0)
        {
            SkipNight();
        }

        for (int i = 0; i < racesPerDay; i++)
        {
            int index = i;
            _script.Enqueue(() => At(Define(index)));
            _script.Enqueue(() => At(ControlRace(MessageType.RaceOpen, reference.Races.Count > 0 ? reference.Races.Keys.Last() : default)));
        }

        return _script.Dequeue()();
    }

    /// <summary>Half of the nights the clock steps by more than is believed at once, and is confirmed.</summary>
    private void SkipNight()
    {
        if (Chance(50))
        {
            for (int i = 0; i < 4; i++)
            {
                _script.Enqueue(() => new Step((5 * 3600 * Second) + random.Next(0, 1_000_000), Chance(50) ? Wager() : null));
            }

            return;
        }

        _script.Enqueue(() => new Step(random.Next(7, 30) * 3600 * Second, null));
        _script.Enqueue(() => At(Wager()));
        _script.Enqueue(() => Confirm(Control() with { Actor = (uint)random.Next(2) }, _now));
        _script.Enqueue(() => Confirm(Control(), _now + Choose(0, 30 * 3600 * Second)));
        _script.Enqueue(() => At(Pay()));
        _script.Enqueue(() => Confirm(Control(), _now));
    }

    private Step Confirm(ControlHeader control, long time) =>
        new(0, Send(new TimeConfirm(Header(Admin, allowsDeadline: false), control, time)));

    private Submission Define(int index)
    {
        int day = ReferenceShard.DayOf(_now, reference.Rules);
        var id = new RaceId((uint)day, (byte)(index < 3 ? 1 : 2), (byte)((index % 3) + 1));
        while (reference.Races.ContainsKey(id))
        {
            id = id with { Meeting = (byte)(id.Meeting + 2) };
        }

        // A step takes some three seconds.
        long slot = stepsPerDay * 2_600_000L / (racesPerDay + 1);
        long stop = _now + (slot * (index + 1)) + random.NextInt64(slot);
        byte runners = (byte)(Chance(80) ? random.Next(4, 10) : Choose(1, 2, 3, 11, 12, 14, 16, 20));
        var define = new RaceDefine(Header(Admin, allowsDeadline: false), Control(), id, stop, stop, runners, _wagers.Pools());
        return Send(define);
    }

    private ReferenceRace RaceOfDay()
    {
        _day.RemoveAll(race => !reference.Races.ContainsKey(race.Id));
        foreach (var race in reference.Races.Values.Where(race => race.Id.Day == (uint)reference.BusinessDay && !_day.Contains(race)))
        {
            _day.Add(race);
        }

        return _day.Count > 0 ? _day[random.Next(_day.Count)] : reference.Races.Values.LastOrDefault() ?? Nowhere;
    }

    private ReferenceRace? Unresolved() => reference.Races.Values.Where(static race => !race.IsPublished)
        .OrderBy(static race => race.Id.Value).FirstOrDefault();

    private Submission Wager()
    {
        RaceOfDay();
        var all = reference.Races.Values.DefaultIfEmpty(Nowhere).ToList();
        var open = all.FindAll(static race => race.Status == RaceStatus.Open);
        return Send(_wagers.Wager(Header(Terminal()), open, all, _players));
    }

    private bool IsAnyOpen() => reference.Races.Values.Any(static race => race.Status == RaceStatus.Open);

    private Submission Cancel()
    {
        var ticket = Chance(70) ? Recent() : AnyTicket();
        uint source = ticket is not null && Chance(85) ? (ticket.Decision.Source / 10 * 10) + (uint)random.Next(1, 3) : Terminal();
        source = Terminals.Contains(source) ? source : Terminal();
        ulong number = Number(ticket);
        return Send(new Cancel(Header(source), 1, 0, number, 0));
    }

    private Submission Reversal()
    {
        uint source = Terminal();
        long next = reference.Next(source);
        long original = random.Next(100) switch
        {
            < 8 => next,
            < 10 => next + 1,
            < 11 => 0,
            < 90 => random.NextInt64(Math.Max(1, next - 30), next + 1),
            _ => random.NextInt64(1, next + 1),
        };
        long amount = original > 0 && original < next ? reference.Decisions[source][(int)original - 1].AmountCents : 0;
        return Send(new Reversal(Header(source), 1, 0, (ulong)original, amount + (Chance(8) ? 1 : 0), 4021));
    }

    private Submission Pay()
    {
        Ticket? ticket = null;
        if (Chance(85) && _toPay.Count > 0)
        {
            ticket = _toPay.Dequeue();
            if (Chance(40))
            {
                _toPay.Enqueue(ticket);
            }
        }

        ticket ??= AnyTicket();
        return Send(new Pay(Header(Terminal()), 1, 0, Number(ticket), Code(ticket), Chance(75)));
    }

    private Submission Redeem()
    {
        var vouchers = _tickets.FindAll(static ticket => ticket.Wager is null && ticket.State == PresentState.Live);
        var voucher = vouchers.Count > 0 && Chance(75) ? vouchers[random.Next(vouchers.Count)] : AnyTicket();
        return Send(new VoucherRedeem(Header(Terminal()), 1, 0, Number(voucher), Code(voucher)));
    }

    private Submission Resolve()
    {
        _disputed.RemoveAll(static ticket => ticket.State != PresentState.Disputed);
        var ticket = _disputed.Count > 0 && Chance(75) ? _disputed[random.Next(_disputed.Count)] : AnyTicket();
        return Send(new SupervisorResolve(Header(Admin), Control(), Number(ticket), Chance(60)));
    }

    /// <summary>A control that the race's state asks for, mostly.</summary>
    private Submission Plausible(ReferenceRace race)
    {
        int roll = random.Next(100);
        switch (race.Status)
        {
            case RaceStatus.Draft or RaceStatus.Suspended when roll < 80:
                return ControlRace(MessageType.RaceOpen, race.Id);
            case RaceStatus.Suspended or RaceStatus.Open when roll < 86:
                return roll < 60
                    ? Wager()
                    : ControlRace(roll < 70 ? MessageType.RaceSuspend : MessageType.RaceScratch, race.Id, AnyRunner(race));
            case RaceStatus.Open when roll < 90:
                return Postpone(race);
            case RaceStatus.Open:
                return ControlRace(roll < 97 ? MessageType.RaceStop : MessageType.RaceCancel, race.Id);
            case RaceStatus.Stopped when roll < 12:
                return Reopen(race);
            case RaceStatus.Stopped or RaceStatus.Provisional when roll < 20:
                return ControlRace(MessageType.RaceScratch, race.Id, AnyRunner(race));
            case RaceStatus.Stopped or RaceStatus.Provisional:
                return roll < 24 ? ControlRace(MessageType.RaceCancel, race.Id) : Result(race, roll < 50 ? ResultStage.Provisional : ResultStage.Official);
            case RaceStatus.Official:
                return roll < 20 ? Result(race, ResultStage.Official) : Publish(race);
            case RaceStatus.Cancelled or RaceStatus.Postponed when !race.IsPublished:
                return Publish(race);
            default:
                return Wager();
        }
    }

    /// <summary>Leads a race to its end.</summary>
    private Step Settle(ReferenceRace race) => At(race.Status switch
    {
        RaceStatus.Draft => ControlRace(MessageType.RaceCancel, race.Id),
        RaceStatus.Open or RaceStatus.Suspended => ControlRace(MessageType.RaceStop, race.Id),
        RaceStatus.Stopped or RaceStatus.Provisional => Result(race, ResultStage.Official),
        _ => Publish(race),
    });

    private Submission AnyControl(ReferenceRace race) => random.Next(10) switch
    {
        0 => ControlRace(MessageType.RaceOpen, race.Id),
        1 => ControlRace(MessageType.RaceSuspend, race.Id),
        2 => Reopen(race),
        3 => ControlRace(MessageType.RaceScratch, race.Id, (byte)random.Next(0, 33)),
        4 => Postpone(race),
        5 => Result(race, (ResultStage)random.Next(0, 4)),
        6 => Chance(25) ? Publish(race) : ControlRace(MessageType.RaceCancel, race.Id with { Meeting = 50 }),
        7 => Define(random.Next(racesPerDay)) is var define && Chance(50) ? define : Again(),
        8 => ControlRace(MessageType.RaceStop, race.Id with { Race = 77 }),
        _ => WrongDefinition(race),
    };

    private Submission WrongDefinition(ReferenceRace race)
    {
        var pools = _wagers.Pools();
        var id = Chance(30) ? race.Id : race.Id with { Meeting = 99 };
        if (pools.Length > 0)
        {
            ref var pool = ref pools[random.Next(pools.Length)];
            pool = random.Next(7) switch
            {
                0 => pool with { Pool = (ushort)(pool.Pool + 1000) },
                1 => pool with { BaseStakeCents = 0 },
                2 => pool with { MaximumCents = pool.BaseStakeCents - 1 },
                3 => pool with { TakeoutBasisPoints = 10_001 },
                4 => pool with { RunnersMin = 31 },
                5 => pool with { Risks = [8] },
                _ => pool with { Pool = pools[0].Pool == pool.Pool ? (ushort)0 : pools[0].Pool },
            };
        }

        id = Chance(20) ? id with { Meeting = 100 } : id;
        byte runners = (byte)(pools.Length > 0 ? random.Next(1, 30) : Choose(0, 32));
        return Send(new RaceDefine(Header(Admin), Control(), id, 1, Chance(80) ? _now : 0, runners, pools));
    }

    private Submission Postpone(ReferenceRace race)
    {
        long until = random.Next(10) switch
        {
            0 => 0,
            1 => _now - Second,
            2 => _now + (24 * 3600 * Second),
            _ => race.LatestStopAt + (random.Next(-300, 1_200) * Second),
        };
        return SendControl(MessageType.RacePostpone, new RaceControl(Header(Admin), Control(), race.Id, 0, until));
    }

    private Submission Reopen(ReferenceRace race) => SendControl(
        MessageType.RaceReopen, new RaceControl(Header(Admin), Control(), race.Id, 0, _now + (random.Next(-60, 900) * Second)));

    private Submission ControlRace(MessageType type, RaceId race, byte runner = 0) =>
        SendControl(type, new RaceControl(Header(Admin), Control(), race, runner, 0));

    private Submission Result(ReferenceRace race, ResultStage stage) =>
        Send(new RaceResult(Header(Admin), Control(), race.Id, stage, _wagers.Finish(race)));

    private Submission Publish(ReferenceRace race)
    {
        var method = Chance(97) ? DividendMethod.EqualSplit : (DividendMethod)3;
        OfficialPool[] pools = Chance(97) ? [] : [new OfficialPool(1, false, false, [])];
        return Send(new RacePublish(Header(Admin), Control(), race.Id, method, pools));
    }

    private Submission CarryIn()
    {
        var funds = reference.CarryOvers.Where(static pair => pair.Value > 0).ToList();
        var race = RaceOfDay();
        if (funds.Count == 0)
        {
            return Send(new PoolCarryIn(Header(Admin), Control(), race.Id, 1, 100));
        }

        var (pool, cents) = funds[random.Next(funds.Count)];
        return Send(new PoolCarryIn(Header(Admin), Control(), race.Id, pool, Choose(cents, (cents / 2) + 1, cents + 1, 0)));
    }

    private Submission Bar()
    {
        bool goesOn = reference.Players.CollectedVersion != 0 && Chance(60);
        uint version = goesOn ? reference.Players.CollectedVersion : Chance(85) ? reference.Players.ListVersion + 1 : (uint)random.Next(0, 4);
        var players = Enumerable.Range(0, random.Next(0, 4)).Select(_ => new BarredPlayer(
            _players[random.Next(_players.Length)],
            Chance(2) ? (PlayerBar)7 : (PlayerBar)Choose(0, 0, 0, 1, 2),
            _now + (random.Next(-5, 30) * 3600 * Second)));
        return Send(new PlayersBar(Header(Admin), Control(), version, !goesOn && Chance(40), Chance(70), [.. players]));
    }

    private Submission Limit() => Send(new PlayerLimit(
        Header(Admin),
        Control(),
        _players[random.Next(_players.Length)],
        Choose(5_000L, 20_000, 60_000, long.MaxValue, 0),
        Choose(20_000L, 60_000, long.MaxValue),
        Choose(100_000L, 300_000, long.MaxValue, Chance(5) ? -1 : 50_000)));

    /// <summary>A frame once more, or another one under its sequence.</summary>
    private Submission Again()
    {
        if (_sent.Count == 0)
        {
            return Wager();
        }

        var old = Chance(70) ? _sent[random.Next(Math.Max(0, _sent.Count - 200), _sent.Count)] : _sent[random.Next(_sent.Count)];
        if (Chance(75) || old.Header.Source == Admin)
        {
            return old;
        }

        ulong sequence = old.Header.Sequence;
        return Chance(50)
            ? Send(new Reversal(new TransactionHeader(old.Header.Source, sequence, 0), 1, 0, sequence, 0, 4021))
            : Send(new Cancel(new TransactionHeader(old.Header.Source, sequence, 0), 1, 0, 1, 0));
    }

    private Submission Gap()
    {
        uint source = Terminal();
        return Send(new Cancel(new TransactionHeader(source, (ulong)(reference.Next(source) + random.Next(1, 5)), 0), 1, 0, 1, 0));
    }

    private Submission Malformed()
    {
        var whole = random.Next(5) switch
        {
            0 => Wager(),
            1 => Pay(),
            2 => Result(RaceOfDay(), ResultStage.Official),
            3 => Publish(RaceOfDay()),
            _ => Bar(),
        };
        int body = whole.Frame.Length - Wire.HeaderBytes - Wire.TransactionHeaderBytes;
        byte[] cut = whole.Frame[..^random.Next(whole.Type == MessageType.Pay ? body - 16 : 1, body + 1)];
        Frame.WriteHeader(cut, whole.Type, cut.Length - Wire.HeaderBytes);
        return whole with { Message = null, Frame = cut };
    }

    private Ticket? Recent() => _tickets.Count == 0 ? null : _tickets[random.Next(Math.Max(0, _tickets.Count - 60), _tickets.Count)];

    private Ticket? AnyTicket() => _tickets.Count == 0 ? null : _tickets[random.Next(_tickets.Count)];

    private ulong Number(Ticket? ticket) => ticket is not null && !Chance(4)
        ? (ulong)ticket.Number
        : Choose(0UL, ulong.MaxValue, (ulong)random.NextInt64(1, reference.LastNumber + 20));

    private byte[] Code(Ticket? ticket) => ticket is null || Chance(5)
        ? Choose<byte[]>([], "00000000"u8.ToArray(), "ABCDEFGHJKMNPQRS"u8.ToArray())
        : Encoding.ASCII.GetBytes(reference.ControlCodeOf(ticket.Decision));

    private byte AnyRunner(ReferenceRace race) => (byte)random.Next(1, race.RunnerCount + 1);

    private uint Terminal() => Terminals[random.Next(Terminals.Length)];

    private TransactionHeader Header(uint source, bool allowsDeadline = true)
    {
        long deadline = !allowsDeadline || Chance(96) ? 0 : _now + (random.Next(-10, 30) * Second);
        return new TransactionHeader(source, (ulong)reference.Next(source), deadline);
    }

    private ControlHeader Control() => Chance(2) ? new ControlHeader(0, 43, 1) : new ControlHeader(42, Choose<uint>(43, 43, 43, 43, 43, 43, 42, 0), 1);

    private static Submission Send<T>(T message)
        where T : IMessage<T> => Submission.Of(message);

    private static Submission SendControl(MessageType type, RaceControl control) => new(type, control.Header, control, control.Encode(type));

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Choose<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
