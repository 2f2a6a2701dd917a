using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Decides and carries out what an administrator does to races (<c>domain.md</c> section 1.2).</summary>
internal sealed class ReferenceControls(Dictionary<RaceId, ReferenceRace> races, SortedDictionary<ushort, long> carryOvers, ReferenceRules rules)
{
    private const long DayMicroseconds = 86_400_000_000L;

    public static bool HasSecond(ControlHeader control) => control.SecondActor != 0 && control.SecondActor != control.Actor;

    public Ruling Define(RaceDefine define)
    {
        if (define.Race is { Day: < 19_000_101 or > 29_991_231 } or { Meeting: < 1 or > 99 } or { Race: < 1 or > 99 })
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Race);
        }

        if (races.ContainsKey(define.Race))
        {
            return new Ruling(ResultCode.RaceExists, BodyField.Race);
        }

        if (define.RunnerCount is < 1 or > 31)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.RunnerCount);
        }

        if (define.LatestStopAt <= 0)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        for (int i = 0; i < define.Pools.Length; i++)
        {
            var ruling = CheckPool(define, define.Pools[i], i);
            if (!ruling.IsAccepted)
            {
                return ruling with { Line = i + 1 };
            }
        }

        races.Add(define.Race, new ReferenceRace(define.Race)
        {
            StartsAt = define.StartsAt,
            LatestStopAt = define.LatestStopAt,
            RunnerCount = define.RunnerCount,
            Pools = [.. define.Pools.Select(static pool => new ReferencePool(pool))],
        });
        return Ruling.Accepted;
    }

    public Ruling Control(MessageType type, RaceControl control, long number, long now)
    {
        if (!races.TryGetValue(control.Race, out var race))
        {
            return new Ruling(ResultCode.UnknownRace, BodyField.Race);
        }

        return type switch
        {
            MessageType.RaceOpen => Open(race, now),
            MessageType.RaceSuspend => Move(race, RaceStatus.Suspended, RaceStatus.Open),
            MessageType.RaceStop => Move(race, RaceStatus.Stopped, RaceStatus.Open, RaceStatus.Suspended),
            MessageType.RaceReopen => Reopen(race, control, now),
            MessageType.RaceScratch => Scratch(race, control.Runner, number),
            MessageType.RaceCancel => Cancel(race, now),
            _ => Postpone(race, control.LatestStopAt, now),
        };
    }

    public Ruling Result(RaceResult result)
    {
        if (!races.TryGetValue(result.Race, out var race))
        {
            return new Ruling(ResultCode.UnknownRace, BodyField.Race);
        }

        if (race.Status is not (RaceStatus.Stopped or RaceStatus.Provisional or RaceStatus.Official))
        {
            return WrongState;
        }

        bool isCorrection = race.Status == RaceStatus.Official;
        if (result.Stage != ResultStage.Official && (result.Stage != ResultStage.Provisional || isCorrection))
        {
            return new Ruling(ResultCode.ResultInvalid, BodyField.Finish);
        }

        if (isCorrection && !HasSecond(result.Control))
        {
            return new Ruling(ResultCode.SecondActorNeeded, BodyField.Actor);
        }

        for (int i = 0; i < result.Finish.Length; i++)
        {
            var (runner, place) = result.Finish[i];
            bool isKnown = race.HasRunner(runner) && !race.Scratched.ContainsKey(runner);
            bool isTwice = result.Finish[..i].Any(other => other.Runner == runner);
            bool counts = place == i + 1 || (i > 0 && place == result.Finish[i - 1].Place);
            if (!isKnown || isTwice || !counts)
            {
                return new Ruling(ResultCode.ResultInvalid, BodyField.Finish, i + 1);
            }
        }

        race.Stage = result.Stage;
        race.Finish = result.Finish;
        race.Status = result.Stage == ResultStage.Official ? RaceStatus.Official : RaceStatus.Provisional;
        return Ruling.Accepted;
    }

    public Ruling Publish(RacePublish publish, long now)
    {
        if (!races.TryGetValue(publish.Race, out var race))
        {
            return new Ruling(ResultCode.UnknownRace, BodyField.Race);
        }

        if (!HasSecond(publish.Control))
        {
            return new Ruling(ResultCode.SecondActorNeeded, BodyField.Actor);
        }

        if (race.IsPublished || !(race.Status == RaceStatus.Official || race.IsVoid))
        {
            return WrongState;
        }

        if (publish.Method != DividendMethod.EqualSplit || publish.Pools.Length > 0)
        {
            return new Ruling(ResultCode.DividendsInvalid, BodyField.Dividends);
        }

        var ruling = new ReferenceSettlement(race, races).Settle(carryOvers);
        if (ruling.IsAccepted && !race.IsVoid)
        {
            race.Status = RaceStatus.Payable;
            race.ExpiresAt = now + (rules.TicketValidDays * DayMicroseconds);
        }

        return ruling;
    }

    public Ruling CarryIn(PoolCarryIn carry)
    {
        if (!races.TryGetValue(carry.Race, out var race))
        {
            return new Ruling(ResultCode.UnknownRace, BodyField.Race);
        }

        if (race.Status is < RaceStatus.Draft or > RaceStatus.Official)
        {
            return WrongState;
        }

        if (race.Pool(carry.Pool) is not { } pool)
        {
            return new Ruling(ResultCode.PoolNotOffered, BodyField.Pool);
        }

        if (carry.AmountCents < 1 || carry.AmountCents > carryOvers.GetValueOrDefault(carry.Pool))
        {
            return new Ruling(ResultCode.CarryOverTooSmall, BodyField.Amount);
        }

        carryOvers[carry.Pool] -= carry.AmountCents;
        pool.CarryInCents += carry.AmountCents;
        return Ruling.Accepted;
    }

    private static Ruling WrongState => new(ResultCode.RaceState, BodyField.Race);

    private static Ruling WrongTime => new(ResultCode.DefinitionInvalid, BodyField.Time);

    private static Ruling CheckPool(RaceDefine define, PoolDefinition pool, int index)
    {
        const long PriceMax = 1_000_000_000_000;
        if (BetTypes.ChannelOf(pool.Pool) != Channel.Retail)
        {
            return new Ruling(ResultCode.WrongChannel, BodyField.Pool);
        }

        if (pool.BaseStakeCents < 1 || pool.MaximumCents < pool.BaseStakeCents || pool.MaximumCents > PriceMax)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Stake);
        }

        if (pool.TakeoutBasisPoints > 10_000)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Amount);
        }

        if (define.RunnerCount < pool.RunnersMin)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.RunnerCount);
        }

        if (pool.Risks.Any(static risk => risk is < 1 or > 7))
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Risk);
        }

        return pool.Pool == 0 || define.Pools[..index].Any(other => other.Pool == pool.Pool)
            ? new Ruling(ResultCode.DefinitionInvalid, BodyField.Pool)
            : Ruling.Accepted;
    }

    private static Ruling Open(ReferenceRace race, long now) => race.Status is RaceStatus.Draft or RaceStatus.Suspended && race.LatestStopAt <= now
        ? WrongTime
        : Move(race, RaceStatus.Open, RaceStatus.Draft, RaceStatus.Suspended);

    private static Ruling Move(ReferenceRace race, RaceStatus to, params RaceStatus[] from)
    {
        if (!from.Contains(race.Status))
        {
            return WrongState;
        }

        race.Status = to;
        return Ruling.Accepted;
    }

    private static Ruling Reopen(ReferenceRace race, RaceControl control, long now)
    {
        if (race.Status != RaceStatus.Stopped)
        {
            return WrongState;
        }

        if (!HasSecond(control.Control))
        {
            return new Ruling(ResultCode.SecondActorNeeded, BodyField.Actor);
        }

        if (control.LatestStopAt <= now)
        {
            return WrongTime;
        }

        race.Status = RaceStatus.Open;
        race.Epoch++;
        race.LatestStopAt = control.LatestStopAt;
        return Ruling.Accepted;
    }

    private static Ruling Scratch(ReferenceRace race, byte runner, long number)
    {
        if (race.Status is < RaceStatus.Draft or > RaceStatus.Provisional)
        {
            return WrongState;
        }

        var ruling = ReferenceWagers.CheckRunner(race, runner, BodyField.Runner, []);
        if (ruling.IsAccepted)
        {
            race.Scratched.Add(runner, number);
        }

        return ruling;
    }

    private Ruling Cancel(ReferenceRace race, long now)
    {
        if (race.Status is < RaceStatus.Draft or > RaceStatus.Official)
        {
            return WrongState;
        }

        Refund(race, RaceStatus.Cancelled, now);
        return Ruling.Accepted;
    }

    private Ruling Postpone(ReferenceRace race, long latestStopAt, long now)
    {
        if (race.Status is not (RaceStatus.Draft or RaceStatus.Open or RaceStatus.Suspended or RaceStatus.Stopped))
        {
            return WrongState;
        }

        if (latestStopAt == 0)
        {
            Refund(race, RaceStatus.Postponed, now);
            return Ruling.Accepted;
        }

        if (latestStopAt <= now || ReferenceShard.DayOf(latestStopAt, rules) != ReferenceShard.DayOf(race.LatestStopAt, rules))
        {
            return WrongTime;
        }

        race.StartsAt += latestStopAt - race.LatestStopAt;
        race.LatestStopAt = latestStopAt;
        race.Status = race.Status == RaceStatus.Open ? RaceStatus.Suspended : race.Status;
        return Ruling.Accepted;
    }

    /// <summary>Every stake goes back; what had been carried in is carried over again.</summary>
    private void Refund(ReferenceRace race, RaceStatus status, long now)
    {
        race.Status = status;
        race.ExpiresAt = now + (rules.TicketValidDays * DayMicroseconds);
        foreach (var pool in race.Pools)
        {
            race.OwedCents += race.TakenCents(pool.Number) - race.UndoneCents(pool.Number);
            carryOvers[pool.Number] = carryOvers.GetValueOrDefault(pool.Number) + pool.CarryInCents;
        }
    }
}
