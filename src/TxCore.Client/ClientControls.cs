using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client;

/// <summary>
/// The controls of administrators by name; sources of another role are refused. The control header names who asks and why. Faults and
/// cancellation are those of <see cref="TxCoreClient.SubmitAsync{T}"/>; controls carry no deadline, a stop least of all.
/// </summary>
public static class ClientControls
{
    /// <summary>Defines a race; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> RaceDefineAsync(this TxCoreClient client, RaceDefine race, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(race, null, cancellationToken);

    /// <summary>Opens a defined or suspended race.</summary>
    public static Task<SubmitResult> RaceOpenAsync(
        this TxCoreClient client, RaceId race, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.RaceOpen, new RaceControl(default, control, race, 0, 0), cancellationToken);

    /// <summary>Suspends an open race.</summary>
    public static Task<SubmitResult> RaceSuspendAsync(
        this TxCoreClient client, RaceId race, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.RaceSuspend, new RaceControl(default, control, race, 0, 0), cancellationToken);

    /// <summary>Stops a race: nothing sequenced after it is taken or cancelled.</summary>
    public static Task<SubmitResult> RaceStopAsync(
        this TxCoreClient client, RaceId race, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.RaceStop, new RaceControl(default, control, race, 0, 0), cancellationToken);

    /// <summary>Opens a stopped race again until <paramref name="latestStopAt"/> (microseconds since 1970-01-01 UTC); needs a second actor.</summary>
    public static Task<SubmitResult> RaceReopenAsync(
        this TxCoreClient client, RaceId race, long latestStopAt, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.RaceReopen, new RaceControl(default, control, race, 0, latestStopAt), cancellationToken);

    /// <summary>Declares a runner a non-runner.</summary>
    public static Task<SubmitResult> RaceScratchAsync(
        this TxCoreClient client, RaceId race, byte runner, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.RaceScratch, new RaceControl(default, control, race, runner, 0), cancellationToken);

    /// <summary>Cancels a race: every wager on it is refunded.</summary>
    public static Task<SubmitResult> RaceCancelAsync(
        this TxCoreClient client, RaceId race, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.RaceCancel, new RaceControl(default, control, race, 0, 0), cancellationToken);

    /// <summary>
    /// Postpones a race: on the same day to <paramref name="latestStopAt"/> (microseconds since 1970-01-01 UTC), wagers stand; with 0 to
    /// another day, wagers are refunded.
    /// </summary>
    public static Task<SubmitResult> RacePostponeAsync(
        this TxCoreClient client, RaceId race, long latestStopAt, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.RacePostpone, new RaceControl(default, control, race, 0, latestStopAt), cancellationToken);

    /// <summary>Tells the order of finish of a stopped race; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> RaceResultAsync(this TxCoreClient client, RaceResult result, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(result, null, cancellationToken);

    /// <summary>
    /// Publishes the dividends of a race with an official result; needs a second actor. The message's header may be left at its default.
    /// </summary>
    public static Task<SubmitResult> RacePublishAsync(this TxCoreClient client, RacePublish publication, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(publication, null, cancellationToken);

    /// <summary>Puts <paramref name="amountCents"/> that earlier pools of the same number carried over into a pool of a race.</summary>
    public static Task<SubmitResult> PoolCarryInAsync(
        this TxCoreClient client, RaceId race, ushort pool, long amountCents, ControlHeader control, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new PoolCarryIn(default, control, race, pool, amountCents), null, cancellationToken);

    /// <summary>Defines a sale; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> SaleDefineAsync(this TxCoreClient client, SaleDefine sale, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(sale, null, cancellationToken);

    /// <summary>Adds inventory cells to a draft sale; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> CellsDefineAsync(this TxCoreClient client, CellsDefine cells, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(cells, null, cancellationToken);

    /// <summary>Opens a sale.</summary>
    public static Task<SubmitResult> SaleOpenAsync(
        this TxCoreClient client, uint sale, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.SaleOpen, new SaleControl(default, control, sale), cancellationToken);

    /// <summary>Closes a sale.</summary>
    public static Task<SubmitResult> SaleCloseAsync(
        this TxCoreClient client, uint sale, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.SaleClose, new SaleControl(default, control, sale), cancellationToken);

    /// <summary>Sets how many seats of a cell are not for sale; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> SeatsBlockAsync(this TxCoreClient client, SeatsBlock seats, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(seats, null, cancellationToken);

    /// <summary>Moves available seats of a cell to the same cell of another sale; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> SeatsMoveAsync(this TxCoreClient client, SeatsMove seats, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(seats, null, cancellationToken);

    /// <summary>Tells that all payment orders up to a number were carried out: the <see cref="PaymentsPage.Next"/> of a page that is done.</summary>
    public static Task<SubmitResult> PaymentsAcknowledgeAsync(
        this TxCoreClient client, ulong upTo, ControlHeader control, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new PaymentsAcknowledge(default, control, upTo), null, cancellationToken);

    /// <summary>Defines a draw; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> DrawDefineAsync(this TxCoreClient client, DrawDefine draw, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(draw, null, cancellationToken);

    /// <summary>Opens the registration of a draft draw.</summary>
    public static Task<SubmitResult> DrawOpenAsync(
        this TxCoreClient client, uint draw, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.DrawOpen, new DrawControl(default, control, draw), cancellationToken);

    /// <summary>Closes the registration of an open draw: its list does not change any more.</summary>
    public static Task<SubmitResult> DrawCloseAsync(
        this TxCoreClient client, uint draw, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.DrawClose, new DrawControl(default, control, draw), cancellationToken);

    /// <summary>
    /// Freezes the list of a closed draw, commits to the secret and names the beacon; needs a second actor. The message's header may be left at
    /// its default.
    /// </summary>
    public static Task<SubmitResult> DrawFreezeAsync(this TxCoreClient client, DrawFreeze freeze, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(freeze, null, cancellationToken);

    /// <summary>Runs a frozen draw; needs a second actor. The message's header may be left at its default.</summary>
    public static Task<SubmitResult> DrawRunAsync(this TxCoreClient client, DrawRun run, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(run, null, cancellationToken);

    /// <summary>Publishes the order of a drawn draw; needs a second actor.</summary>
    public static Task<SubmitResult> DrawPublishAsync(
        this TxCoreClient client, uint draw, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.DrawPublish, new DrawControl(default, control, draw), cancellationToken);

    /// <summary>Gives the next ranks of a published draw their slot; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> DrawWaveAsync(this TxCoreClient client, DrawWave wave, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(wave, null, cancellationToken);

    /// <summary>Excludes 1..1,000 persons, by keys of exactly 32 bytes, from a draw; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> DrawExcludeAsync(this TxCoreClient client, DrawExclude exclude, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(exclude, null, cancellationToken);

    /// <summary>Ends a draw all of whose sales are closed.</summary>
    public static Task<SubmitResult> DrawEndAsync(
        this TxCoreClient client, uint draw, ControlHeader control, CancellationToken cancellationToken = default) =>
        Submit(client, MessageType.DrawEnd, new DrawControl(default, control, draw), cancellationToken);

    /// <summary>Accepts a forward step of the server's clock; <paramref name="time"/> is the time seen, microseconds since 1970-01-01 UTC.</summary>
    public static Task<SubmitResult> TimeConfirmAsync(
        this TxCoreClient client, long time, ControlHeader control, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new TimeConfirm(default, control, time), null, cancellationToken);

    /// <summary>
    /// Decides a ticket whose reversal came after a stop: granted, it is reversed after all, which needs a second actor; else it stands.
    /// </summary>
    public static Task<SubmitResult> SupervisorResolveAsync(
        this TxCoreClient client, ulong number, bool isGranted, ControlHeader control, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new SupervisorResolve(default, control, number, isGranted), null, cancellationToken);

    /// <summary>Changes the list of barred players, by one part of a version; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> PlayersBarAsync(this TxCoreClient client, PlayersBar players, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(players, null, cancellationToken);

    /// <summary>Sets the stake limits of a player; the message's header may be left at its default.</summary>
    public static Task<SubmitResult> PlayerLimitAsync(this TxCoreClient client, PlayerLimit limit, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(limit, null, cancellationToken);

    private static Task<SubmitResult> Submit(TxCoreClient client, MessageType type, RaceControl control, CancellationToken cancellationToken) =>
        client.SubmitFrameAsync(control.Encode(type), null, cancellationToken);

    private static Task<SubmitResult> Submit(TxCoreClient client, MessageType type, SaleControl control, CancellationToken cancellationToken) =>
        client.SubmitFrameAsync(control.Encode(type), null, cancellationToken);

    private static Task<SubmitResult> Submit(TxCoreClient client, MessageType type, DrawControl control, CancellationToken cancellationToken) =>
        client.SubmitFrameAsync(control.Encode(type), null, cancellationToken);
}
