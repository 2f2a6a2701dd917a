using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Wagering;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>
/// Counts a race for its publication from the committed rows alone: its card and results from the entries of its meeting, its stakes
/// from its wagers. What it finds is compared with the running totals of the deciding thread when it enters the sequence: two sums
/// that share no state.
/// </summary>
public sealed class RaceSettler(ShardIdentity identity, IShardReader reader, DefinitionsBoard board) : IRaceSettler
{
    /// <inheritdoc/>
    public async ValueTask<byte[]> SettleAsync(RacePublish publish, CancellationToken cancellationToken)
    {
        if (board.FindRace(publish.Race) is not { } known)
        {
            return SettlementAnswer.Refused(ResultCode.UnknownRace);
        }

        var meeting = new ShardState(identity, static _ => 1);
        await reader.ReadMeetingAsync(
            publish.Race.Day, publish.Race.Meeting, known.DefinedOn,
            (in StoredRow row) => DefinitionEffects.Apply(meeting, in row.Entry, row.Command, row.Command[SystemCommand.DeadlineBytes..]),
            cancellationToken);
        return SettlementAnswer.Refused(ResultCode.RaceState);
    }
}
