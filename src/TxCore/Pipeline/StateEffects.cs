using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Wagering;

namespace TxCore.Pipeline;

/// <summary>What an accepted entry does to the state, by kind. Assumes that it was decided: nothing is checked again here.</summary>
internal static class StateEffects
{
    public static void Apply(ShardState state, in Entry entry, ReadOnlySpan<byte> command)
    {
        var body = command.Length > SystemCommand.DeadlineBytes ? command[SystemCommand.DeadlineBytes..] : default;
        switch (entry.Kind)
        {
            case MessageType.Reversal when entry.Code == ResultCode.ReversalToSupervisor:
                state.Tickets[entry.Reference] = PresentState.Disputed;
                break;
            case MessageType.Wager:
                Wager(state, body);
                break;
            case MessageType.Cancel:
                state.Tickets[entry.Reference] = PresentState.Cancelled;
                Addendum.ApplyUndo(state, command[Addendum.Start(entry.Kind, command)..]);
                break;
            case MessageType.Reversal:
                Reverse(state, entry.Reference, command);
                break;
            case MessageType.SupervisorResolve:
                Resolve(state, in entry, command, body);
                break;
            case MessageType.Pay:
                state.Tickets[entry.Reference] = PresentState.Paid;
                Addendum.ApplyPay(state, command[Addendum.Start(entry.Kind, command)..]);
                break;
            case MessageType.VoucherRedeem:
                state.Tickets[entry.Reference] = PresentState.Paid;
                break;
            case MessageType.VoucherIssue:
                break;
            case MessageType.PlayersBar:
                PlayerRules.ApplyBar(state, Bodies.Decode<PlayersBar>(body), entry.SequencedAt);
                break;
            case MessageType.PlayerLimit:
                PlayerRules.ApplyLimit(state, Bodies.Decode<PlayerLimit>(body), entry.SequencedAt);
                break;
            case MessageType.Started:
                Start(state, in entry, ShardRules.Read(body));
                break;
            case MessageType.DayOpened:
                OpenDay(state, entry.BusinessDay);
                break;
            default:
                if (!TicketingEffects.TryApply(state, in entry, command, body) && !DrawEffects.TryApply(state, in entry, command, body))
                {
                    DefinitionEffects.Apply(state, in entry, command, body);
                }

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
        if (state.BusinessDay / 100 != businessDay / 100)
        {
            state.Players.StartMonth(businessDay);
        }

        state.BusinessDay = businessDay;
        state.NextDayStart = state.Rules.NextDayStart(businessDay);
        foreach (var source in state.Sources.Values)
        {
            source.StartDay();
        }
    }

    /// <summary>Counts the stakes into their pools and into the player's periods.</summary>
    private static void Wager(ShardState state, ReadOnlySpan<byte> body)
    {
        var wager = new WagerBody(body);
        while (wager.TryNext(out var line))
        {
            state.Races[line.Race.Value].FindPool(line.StakePool())!.TakenCents += line.AmountCents;
        }

        if (!wager.Player.IsEmpty)
        {
            state.Players.Account(PersonKey.Read(wager.Player)).Add(wager.AmountCents, state.BusinessDay, state.BusinessDay);
        }
    }

    private static void Reverse(ShardState state, long number, ReadOnlySpan<byte> command)
    {
        if (state.Holds.ContainsKey(number))
        {
            TicketingEffects.EndHold(state, number, PresentState.Reversed);
            return;
        }

        state.Tickets[number] = PresentState.Reversed;
        Addendum.ApplyUndo(state, command[Addendum.Start(MessageType.Reversal, command)..]);
    }

    private static void Resolve(ShardState state, in Entry entry, ReadOnlySpan<byte> command, ReadOnlySpan<byte> body)
    {
        bool isGranted = Bodies.Decode<SupervisorResolve>(body).IsGranted;
        state.Tickets[entry.Reference] = isGranted ? PresentState.Reversed : PresentState.Live;
        if (isGranted)
        {
            Addendum.ApplyUndo(state, command[Addendum.Start(entry.Kind, command)..]);
        }
    }
}
