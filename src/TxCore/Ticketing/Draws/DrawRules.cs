using System.Security.Cryptography;
using System.Text;
using TxCore.Pipeline;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering;
using WaveControl = TxCore.Protocol.Messages.DrawWave;

namespace TxCore.Ticketing.Draws;

/// <summary>Decides registrations and the controls of a draw (<c>domain.md</c> sections 3.2 and 3.3).</summary>
internal static class DrawRules
{
    /// <summary>Most entries of all draws that have not ended: what a snapshot can hold in one piece.</summary>
    private const uint EntriesMaxMax = 50_000_000;

    public static Verdict Register(ShardState state, in DrawEntryBody register)
    {
        var person = register.Person;
        var verdict = CheckOpen(state, register.Draw, out var draw);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if ((register.Consent & draw!.RequiredConsent) != draw.RequiredConsent)
        {
            return Verdict.Refuse(ResultCode.ConsentMissing, BodyField.Consent);
        }

        int index = draw.Entries.Find(in person);
        if (IsExcluded(draw, in person, index))
        {
            return Verdict.Refuse(ResultCode.PersonExcluded, BodyField.Person);
        }

        if (index >= 0 && (draw.Entries[index] & EntryFlags.Withdrawn) == EntryFlags.None)
        {
            return Verdict.Refuse(ResultCode.AlreadyRegistered, BodyField.Person);
        }

        if (draw.PersonMax > 0 && state.Persons.Find(in person)?.Seats >= draw.PersonMax)
        {
            return Verdict.Refuse(ResultCode.PersonCapReached, BodyField.Person);
        }

        return index < 0 && draw.Entries.Count >= draw.Entries.Max ? Verdict.Refuse(ResultCode.DrawFull, BodyField.List) : Verdict.Accepted;
    }

    public static Verdict Withdraw(ShardState state, in DrawEntryBody withdraw)
    {
        var person = withdraw.Person;
        var verdict = CheckOpen(state, withdraw.Draw, out var draw);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        int index = draw!.Entries.Find(in person);
        if (IsExcluded(draw, in person, index))
        {
            return Verdict.Refuse(ResultCode.PersonExcluded, BodyField.Person);
        }

        return index >= 0 && (draw.Entries[index] & EntryFlags.Withdrawn) == EntryFlags.None
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.NotRegistered, BodyField.Person);
    }

    /// <summary>Decides every control but the freeze and the run, which come with what was worked out beside the ring.</summary>
    public static Verdict Control(ShardState state, MessageType type, ReadOnlySpan<byte> body, long now)
    {
        if (type == MessageType.DrawDefine)
        {
            return Define(state, Bodies.Decode<DrawDefine>(body), now);
        }

        var header = ReadHeader(body, out uint id);
        if (!state.Draws.TryGetValue(id, out var draw))
        {
            return Verdict.Refuse(ResultCode.UnknownDraw, BodyField.Draw);
        }

        return type switch
        {
            MessageType.DrawOpen => In(draw, DrawStatus.Draft),
            MessageType.DrawClose => In(draw, DrawStatus.Open),
            MessageType.DrawPublish => In(draw, DrawStatus.Drawn) is { IsAccepted: false } wrong ? wrong : Second(header),
            MessageType.DrawWave => AddWave(state, draw, Bodies.Decode<WaveControl>(body), now),
            MessageType.DrawExclude => IsEnded(draw) ? WrongState() : Verdict.Accepted,
            _ => IsEnded(draw) || HasSale(state, draw) ? WrongState() : Verdict.Accepted,
        };
    }

    /// <summary>Checks what a freeze says by itself; the list is compared by <see cref="FreezeList"/>.</summary>
    public static Verdict Freeze(ShardState state, DrawFreeze freeze)
    {
        if (!state.Draws.TryGetValue(freeze.Draw, out var draw))
        {
            return Verdict.Refuse(ResultCode.UnknownDraw, BodyField.Draw);
        }

        var verdict = In(draw, DrawStatus.Closed);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (!ResultRules.HasSecondActor(freeze.Control))
        {
            return Second(freeze.Control);
        }

        return IsPrintable(freeze.BeaconChain) ? Verdict.Accepted : Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Beacon);
    }

    /// <summary>Compares the list that a freeze names with the host's.</summary>
    public static Verdict FreezeList(DrawFreeze freeze, PreparedList list) =>
        list.Entries > 0 && freeze.Entries == list.Entries && freeze.Root.AsSpan().SequenceEqual(list.Root)
            ? Verdict.Accepted
            : Verdict.Refuse(ResultCode.DrawListDiffers, BodyField.List);

    /// <summary>Checks a run: the secret opens the commitment, the randomness is what the beacon signed.</summary>
    public static Verdict Run(ShardState state, DrawRun run)
    {
        if (!state.Draws.TryGetValue(run.Draw, out var draw))
        {
            return Verdict.Refuse(ResultCode.UnknownDraw, BodyField.Draw);
        }

        var verdict = In(draw, DrawStatus.Frozen);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (!ResultRules.HasSecondActor(run.Control))
        {
            return Second(run.Control);
        }

        if (!DrawCommitment.Commit(draw.NameText, draw.Root, run.Secret).AsSpan().SequenceEqual(draw.Commitment))
        {
            return Verdict.Refuse(ResultCode.SecretInvalid, BodyField.Secret);
        }

        bool isWitness = draw.BeaconChain.AsSpan().StartsWith("witness"u8);
        bool isSigned = run.Signature.Length > 0 ? SHA256.HashData(run.Signature).AsSpan().SequenceEqual(run.Randomness) : isWitness;
        return isSigned ? Verdict.Accepted : Verdict.Refuse(ResultCode.BeaconInvalid, BodyField.Beacon);
    }

    /// <summary>Reads what all controls of a draw begin with.</summary>
    public static ControlHeader ReadHeader(ReadOnlySpan<byte> body, out uint draw)
    {
        var reader = new WireReader(body);
        var header = new ControlHeader(reader.UInt32(), reader.UInt32(), reader.UInt16());
        draw = reader.UInt32();
        return header;
    }

    private static Verdict Define(ShardState state, DrawDefine define, long now)
    {
        if (define.Draw is 0 or > int.MaxValue || !DrawCommitment.IsName(Encoding.ASCII.GetString(define.Name)))
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Draw);
        }

        if (state.Draws.ContainsKey(define.Draw))
        {
            return Verdict.Refuse(ResultCode.DrawExists, BodyField.Draw);
        }

        long others = state.Draws.Values.Sum(static draw => (long)draw.Entries.Max);
        if (define.EntriesMax == 0 || define.EntriesMax + others > EntriesMaxMax)
        {
            return Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.List);
        }

        return define.ClosesAt > now ? Verdict.Accepted : Verdict.Refuse(ResultCode.DefinitionInvalid, BodyField.Time);
    }

    private static Verdict AddWave(ShardState state, Draw draw, WaveControl wave, long now)
    {
        var verdict = In(draw, DrawStatus.Published);
        if (!verdict.IsAccepted)
        {
            return verdict;
        }

        if (wave.Wave != draw.Waves.Count + 1 || wave.Wave > Wire.WavesMax || wave.Count == 0
            || (long)draw.NextRank + wave.Count - 1 > draw.Entries.Count)
        {
            return Verdict.Refuse(ResultCode.WaveInvalid, BodyField.Wave);
        }

        if (!state.Sales.TryGetValue(wave.Sale, out var sale))
        {
            return Verdict.Refuse(ResultCode.UnknownSale, BodyField.Sale);
        }

        if (sale.Terms.Draw != draw.Id || sale.Status == SaleStatus.Closed)
        {
            return Verdict.Refuse(ResultCode.SaleState, BodyField.Sale);
        }

        return wave.StartsAt < wave.EndsAt && wave.EndsAt > now ? Verdict.Accepted : Verdict.Refuse(ResultCode.WaveInvalid, BodyField.Time);
    }

    private static Verdict CheckOpen(ShardState state, uint id, out Draw? draw)
    {
        if (!state.Draws.TryGetValue(id, out draw))
        {
            return Verdict.Refuse(ResultCode.UnknownDraw, BodyField.Draw);
        }

        return draw.Status == DrawStatus.Open ? Verdict.Accepted : Verdict.Refuse(ResultCode.DrawNotOpen, BodyField.Draw);
    }

    private static bool IsExcluded(Draw draw, in PersonKey person, int index) =>
        index >= 0 ? (draw.Entries[index] & EntryFlags.Excluded) != EntryFlags.None : draw.Barred.Contains(person);

    private static bool HasSale(ShardState state, Draw draw) =>
        state.Sales.Values.Any(sale => sale.Terms.Draw == draw.Id && sale.Status != SaleStatus.Closed);

    private static bool IsEnded(Draw draw) => draw.Status == DrawStatus.Ended;

    private static Verdict In(Draw draw, DrawStatus status) => draw.Status == status ? Verdict.Accepted : WrongState();

    private static Verdict Second(ControlHeader control) =>
        ResultRules.HasSecondActor(control) ? Verdict.Accepted : Verdict.Refuse(ResultCode.SecondActorNeeded, BodyField.Actor);

    private static Verdict WrongState() => Verdict.Refuse(ResultCode.DrawStateInvalid, BodyField.Draw);

    private static bool IsPrintable(byte[] name) => name.Length > 0 && !name.AsSpan().ContainsAnyExceptInRange((byte)0x21, (byte)0x7E);
}
