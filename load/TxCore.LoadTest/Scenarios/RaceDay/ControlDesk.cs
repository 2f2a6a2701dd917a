using TxCore.Client;
using TxCore.Client.Programme;
using TxCore.LoadTest.Validation;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>The control desk of a channel: submits controls and notes what was decided.</summary>
internal sealed class ControlDesk(TxCoreClient administrator, DayJournal journal)
{
    /// <summary>One person asks.</summary>
    public static readonly ControlHeader OneActor = new(Actor: 11, SecondActor: 0, Reason: 1);

    /// <summary>Two persons ask, as reopening, correcting and publishing need it.</summary>
    public static readonly ControlHeader TwoActors = new(Actor: 11, SecondActor: 12, Reason: 1);

    /// <summary>Defines a race, and tells what the server decided about it.</summary>
    public async Task<Outcome> DefineAsync(ProgrammeRace race, CancellationToken cancellationToken)
    {
        var outcome = (await administrator.RaceDefineAsync(race.ToDefine(OneActor), cancellationToken)).Outcome;
        journal.Add(administrator.Source, outcome, new RaceFact(race.Race));
        return outcome;
    }

    public Task<ResultCode> OpenAsync(RaceId race, CancellationToken cancellationToken) =>
        NoteAsync(administrator.RaceOpenAsync(race, OneActor, cancellationToken), new RaceFact(race));

    public Task<ResultCode> ScratchAsync(RaceId race, byte runner, CancellationToken cancellationToken) =>
        NoteAsync(administrator.RaceScratchAsync(race, runner, OneActor, cancellationToken), new RaceFact(race, runner));

    public Task<ResultCode> StopAsync(RaceId race, CancellationToken cancellationToken) =>
        NoteAsync(administrator.RaceStopAsync(race, OneActor, cancellationToken), new RaceFact(race));

    public Task<ResultCode> CancelAsync(RaceId race, CancellationToken cancellationToken) =>
        NoteAsync(administrator.RaceCancelAsync(race, OneActor, cancellationToken), new RaceFact(race));

    public Task<ResultCode> ResultAsync(RaceId race, ResultStage stage, FinishPlace[] finish, CancellationToken cancellationToken) =>
        NoteAsync(administrator.RaceResultAsync(new RaceResult(default, OneActor, race, stage, finish), cancellationToken), new RaceFact(race));

    public Task<ResultCode> PublishAsync(RaceId race, ControlHeader control, CancellationToken cancellationToken) => NoteAsync(
        administrator.RacePublishAsync(new RacePublish(default, control, race, DividendMethod.EqualSplit, []), cancellationToken), new RaceFact(race));

    public Task<ResultCode> ResolveAsync(ulong ticket, bool isGranted, CancellationToken cancellationToken) => NoteAsync(
        administrator.SupervisorResolveAsync(ticket, isGranted, TwoActors, cancellationToken), new ResolveFact(ticket, isGranted));

    /// <summary>Bars players: the first version as a whole list, later ones as changes, for others may be barred there.</summary>
    public Task<ResultCode> BarAsync(uint version, BarredPlayer[] players, CancellationToken cancellationToken) => NoteAsync(
        administrator.PlayersBarAsync(
            new PlayersBar(default, OneActor, version, ReplacesAll: version == 1, IsLast: true, players), cancellationToken),
        new BarFact(players));

    public Task<ResultCode> LimitAsync(PlayerLimit limit, CancellationToken cancellationToken) =>
        NoteAsync(administrator.PlayerLimitAsync(limit, cancellationToken), new LimitFact(limit));

    private async Task<ResultCode> NoteAsync(Task<SubmitResult> submission, DayFact fact)
    {
        var result = await submission;
        journal.Add(administrator.Source, result.Outcome, fact);
        return result.Code;
    }
}
