using TxCore.Protocol.Messages;

namespace TxCore.Client;

/// <summary>
/// The transactions of terminals and frontends by name. Callers build the message with a default header and a client time of 0; both
/// are filled in. Deadline, cancellation and faults are those of <see cref="TxCoreClient.SubmitAsync{T}"/>.
/// </summary>
public static class ClientTransactions
{
    /// <summary>Sells a ticket of one or more lines.</summary>
    public static Task<SubmitResult> WagerAsync(
        this TxCoreClient client, Wager wager, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(wager, deadline, cancellationToken);

    /// <summary>Cancels an accepted ticket by number.</summary>
    public static Task<SubmitResult> CancelAsync(
        this TxCoreClient client, ulong number, ushort reason, uint clerk = 0, TimeSpan? deadline = null,
        CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new Cancel(default, 0, clerk, number, reason), deadline, cancellationToken);

    /// <summary>Pays a ticket by number and control code.</summary>
    public static Task<SubmitResult> PayAsync(
        this TxCoreClient client, Pay pay, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(pay, deadline, cancellationToken);

    /// <summary>Sells a voucher over an amount in cents.</summary>
    public static Task<SubmitResult> VoucherIssueAsync(
        this TxCoreClient client, long amountCents, uint clerk = 0, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new VoucherIssue(default, 0, clerk, amountCents), deadline, cancellationToken);

    /// <summary>Takes a voucher back for its whole amount, by number and control code.</summary>
    public static Task<SubmitResult> VoucherRedeemAsync(
        this TxCoreClient client, VoucherRedeem voucher, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(voucher, deadline, cancellationToken);

    /// <summary>Holds seats for a limited time.</summary>
    public static Task<SubmitResult> HoldAsync(
        this TxCoreClient client, Hold hold, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(hold, deadline, cancellationToken);

    /// <summary>Turns a live hold into an order.</summary>
    public static Task<SubmitResult> ConfirmAsync(
        this TxCoreClient client, Confirm confirm, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(confirm, deadline, cancellationToken);

    /// <summary>Gives a live hold back.</summary>
    public static Task<SubmitResult> ReleaseAsync(
        this TxCoreClient client, ulong hold, ushort reason, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new Release(default, 0, hold, reason), deadline, cancellationToken);

    /// <summary>Records the payment authorisation of a live hold, so that it is voided should the hold end without an order.</summary>
    public static Task<SubmitResult> AuthoriseAsync(
        this TxCoreClient client, Authorise authorise, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(authorise, deadline, cancellationToken);

    /// <summary>Gives <paramref name="quantity"/> bought seats of a line (from 1) of an order back; the order is named by its hold's number.</summary>
    public static Task<SubmitResult> TicketReturnAsync(
        this TxCoreClient client, ulong number, byte line, ushort quantity, ushort reason, TimeSpan? deadline = null,
        CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new TicketReturn(default, 0, number, line, quantity, reason), deadline, cancellationToken);

    /// <summary>Puts a person on the waiting list of a cell; the person key has exactly 32 bytes.</summary>
    public static Task<SubmitResult> WaitJoinAsync(
        this TxCoreClient client, WaitJoin wait, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(wait, deadline, cancellationToken);

    /// <summary>Takes a person off a waiting list, by the number of the place.</summary>
    public static Task<SubmitResult> WaitLeaveAsync(
        this TxCoreClient client, ulong number, ushort reason, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new WaitLeave(default, 0, number, reason), deadline, cancellationToken);

    /// <summary>Registers a person in a draw; the person key has exactly 32 bytes.</summary>
    public static Task<SubmitResult> DrawRegisterAsync(
        this TxCoreClient client, uint draw, byte[] person, uint consent, TimeSpan? deadline = null,
        CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new DrawRegister(default, 0, draw, person, consent), deadline, cancellationToken);

    /// <summary>Withdraws a person from a draw; the person key has exactly 32 bytes.</summary>
    public static Task<SubmitResult> DrawWithdrawAsync(
        this TxCoreClient client, uint draw, byte[] person, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        client.SubmitAsync(new DrawWithdraw(default, 0, draw, person), deadline, cancellationToken);
}
