using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>What an accepted entry does to the state, by kind. Assumes that it was decided: nothing is checked again here.</summary>
internal sealed class StateEffects
{
    private readonly List<HeldSeats> _seats = [];

    public void Apply(ShardState state, in Entry entry, ReadOnlySpan<byte> command)
    {
        var body = command.Length > SystemCommand.DeadlineBytes ? command[SystemCommand.DeadlineBytes..] : default;
        switch (entry.Kind)
        {
            case MessageType.Wager:
                break;
            case MessageType.Cancel:
                state.Tickets[entry.Reference] = PresentState.Cancelled;
                break;
            case MessageType.Reversal:
                Reverse(state, entry.Reference);
                break;
            case MessageType.Hold:
                Hold(state, in entry, body);
                break;
            case MessageType.Confirm:
                EndHold(state, entry.Reference, PresentState.Confirmed);
                break;
            case MessageType.Release:
                EndHold(state, entry.Reference, PresentState.Released);
                break;
            case MessageType.HoldExpired:
                EndHold(state, entry.Reference, PresentState.Expired);
                break;
            case MessageType.Started:
                Start(state, in entry, ShardRules.Read(body));
                break;
            case MessageType.DayOpened:
                OpenDay(state, entry.BusinessDay);
                break;
            default:
                DefinitionEffects.Apply(state, in entry, command, body);
                break;
        }
    }

    private static void Start(ShardState state, in Entry entry, ShardRules rules)
    {
        state.Rules = rules;
        state.NextDayStart = rules.NextDayStart(state.BusinessDay);
        if (state.KeyEpochs.Count == 0 || state.KeyEpochs[^1].KeyEpoch != rules.KeyEpoch)
        {
            state.KeyEpochs.Add((entry.Number, rules.KeyEpoch));
        }
    }

    private static void OpenDay(ShardState state, int businessDay)
    {
        state.BusinessDay = businessDay;
        state.NextDayStart = state.Rules.NextDayStart(businessDay);
        foreach (var source in state.Sources.Values)
        {
            source.StartDay();
        }
    }

    private static void Reverse(ShardState state, long number)
    {
        if (state.Holds.ContainsKey(number))
        {
            EndHold(state, number, PresentState.Reversed);
            return;
        }

        state.Tickets[number] = PresentState.Reversed;
    }

    private void Hold(ShardState state, in Entry entry, ReadOnlySpan<byte> body)
    {
        var reader = new HoldBody(body);
        var sale = state.Sales[reader.Sale];
        _seats.Clear();
        while (reader.TryNext(out var line))
        {
            var cell = sale.FindCell(line.Session, line.Category)!;
            cell.Hold(line.Quantity);
            state.TouchedCells.Add(cell);
            _seats.Add(new HeldSeats(cell, line.Quantity));
        }

        state.Holds.Add(entry.Number, new LiveHold(entry.Number, entry.Source, entry.ExpiresAt, entry.AmountCents, [.. _seats]));
        state.Expiries.Add(MessageType.HoldExpired, entry.Number, entry.ExpiresAt);
    }

    private static void EndHold(ShardState state, long number, PresentState end)
    {
        state.Holds.Remove(number, out var hold);
        foreach (var seats in hold!.Seats)
        {
            if (end == PresentState.Confirmed)
            {
                seats.Cell.Confirm(seats.Quantity);
            }
            else
            {
                seats.Cell.Release(seats.Quantity);
            }

            state.TouchedCells.Add(seats.Cell);
        }

        state.Tickets[number] = end;
    }
}
