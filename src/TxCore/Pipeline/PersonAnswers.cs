using System.Buffers.Binary;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Ticketing;

namespace TxCore.Pipeline;

/// <summary>Answers where a person stands, from the state the next decision would use; the answer leaves after a commit like any other.</summary>
internal sealed class PersonAnswers(ShardState state)
{
    /// <summary>The command of such an event is the draw (4) and the person key (32).</summary>
    public const int CommandBytes = sizeof(uint) + Wire.PersonKeyBytes;

    public void Answer(TxEvent work)
    {
        var source = state.Source(work.Source);
        if (source.SessionId != work.SessionId)
        {
            SequenceRules.NotDecided(work, source, ResultCode.Fenced);
            return;
        }

        work.Answer = AnswerKind.Person;
        work.Person = Describe(
            work.Source, (ulong)work.Sequence, BinaryPrimitives.ReadUInt32LittleEndian(work.Command), PersonKey.Read(work.Command.AsSpan(sizeof(uint))));
    }

    private PersonState Describe(uint source, ulong request, uint drawId, in PersonKey person)
    {
        var account = state.Persons.Find(in person);
        var answer = new PersonState(
            source, request, drawId, EntryStatus.None, 0, 0, 0, 0, 0, 0, (uint)(account?.Seats ?? 0), Holds(account), Waits(account));
        if (!state.Draws.TryGetValue(drawId, out var draw) || draw.Entries.Find(in person) is not (>= 0 and var index))
        {
            return answer;
        }

        answer = answer with { Entry = Ticketing.Draws.DrawEntries.StatusOf(draw.Entries[index]) };
        uint rank = draw.RankOf(index);
        if (draw.Status != DrawStatus.Published || rank == 0)
        {
            return answer;
        }

        return draw.WaveOf(rank) is { } wave
            ? answer with
            {
                Rank = rank,
                Wave = wave.Number,
                Sale = wave.Sale,
                StartsAt = wave.StartsAt,
                EndsAt = wave.EndsAt,
                AheadInWave = rank - wave.FirstRank,
            }
            : answer with { Rank = rank, AheadInWave = rank - draw.NextRank };
    }

    private PersonHold[] Holds(PersonAccount? account) => account is null
        ? []
        : [.. account.Holds.Take(Wire.PersonItemsMax).Select(number =>
        {
            var hold = state.Holds[number];
            return new PersonHold((ulong)number, hold.Seats[0].Cell.Sale.Id, hold.ExpiresAt, hold.AmountCents, (ushort)Math.Min(hold.Quantity, ushort.MaxValue), (ulong)hold.Wait);
        })];

    private PersonWait[] Waits(PersonAccount? account) => account is null
        ? []
        : [.. account.Waits.Take(Wire.PersonItemsMax).Select(number =>
        {
            var waiter = state.Waits[number];
            var cell = waiter.Cell;
            return new PersonWait((ulong)number, cell.Sale.Id, cell.Session, cell.Category, waiter.Quantity, (uint)cell.Waiting.Ahead(waiter));
        })];
}
