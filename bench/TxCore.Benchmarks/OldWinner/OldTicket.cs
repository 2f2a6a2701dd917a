namespace TxCore.Benchmarks.OldWinner;

/// <summary>A winning ticket that nobody has been paid for.</summary>
/// <param name="Number">Its number.</param>
/// <param name="AgeDays">Business days since it was sold.</param>
/// <param name="ControlCode">What is printed on it, ASCII.</param>
internal sealed record OldTicket(long Number, int AgeDays, byte[] ControlCode);
