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
}
