using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Validation;

/// <summary>An accepted ticket.</summary>
internal sealed class HeldTicket(WagerFact wager, long amountCents, int outlet)
{
    public WagerFact Wager => wager;

    public long AmountCents => amountCents;

    public int Outlet => outlet;

    public PresentState State { get; set; } = PresentState.Live;

    public long PaidCents { get; set; }
}

/// <summary>A voucher that was sold.</summary>
internal sealed class HeldVoucher(long amountCents)
{
    public long AmountCents => amountCents;

    public PresentState State { get; set; } = PresentState.Live;
}

/// <summary>The state of a channel's day at a number, by the tool's own rules (<c>domain.md</c> sections 1.2, 1.5, 1.10, 2.1).</summary>
internal sealed class DayState(IEnumerable<RaceDefine> races)
{
    /// <summary>Mistakes that are found before the runners are looked at.</summary>
    private static readonly ResultCode[] BeforeRunners =
    [
        ResultCode.PoolNotOffered, ResultCode.WrongChannel, ResultCode.AllOrdersNotAllowed, ResultCode.SpotNotAllowed, ResultCode.RiskNotAllowed,
        ResultCode.ComplementNotAllowed,
    ];

    private readonly Dictionary<RaceId, ModelRace> _races = races.ToDictionary(race => race.Race, race => new ModelRace(race));
    private readonly Dictionary<string, PlayerBar> _bars = [];
    private readonly Dictionary<string, long> _limits = [];
    private readonly Dictionary<string, long> _staked = [];
    private readonly Dictionary<uint, int> _outlets = [];

    public Dictionary<(RaceId Race, ushort Pool), PoolSum> Pools { get; } = [];

    public Dictionary<ulong, HeldTicket> Tickets { get; } = [];

    public Dictionary<ulong, HeldVoucher> Vouchers { get; } = [];

    public long PaidCents { get; private set; }

    /// <summary>Names the outlet of a source; 0 without.</summary>
    public void Place(uint source, int outlet) => _outlets[source] = outlet;

    public long AmountOf(ulong number) => Tickets.TryGetValue(number, out var ticket) ? ticket.AmountCents
        : Vouchers.TryGetValue(number, out var voucher) ? voucher.AmountCents : 0;

    public void Stop(RaceId race) => _races[race].Status = RaceStatus.Stopped;

    public ResultCode CheckWager(WagerFact wager)
    {
        var player = CheckPlayer(wager);
        if (player != ResultCode.Accepted)
        {
            return player;
        }

        for (int i = 0; i < wager.Lines.Length; i++)
        {
            var line = CheckLine(wager.Lines[i], i == wager.Lines.Length - 1 ? wager.Wrong : ResultCode.Accepted);
            if (line != ResultCode.Accepted)
            {
                return line;
            }
        }

        string key = Convert.ToHexString(wager.Player);
        long cents = wager.Lines.Sum(line => line.AmountCents);
        return _limits.TryGetValue(key, out long limit) && cents > limit - _staked.GetValueOrDefault(key)
            ? ResultCode.PlayerLimitReached
            : ResultCode.Accepted;
    }

    public void Sell(ulong number, uint source, WagerFact wager, long cents)
    {
        Tickets.Add(number, new HeldTicket(wager, cents, _outlets.GetValueOrDefault(source)));
        Stake(wager, cents);
        foreach (var line in wager.Lines)
        {
            PoolOf(line).TakenCents += line.AmountCents;
        }
    }

    public void Issue(ulong number, long cents) => Vouchers.Add(number, new HeldVoucher(cents));

    public ResultCode CheckCancel(CancelFact cancel)
    {
        if (!Tickets.TryGetValue(cancel.Number, out var ticket))
        {
            return ResultCode.TicketUnknown;
        }

        if (ticket.Outlet != cancel.Outlet)
        {
            return ResultCode.CancelOtherOutlet;
        }

        var live = Live(ticket.State);
        return live != ResultCode.Accepted ? live : AnyStopped(ticket) ? ResultCode.CancelAfterStop : ResultCode.Accepted;
    }

    public ResultCode CheckReversal(ulong number, long amountCents)
    {
        if (!Tickets.TryGetValue(number, out var ticket))
        {
            return ResultCode.NothingToReverse;
        }

        var live = Live(ticket.State);
        if (live != ResultCode.Accepted)
        {
            return live;
        }

        return ticket.AmountCents != amountCents ? ResultCode.AmountMismatch : AnyStopped(ticket) ? ResultCode.ReversalToSupervisor : ResultCode.Accepted;
    }

    /// <summary>Takes a ticket back, or notes that a supervisor has to decide about it.</summary>
    public void Undo(ulong number, ResultCode code)
    {
        if (code == ResultCode.ReversalToSupervisor)
        {
            Tickets[number].State = PresentState.Disputed;
        }
        else if (code == ResultCode.Accepted)
        {
            TakeBack(Tickets[number]);
        }
    }

    /// <summary>Accepted when the ticket can be paid; <paramref name="refundCents"/> is its stake when nothing of it was run, else 0.</summary>
    public ResultCode CheckPay(PayFact pay, out long refundCents)
    {
        refundCents = 0;
        if (!Tickets.TryGetValue(pay.Number, out var ticket))
        {
            return ResultCode.TicketUnknown;
        }

        if (!pay.CodeIsRight)
        {
            return ResultCode.BadControlCode;
        }

        var live = Live(ticket.State);
        if (live != ResultCode.Accepted)
        {
            return live == ResultCode.ReversalToSupervisor ? ResultCode.TicketDisputed : live;
        }

        RaceStatus[] statuses = [.. ticket.Wager.Races.Select(race => _races[race].Status)];
        refundCents = Array.TrueForAll(statuses, static status => status == RaceStatus.Cancelled) ? ticket.AmountCents : 0;
        bool waits = ticket.Wager.Lines.Any(line => line.Legs.Any(leg => _races[line.Race with { Race = leg.Race }] is { Status: RaceStatus.Cancelled, IsPublished: false }));
        return !waits && Array.TrueForAll(statuses, static status => status is RaceStatus.Payable or RaceStatus.Cancelled)
            ? ResultCode.Accepted
            : ResultCode.NotPayableYet;
    }

    public void Pay(ulong number, long cents)
    {
        Tickets[number].State = PresentState.Paid;
        Tickets[number].PaidCents += cents;
        PaidCents += cents;
    }

    public ResultCode CheckRedeem(RedeemFact redeem) => !Vouchers.TryGetValue(redeem.Number, out var voucher) ? ResultCode.TicketUnknown
        : !redeem.CodeIsRight ? ResultCode.BadControlCode
        : Live(voucher.State);

    /// <summary>Takes in an accepted control.</summary>
    public void Control(MessageType kind, DayFact fact)
    {
        switch (fact)
        {
            case RaceFact race when kind == MessageType.RaceScratch:
                _races[race.Race].Scratched |= 1u << race.Runner;
                break;
            case RaceFact race:
                _races[race.Race].IsPublished |= kind == MessageType.RacePublish;
                _races[race.Race].Status = kind switch
                {
                    MessageType.RaceStop => RaceStatus.Stopped,
                    MessageType.RaceCancel => RaceStatus.Cancelled,
                    MessageType.RacePublish when _races[race.Race].Status != RaceStatus.Cancelled => RaceStatus.Payable,
                    _ => _races[race.Race].Status,
                };
                break;
            case ResolveFact { IsGranted: true } resolve:
                TakeBack(Tickets[resolve.Number]);
                break;
            case ResolveFact resolve:
                Tickets[resolve.Number].State = PresentState.Live;
                break;
            case BarFact bars:
                foreach (var player in bars.Players)
                {
                    _bars[Convert.ToHexString(player.Player)] = player.Bar;
                }

                break;
            case LimitFact limit:
                _limits[Convert.ToHexString(limit.Limit.Player)] = limit.Limit.DayCents;
                break;
        }
    }

    private static ResultCode Live(PresentState state) => state switch
    {
        PresentState.Disputed => ResultCode.ReversalToSupervisor,
        PresentState.Live => ResultCode.Accepted,
        PresentState.Paid => ResultCode.AlreadyPaid,
        _ => ResultCode.AlreadyCancelled,
    };

    private ResultCode CheckPlayer(WagerFact wager)
    {
        if (wager.Player.Length == 0)
        {
            return wager.Means == PaymentMeans.Account ? ResultCode.PlayerMissing : ResultCode.Accepted;
        }

        if (wager.Means == PaymentMeans.Account && !wager.HasAuthorisation)
        {
            return ResultCode.AuthorisationMissing;
        }

        return _bars.GetValueOrDefault(Convert.ToHexString(wager.Player)) switch
        {
            PlayerBar.Banned => ResultCode.PlayerBanned,
            PlayerBar.SelfExcluded => ResultCode.PlayerSelfExcluded,
            _ => ResultCode.Accepted,
        };
    }

    private ResultCode CheckLine(WagerLine line, ResultCode wrong)
    {
        if (!_races.TryGetValue(line.Race, out var race))
        {
            return ResultCode.UnknownRace;
        }

        if (race.Status != RaceStatus.Open)
        {
            return ResultCode.RaceClosed;
        }

        return line.Legs.Length > 0 ? CheckReport(line)
            : Array.IndexOf(BeforeRunners, wrong) >= 0 ? wrong
            : race.CheckRunners([.. line.Bases, .. line.Associates, line.Complement]) is var runners and not ResultCode.Accepted ? runners
            : wrong != ResultCode.Accepted ? wrong
            : CheckPrice(race, line);
    }

    /// <summary>The price is that of the runners left when it is decided: a scratch on the way changes it for a whole field.</summary>
    private static ResultCode CheckPrice(ModelRace race, WagerLine line)
    {
        var pool = race.Pool(line.Pool);
        if (line.Formula == Formula.TotalField
            && race.Left - line.Bases.Count(runner => runner != 0) < BetPrice.UnitRunners(BetTypes.TypeOf(line.Pool), line.Risk) - line.Bases.Count(runner => runner != 0))
        {
            return ResultCode.WrongCount;
        }

        var cents = BetPrice.Cents(pool, line, race.Left);
        return cents is null ? ResultCode.StakeNotMultiple
            : cents > pool.MaximumCents ? ResultCode.StakeAboveMaximum
            : cents < pool.BaseStakeCents ? ResultCode.StakeBelowMinimum
            : cents == line.AmountCents ? ResultCode.Accepted
            : ResultCode.AmountMismatch;
    }

    private ResultCode CheckReport(WagerLine line)
    {
        foreach (var leg in line.Legs)
        {
            var race = _races[line.Race with { Race = leg.Race }];
            var code = race.Status != RaceStatus.Open ? ResultCode.RaceClosed : race.CheckRunners(leg.Bases);
            if (code != ResultCode.Accepted)
            {
                return code;
            }
        }

        return ResultCode.Accepted;
    }

    private bool AnyStopped(HeldTicket ticket) => ticket.Wager.Races.Any(race => _races[race].Status != RaceStatus.Open);

    private void TakeBack(HeldTicket ticket)
    {
        ticket.State = PresentState.Reversed;
        Stake(ticket.Wager, -ticket.AmountCents);
        foreach (var line in ticket.Wager.Lines)
        {
            PoolOf(line).UndoneCents += line.AmountCents;
        }
    }

    private void Stake(WagerFact wager, long cents)
    {
        if (wager.Player.Length > 0)
        {
            string key = Convert.ToHexString(wager.Player);
            _staked[key] = _staked.GetValueOrDefault(key) + cents;
        }
    }

    private PoolSum PoolOf(WagerLine line)
    {
        var key = (line.Race, line.Legs.Length > 0 ? line.Legs[0].Pool : line.Pool);
        if (!Pools.TryGetValue(key, out var sum))
        {
            Pools.Add(key, sum = new PoolSum());
        }

        return sum;
    }

    private sealed class ModelRace(RaceDefine definition)
    {
        public RaceStatus Status { get; set; } = RaceStatus.Open;

        public uint Scratched { get; set; }

        /// <summary>A cancelled race is published as well: what reports carry through it moves on only then.</summary>
        public bool IsPublished { get; set; }

        public int Left => definition.RunnerCount - BitOperations.PopCount(Scratched);

        public PoolDefinition Pool(ushort number) => definition.Pools.First(pool => pool.Pool == number);

        /// <summary>Every runner named is in the race, not scratched, and named once; 0 is a free place or no complement.</summary>
        public ResultCode CheckRunners(IEnumerable<byte> runners)
        {
            uint named = 0;
            foreach (byte runner in runners.Where(static runner => runner != 0))
            {
                uint bit = runner < 32 ? 1u << runner : 0;
                if (runner > definition.RunnerCount)
                {
                    return ResultCode.RunnerUnknown;
                }

                if ((Scratched & bit) != 0 || (named & bit) != 0)
                {
                    return (Scratched & bit) != 0 ? ResultCode.RunnerScratched : ResultCode.RunnerDuplicated;
                }

                named |= bit;
            }

            return ResultCode.Accepted;
        }
    }
}
