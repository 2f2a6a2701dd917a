using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Storage;
using TxCore.Ticketing.Draws;
using WaveControl = TxCore.Protocol.Messages.DrawWave;

namespace TxCore.Pipeline;

/// <summary>What accepted registrations and controls of a draw do to the state.</summary>
internal static class DrawEffects
{
    /// <summary>Applies an entry; false when it is of another kind.</summary>
    public static bool TryApply(ShardState state, in Entry entry, ReadOnlySpan<byte> command, ReadOnlySpan<byte> body)
    {
        switch (entry.Kind)
        {
            case MessageType.DrawRegister:
                Register(state, new DrawEntryBody(body));
                return true;
            case MessageType.DrawWithdraw:
                Withdraw(state, new DrawEntryBody(body));
                return true;
            case MessageType.DrawExclude:
                Exclude(state, Bodies.Decode<DrawExclude>(body));
                return true;
            case MessageType.DrawDefine:
                Announce(state, in entry, Define(state, Bodies.Decode<DrawDefine>(body)));
                return true;
            case MessageType.DrawOpen or MessageType.DrawClose or MessageType.DrawPublish or MessageType.DrawEnd:
                DrawRules.ReadHeader(body, out uint id);
                Announce(state, in entry, Step(state, state.Draws[id], entry.Kind));
                return true;
            case MessageType.DrawCloseDue:
                Announce(state, in entry, Step(state, state.Draws[(uint)SystemCommand.Subject(command)], MessageType.DrawClose));
                return true;
            case MessageType.DrawFreeze:
                Announce(state, in entry, Freeze(state, Bodies.Decode<DrawFreeze>(body)));
                return true;
            case MessageType.DrawRun:
                Announce(state, in entry, Run(state, Bodies.Decode<DrawRun>(body), command[Addendum.Start(entry.Kind, command)..]));
                return true;
            case MessageType.DrawWave:
                Announce(state, in entry, AddWave(state, Bodies.Decode<WaveControl>(body)));
                return true;
            default:
                return false;
        }
    }

    private static void Register(ShardState state, in DrawEntryBody register)
    {
        var person = register.Person;
        var draw = state.Draws[register.Draw];
        int index = draw.Entries.Find(in person);
        if (index < 0)
        {
            draw.Entries.Add(in person);
        }
        else
        {
            draw.Entries[index] &= ~EntryFlags.Withdrawn;
            draw.StruckEntries.Remove(index);
        }

        state.TouchedDraw = draw;
    }

    private static void Withdraw(ShardState state, in DrawEntryBody withdraw)
    {
        var person = withdraw.Person;
        var draw = state.Draws[withdraw.Draw];
        int index = draw.Entries.Find(in person);
        draw.Entries[index] |= EntryFlags.Withdrawn;
        draw.StruckEntries.Add(index);
        state.TouchedDraw = draw;
    }

    private static void Exclude(ShardState state, DrawExclude exclude)
    {
        var draw = state.Draws[exclude.Draw];
        foreach (byte[] bytes in exclude.Persons)
        {
            var person = PersonKey.Read(bytes);
            int index = draw.Entries.Find(in person);
            if (index < 0)
            {
                draw.Barred.Add(person);
                continue;
            }

            bool isAhead = !DrawEntries.IsStruck(draw.Entries[index]) && (draw.Entries[index] & EntryFlags.Arrived) == EntryFlags.None;
            draw.Entries[index] |= EntryFlags.Excluded;
            draw.StruckEntries.Add(index);
            if (isAhead && draw.WaveOf(draw.RankOf(index)) is { } wave)
            {
                wave.Struck++;
                state.TouchedWaves.Add(wave);
            }
        }

        state.TouchedDraw = draw;
    }

    private static Draw Define(ShardState state, DrawDefine define)
    {
        var draw = new Draw(define.Draw, define.Name, (int)define.EntriesMax)
        {
            ClosesAt = define.ClosesAt,
            RequiredConsent = define.RequiredConsent,
            PersonMax = define.PersonMax,
        };
        state.Draws[draw.Id] = draw;
        return draw;
    }

    private static Draw Step(ShardState state, Draw draw, MessageType step)
    {
        switch (step)
        {
            case MessageType.DrawOpen:
                draw.Status = DrawStatus.Open;
                state.Stops.Add(MessageType.DrawCloseDue, draw.Id, draw.ClosesAt);
                break;
            case MessageType.DrawClose:
                draw.Status = DrawStatus.Closed;
                break;
            case MessageType.DrawPublish:
                draw.Status = DrawStatus.Published;
                break;
            default:
                draw.Status = DrawStatus.Ended;
                draw.Entries = new DrawEntries(0);
                draw.Ranks = [];
                draw.StruckEntries.Clear();
                draw.Barred.Clear();
                break;
        }

        return draw;
    }

    private static Draw Freeze(ShardState state, DrawFreeze freeze)
    {
        var draw = state.Draws[freeze.Draw];
        (draw.Root, draw.Commitment, draw.BeaconChain, draw.BeaconRound) = (freeze.Root, freeze.Commitment, freeze.BeaconChain, freeze.BeaconRound);
        draw.Status = DrawStatus.Frozen;
        return draw;
    }

    /// <summary>Takes the order worked out beside the ring; recovery, which has none, works it out again.</summary>
    private static Draw Run(ShardState state, DrawRun run, ReadOnlySpan<byte> addendum)
    {
        var draw = state.Draws[run.Draw];
        (draw.Secret, draw.Randomness, draw.Signature) = (run.Secret, run.Randomness, run.Signature);
        draw.OrderHash = addendum[..Wire.HashBytes].ToArray();
        draw.OrderRoot = addendum[Wire.HashBytes..].ToArray();
        draw.Ranks = state.PreparedOrder is { } order && order.IsOf(run) ? order.Ranks : DrawWork.Ranks(draw, run.Secret, run.Randomness);
        draw.Status = DrawStatus.Drawn;
        return draw;
    }

    private static Draw AddWave(ShardState state, WaveControl message)
    {
        var draw = state.Draws[message.Draw];
        uint first = draw.NextRank;
        var wave = new Wave(draw, message.Wave, first, first + message.Count - 1, message.Sale, message.StartsAt, message.EndsAt);
        foreach (int index in draw.StruckEntries)
        {
            wave.Struck += draw.RankOf(index) >= wave.FirstRank && draw.RankOf(index) <= wave.LastRank ? 1 : 0;
        }

        draw.Waves.Add(wave);
        state.TouchedWaves.Add(wave);
        return draw;
    }

    private static void Announce(ShardState state, in Entry entry, Draw draw)
    {
        state.TouchedDraw = draw;
        state.DefinitionsVersion++;
        state.LastChange = new StateChange(
            (ulong)state.DefinitionsVersion, (ulong)entry.Number, entry.SequencedAt, entry.Kind, default, 0, (byte)draw.Status, 0, 0, draw.Id);
    }
}
