using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Client.Tests;

internal static class Samples
{
    /// <summary>A wager as a terminal builds it; the clerk makes contents differ.</summary>
    public static Wager Wager(uint clerk = 0) => new(
        default, 1, 1, clerk, PaymentMeans.Cash, [], [], 200,
        [
            new WagerLine(
                new RaceId(20260101, 1, 1), (ushort)BetType.Win, Formula.Unit, false, false, 0, 0, StakeForm.Multiple, 1, 200, [5], [], []),
        ]);

    public static StateChange Change(ulong version) =>
        new(version, version, 1, MessageType.RaceStop, new RaceId(20260101, 1, 1), 0, (byte)RaceStatus.Stopped, 0, 0);
}
