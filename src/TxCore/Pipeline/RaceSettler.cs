using Microsoft.Extensions.Logging;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Sessions;
using TxCore.Storage;
using TxCore.Wagering.Settlement;

namespace TxCore.Pipeline;

/// <summary>
/// Counts a race for its publication from the committed rows alone: its card and results from the entries of its meeting, its stakes
/// from its wagers, in two passes. What it finds is compared with the running totals of the deciding thread when it enters the sequence:
/// two sums that share no state.
/// </summary>
public sealed class RaceSettler(ShardIdentity identity, IShardReader reader, DefinitionsBoard board, ILogger logger) : IRaceSettler
{
    /// <inheritdoc/>
    public async ValueTask<byte[]> SettleAsync(RacePublish publish, CancellationToken cancellationToken)
    {
        if (board.MeetingDefinedOn(publish.Race) is not { } fromDay)
        {
            return SettlementAnswer.Refused(ResultCode.UnknownRace);
        }

        var meeting = await ReadMeetingAsync(publish.Race, fromDay, cancellationToken);
        if (!meeting.Races.TryGetValue(publish.Race.Value, out var card) || !ResultRules.IsSettled(card))
        {
            return SettlementAnswer.Refused(ResultCode.RaceState);
        }

        if (publish.Method is not (DividendMethod.EqualSplit or DividendMethod.Official)
            || (publish.Method == DividendMethod.EqualSplit && publish.Pools.Length > 0))
        {
            return SettlementAnswer.Refused(ResultCode.DividendsInvalid);
        }

        var count = SettlementCount.Start(card, meeting.Races, publish.Method, publish.Pools, out string? fault);
        if (count is null)
        {
            return Refused(publish.Race, ResultCode.DividendsInvalid, fault);
        }

        var undone = await reader.ReadUndoneAsync(fromDay, cancellationToken);
        var kept = new KeptTickets();
        await reader.ReadWagersAsync(
            publish.Race, fromDay,
            (in StoredRow row) =>
            {
                if (!undone.Contains(row.Entry.Number))
                {
                    var body = row.Command[SystemCommand.DeadlineBytes..];
                    count.AddTicket(row.Entry.Number, body);
                    kept.Add(row.Entry.Number, body);
                }
            },
            cancellationToken);
        count.BeginPay();
        if (!kept.TryReplay(count.AddTicket))
        {
            await reader.ReadWagersAsync(
                publish.Race, fromDay,
                (in StoredRow row) =>
                {
                    if (!undone.Contains(row.Entry.Number))
                    {
                        count.AddTicket(row.Entry.Number, row.Command[SystemCommand.DeadlineBytes..]);
                    }
                },
                cancellationToken);
        }

        var settlement = count.Complete(card.ChangedBy, out fault);
        return settlement is not null
            ? SettlementAnswer.Of(settlement)
            : Refused(publish.Race, count.WaitsFor is null ? ResultCode.DividendsInvalid : ResultCode.EarlierRaceUnpublished, fault);
    }

    /// <summary>The tickets of the first pass, as long as they take no more than so many bytes: most races are read once then.</summary>
    private sealed class KeptTickets
    {
        private const long BytesMax = 64 * 1024 * 1024;
        private List<(long Number, byte[] Body)>? _tickets = [];
        private long _bytes;

        public void Add(long number, ReadOnlySpan<byte> body)
        {
            _bytes += body.Length;
            if (_bytes > BytesMax)
            {
                _tickets = null;
            }

            _tickets?.Add((number, body.ToArray()));
        }

        /// <summary>Gives every ticket again; false when they were too many to keep.</summary>
        public bool TryReplay(TicketVisitor visitor)
        {
            if (_tickets is null)
            {
                return false;
            }

            foreach (var (number, body) in _tickets)
            {
                visitor(number, body);
            }

            return true;
        }
    }

    private delegate void TicketVisitor(long number, ReadOnlySpan<byte> body);

    private byte[] Refused(RaceId race, ResultCode code, string? fault)
    {
        logger.SettlementRefused(race.ToString(), fault ?? code.ToString());
        return SettlementAnswer.Refused(code);
    }

    /// <summary>The races of the meeting as their stored entries left them.</summary>
    private async ValueTask<ShardState> ReadMeetingAsync(RaceId race, int fromDay, CancellationToken cancellationToken)
    {
        var meeting = new ShardState(identity, static _ => 1);
        await reader.ReadMeetingAsync(
            race.Day, race.Meeting, fromDay,
            (in StoredRow row) =>
            {
                var body = row.Command[SystemCommand.DeadlineBytes..];
                if (row.Entry.Kind == MessageType.PoolCarryIn)
                {
                    // The fund it came out of may have been filled by another meeting, which is not read here.
                    var carry = Bodies.Decode<PoolCarryIn>(body);
                    meeting.CarryOvers[carry.Pool] = meeting.CarryOvers.GetValueOrDefault(carry.Pool) + carry.AmountCents;
                }

                DefinitionEffects.Apply(meeting, in row.Entry, row.Command, body);
            },
            cancellationToken);
        return meeting;
    }
}
