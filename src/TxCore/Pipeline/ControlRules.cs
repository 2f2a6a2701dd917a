using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing;
using TxCore.Ticketing.Draws;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>Decides the controls of an administrator.</summary>
internal static class ControlRules
{
    /// <summary>Largest price of a line that may be defined, in cents: far above any stake, far below where a sum could overflow.</summary>
    internal const long PriceCentsMax = 1_000_000_000_000;

    /// <summary>Most runners that a line with a risk names (<c>domain.md</c> section 1.3): the unit bets of more could not be counted.</summary>
    private const byte RiskMax = 7;

    /// <summary>All of a pool, in hundredths of a percent.</summary>
    private const ushort TakeoutMax = 10_000;

    public static Verdict Check(ShardState state, MessageType type, ReadOnlySpan<byte> body, long now)
    {
        if (!HasActor(body))
        {
            return ActorMissing;
        }

        return type switch
        {
            MessageType.PlayersBar => PlayerRules.Bar(state, Bodies.Decode<PlayersBar>(body)),
            MessageType.PlayerLimit => PlayerRules.Limit(Bodies.Decode<PlayerLimit>(body)),
            MessageType.RaceDefine => DefineRace(state, body),
            MessageType.SaleDefine => SaleRules.Define(state, new SaleBody(body), now),
            MessageType.CellsDefine => SaleRules.DefineCells(state, body),
            MessageType.SaleOpen or MessageType.SaleClose => SaleRules.Control(state, type, new SaleBody(body[..SaleBody.NameBytes]), now),
            MessageType.SeatsBlock => SaleRules.Block(state, Bodies.Decode<SeatsBlock>(body)),
            MessageType.SeatsMove => SaleRules.Move(state, Bodies.Decode<SeatsMove>(body)),
            MessageType.PaymentsAcknowledge => SaleRules.Acknowledge(state, Bodies.Decode<PaymentsAcknowledge>(body)),
            >= MessageType.DrawDefine and <= MessageType.DrawEnd => DrawRules.Control(state, type, body, now),
            _ => ControlRace(state, type, body, now),
        };
    }

    /// <summary>The refusal of a control that names nobody.</summary>
    public static Verdict ActorMissing => Verdict.Refuse(ResultCode.ActorMissing, BodyField.Actor);

    /// <summary>True when a control says who asks for it.</summary>
    public static bool HasActor(ReadOnlySpan<byte> body) => new WireReader(body).UInt32() != 0;

    private static Verdict DefineRace(ShardState state, ReadOnlySpan<byte> body)
    {
        var race = Bodies.RaceDefine(body);
        if (race.Race is { Day: < 19_000_101 or > 29_991_231 } or { Meeting: 0 or > 99 } or { Race: 0 or > 99 })
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Race);
        }

        if (state.Races.ContainsKey(race.Race.Value) || state.ClosedRaces.Contains(race.Race.Value))
        {
            return Verdict.Refuse(ResultCode.RaceExists, BodyField.Race);
        }

        if (race.RunnerCount is 0 or > Wire.RunnersMax)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.RunnerCount);
        }

        if (race.LatestStopAt <= 0)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        return CheckPools(state, race.Pools, race.RunnerCount);
    }

    private static Verdict CheckPools(ShardState state, PoolDefinition[] pools, byte runners)
    {
        for (int i = 0; i < pools.Length; i++)
        {
            var pool = pools[i];
            if (BetTypes.ChannelOf(pool.Pool) != state.Identity.Channel)
            {
                return Verdict.Refuse(ResultCode.WrongChannel, BodyField.Pool).AtLine(i + 1);
            }

            if (pool.BaseStakeCents == 0 || pool.MaximumCents < pool.BaseStakeCents || pool.MaximumCents > PriceCentsMax)
            {
                return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Stake).AtLine(i + 1);
            }

            if (pool.TakeoutBasisPoints > TakeoutMax)
            {
                return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Amount).AtLine(i + 1);
            }

            if (runners < pool.RunnersMin)
            {
                return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.RunnerCount).AtLine(i + 1);
            }

            if (Array.Exists(pool.Risks, static risk => risk is 0 or > RiskMax))
            {
                return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Risk).AtLine(i + 1);
            }

            if (Array.FindIndex(pools, other => other.Pool == pool.Pool) != i || BetTypes.TypeOf(pool.Pool) == BetType.None)
            {
                return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Pool).AtLine(i + 1);
            }
        }

        return Verdict.Accepted;
    }

    private static Verdict ControlRace(ShardState state, MessageType type, ReadOnlySpan<byte> bytes, long now)
    {
        var body = new RaceBody(bytes[..RaceBody.NameBytes]);
        if (!state.Races.TryGetValue(body.Race.Value, out var race))
        {
            return Verdict.Refuse(ResultCode.UnknownRace, BodyField.Race);
        }

        switch (type)
        {
            case MessageType.RaceResult:
                return ResultRules.Result(race, Bodies.Decode<RaceResult>(bytes));
            case MessageType.PoolCarryIn:
                return ResultRules.CarryIn(state, race, Bodies.Decode<PoolCarryIn>(bytes));
            default:
                return ControlRace(state, type, race, new RaceBody(bytes), now);
        }
    }

    private static Verdict ControlRace(ShardState state, MessageType type, Race race, RaceBody body, long now)
    {
        switch (type)
        {
            case MessageType.RaceOpen:
                return race.Status is not (RaceStatus.Draft or RaceStatus.Suspended) ? WrongState() : Future(race.LatestStopAt, now);
            case MessageType.RaceSuspend:
                return race.Status == RaceStatus.Open ? Verdict.Accepted : WrongState();
            case MessageType.RaceStop:
                return race.Status is RaceStatus.Open or RaceStatus.Suspended ? Verdict.Accepted : WrongState();
            case MessageType.RaceReopen:
                return race.Status != RaceStatus.Stopped ? WrongState() : Reopen(body, now);
            case MessageType.RaceCancel:
                return ResultRules.Cancel(race);
            case MessageType.RacePostpone:
                return ResultRules.Postpone(state, race, body.LatestStopAt, now);
            default:
                return race.Status is >= RaceStatus.Draft and <= RaceStatus.Provisional ? Scratch(race, body.Runner) : WrongState();
        }

        static Verdict WrongState() => Verdict.Refuse(ResultCode.RaceState, BodyField.Race);
    }

    private static Verdict Reopen(RaceBody body, long now)
    {
        return ResultRules.HasSecondActor(body.Control)
            ? Future(body.LatestStopAt, now)
            : Verdict.Refuse(ResultCode.SecondActorNeeded, BodyField.Actor);
    }

    internal static Verdict Future(long at, long now) =>
        at > now ? Verdict.Accepted : Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Time);

    private static Verdict Scratch(Race race, byte runner)
    {
        if (!race.HasRunner(runner))
        {
            return Verdict.Refuse(ResultCode.RunnerUnknown, BodyField.Runner);
        }

        return race.IsScratched(runner) ? Verdict.Refuse(ResultCode.RunnerScratched, BodyField.Runner) : Verdict.Accepted;
    }
}
