using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Programme;

/// <summary>How an import ended.</summary>
public enum ImportEnd
{
    /// <summary>Everything asked for was done.</summary>
    Imported = 1,

    /// <summary>A race of the day is there already: nothing was submitted.</summary>
    AlreadyThere = 2,

    /// <summary>A race or a scratch was refused, or its outcome did not come: what had been defined was cancelled again.</summary>
    Undone = 3,

    /// <summary>All races are defined, and one of them was not opened.</summary>
    NotOpened = 4,
}

/// <summary>What an import did.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Reason">Why it ended before its end: the race and what the server said; empty when imported.</param>
/// <param name="Defined">Races defined.</param>
/// <param name="Scratched">Runners scratched.</param>
/// <param name="Opened">Races opened.</param>
/// <param name="Left">Races that were defined and could not be cancelled again: they are drafts, for an administrator to cancel.</param>
public sealed record ImportOutcome(ImportEnd End, string Reason, int Defined, int Scratched, int Opened, IReadOnlyList<RaceId> Left);

/// <summary>
/// Defines a racing day on a server, as an administrator. First all races and, where asked for, their scratches; only when all of them are
/// there, and where asked for, are they opened. A refusal before that takes back what was defined: nothing half-imported stays.
/// </summary>
public static class ProgrammeImport
{
    /// <summary>Imports a day; what the server refuses is told in the outcome.</summary>
    /// <param name="client">An administrator of the day's channel.</param>
    /// <param name="day">The day.</param>
    /// <param name="control">Who asks for it and why.</param>
    /// <param name="opens">Opens the races too; else they stay drafts.</param>
    /// <param name="scratches">Declares the day's non-runners too.</param>
    /// <param name="cancellationToken">Before the races are opened: takes back what was defined and ends.</param>
    /// <exception cref="TxCoreClientException">The client ended before anything was submitted, or while races were opened.</exception>
    public static async Task<ImportOutcome> ImportAsync(
        this TxCoreClient client, ProgrammeDay day, ControlHeader control, bool opens, bool scratches,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(day);
        var there = await client.DefinitionsAsync(cancellationToken).ConfigureAwait(false);
        var known = there.Items.Where(static item => item.Race is not null).Select(static item => item.Race!.Race).ToHashSet();
        if (day.Races.FirstOrDefault(race => known.Contains(race.Race)) is { } twice)
        {
            return new ImportOutcome(ImportEnd.AlreadyThere, $"{twice.Race} is defined already", 0, 0, 0, []);
        }

        var import = new Import(client, control, cancellationToken);
        return await import.DefineAsync(day, scratches).ConfigureAwait(false) ?? await import.FinishAsync(day, opens).ConfigureAwait(false);
    }

    private sealed class Import(TxCoreClient client, ControlHeader control, CancellationToken cancellationToken)
    {
        private readonly List<RaceId> _defined = [];
        private int _scratched;

        /// <summary>Defines and scratches; null when everything was accepted.</summary>
        public async Task<ImportOutcome?> DefineAsync(ProgrammeDay day, bool scratches)
        {
            string? reason;
            try
            {
                reason = await SubmitAllAsync(day, scratches).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is TxCoreClientException or OperationCanceledException)
            {
                reason = fault.Message;
            }

            if (reason is null)
            {
                return null;
            }

            int defined = _defined.Count;
            await UndoAsync().ConfigureAwait(false);
            return new ImportOutcome(ImportEnd.Undone, reason, defined, _scratched, 0, _defined);
        }

        public async Task<ImportOutcome> FinishAsync(ProgrammeDay day, bool opens)
        {
            int opened = 0;
            foreach (var race in opens ? day.Races : [])
            {
                var result = await client.RaceOpenAsync(race.Race, control, cancellationToken).ConfigureAwait(false);
                if (!result.IsAccepted)
                {
                    return new ImportOutcome(ImportEnd.NotOpened, Refusal(race.Race, "opening it", result), _defined.Count, _scratched, opened, []);
                }

                opened++;
            }

            return new ImportOutcome(ImportEnd.Imported, "", _defined.Count, _scratched, opened, []);
        }

        /// <summary>Submits until the first refusal, which it returns.</summary>
        private async Task<string?> SubmitAllAsync(ProgrammeDay day, bool scratches)
        {
            foreach (var race in day.Races)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Before its outcome is known: one that does not come in time may be accepted yet.
                _defined.Add(race.Race);
                var defined = await client.RaceDefineAsync(race.ToDefine(control), cancellationToken).ConfigureAwait(false);
                if (!defined.IsAccepted)
                {
                    _defined.Remove(race.Race);
                    return Refusal(race.Race, "defining it", defined);
                }

                foreach (var scratch in scratches ? race.Scratches : [])
                {
                    var scratched = await client.RaceScratchAsync(race.Race, scratch.Runner, control, cancellationToken).ConfigureAwait(false);
                    if (!scratched.IsAccepted)
                    {
                        return Refusal(race.Race, $"scratching runner {scratch.Runner}", scratched);
                    }

                    _scratched++;
                }
            }

            return null;
        }

        /// <summary>Cancels what was defined, and keeps in the list what could not be.</summary>
        private async Task UndoAsync()
        {
            try
            {
                foreach (var race in _defined.ToArray())
                {
                    byte[] cancel = new RaceControl(default, control, race, 0, 0).Encode(MessageType.RaceCancel);
                    var result = await client.SubmitFrameAsync(cancel, null, CancellationToken.None).ConfigureAwait(false);
                    if (result.IsAccepted || result.Code == ResultCode.UnknownRace)
                    {
                        _defined.Remove(race);
                    }
                }
            }
            catch (TxCoreClientException)
            {
                // The server is not to be reached any more: the rest is told as left behind.
            }
        }

        private static string Refusal(RaceId race, string what, SubmitResult result)
        {
            string field = result.Outcome.Field == BodyField.None ? "" : $" ({result.Outcome.Field})";
            return $"{race}: {what} was refused with {result.Code}{field}";
        }
    }
}
