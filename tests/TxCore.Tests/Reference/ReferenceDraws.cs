using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>Draws, from definition to end (<c>domain.md</c> sections 3.2 and 3.3).</summary>
internal sealed class ReferenceDraws(ReferenceBook book)
{
    private const int EntriesMax = 50_000_000;
    private const int WavesMax = 500;

    public SortedDictionary<uint, ReferenceDraw> All { get; } = [];

    public Ruling Define(DrawDefine define, long now)
    {
        if (define.Draw is 0 or > int.MaxValue)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Draw);
        }

        if (All.ContainsKey(define.Draw))
        {
            return new Ruling(ResultCode.DrawExists, BodyField.Draw);
        }

        if (!IsPrintable(define.Name, 32))
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Draw);
        }

        if (define.EntriesMax is 0 or > EntriesMax)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.List);
        }

        if (define.ClosesAt <= now)
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Time);
        }

        All.Add(define.Draw, new ReferenceDraw(define));
        return Ruling.Accepted;
    }

    public Ruling Control(MessageType type, DrawControl control)
    {
        if (!All.TryGetValue(control.Draw, out var draw))
        {
            return UnknownDraw;
        }

        switch (type)
        {
            case MessageType.DrawOpen:
                return Move(draw, DrawStatus.Draft, DrawStatus.Open);
            case MessageType.DrawClose:
                return Move(draw, DrawStatus.Open, DrawStatus.Closed);
            case MessageType.DrawPublish:
                var ruling = CheckStep(draw, DrawStatus.Drawn, control.Control);
                return ruling.IsAccepted ? Move(draw, DrawStatus.Drawn, DrawStatus.Published) : ruling;
            default:
                bool isOver = book.Sales.Values.All(sale => sale.Terms.Draw != control.Draw || sale.Status == SaleStatus.Closed);
                if (draw.Status == DrawStatus.Ended || !isOver)
                {
                    return WrongState;
                }

                draw.Status = DrawStatus.Ended;
                draw.Entries.Clear();
                draw.Barred.Clear();
                return Ruling.Accepted;
        }
    }

    public Ruling Register(DrawRegister register)
    {
        string person = ReferenceTickets.Key(register.Person);
        if (!All.TryGetValue(register.Draw, out var draw))
        {
            return UnknownDraw;
        }

        var definition = draw.Definition;
        if (draw.Status != DrawStatus.Open)
        {
            return NotOpen;
        }

        if ((register.Consent & definition.RequiredConsent) != definition.RequiredConsent)
        {
            return new Ruling(ResultCode.ConsentMissing, BodyField.Consent);
        }

        if (draw.IsExcluded(person))
        {
            return Excluded;
        }

        var entry = draw.Entry(person);
        if (entry is { IsWithdrawn: false })
        {
            return new Ruling(ResultCode.AlreadyRegistered, BodyField.Person);
        }

        if (definition.PersonMax > 0 && book.Seats(person) >= definition.PersonMax)
        {
            return new Ruling(ResultCode.PersonCapReached, BodyField.Person);
        }

        if (entry is not null)
        {
            entry.IsWithdrawn = false;
            return Ruling.Accepted;
        }

        if (draw.Entries.Count >= definition.EntriesMax)
        {
            return new Ruling(ResultCode.DrawFull, BodyField.List);
        }

        draw.Entries.Add(new ReferenceEntry(person));
        return Ruling.Accepted;
    }

    public Ruling Withdraw(DrawWithdraw withdraw)
    {
        string person = ReferenceTickets.Key(withdraw.Person);
        if (!All.TryGetValue(withdraw.Draw, out var draw))
        {
            return UnknownDraw;
        }

        if (draw.Status != DrawStatus.Open)
        {
            return NotOpen;
        }

        if (draw.IsExcluded(person))
        {
            return Excluded;
        }

        if (draw.Entry(person) is not { IsWithdrawn: false } entry)
        {
            return NotRegistered;
        }

        entry.IsWithdrawn = true;
        return Ruling.Accepted;
    }

    public Ruling Freeze(DrawFreeze freeze)
    {
        if (!All.TryGetValue(freeze.Draw, out var draw))
        {
            return UnknownDraw;
        }

        var step = CheckStep(draw, DrawStatus.Closed, freeze.Control);
        if (!step.IsAccepted)
        {
            return step;
        }

        if (!IsPrintable(freeze.BeaconChain, 64))
        {
            return new Ruling(ResultCode.DefinitionInvalid, BodyField.Beacon);
        }

        if (freeze.Entries == 0 || freeze.Entries != draw.Entries.Count || !freeze.Root.AsSpan().SequenceEqual(draw.Root()))
        {
            return new Ruling(ResultCode.DrawListDiffers, BodyField.List);
        }

        draw.Freeze = freeze;
        draw.Status = DrawStatus.Frozen;
        return Ruling.Accepted;
    }

    public Ruling Run(DrawRun run, Decision decision)
    {
        if (!All.TryGetValue(run.Draw, out var draw))
        {
            return UnknownDraw;
        }

        var step = CheckStep(draw, DrawStatus.Frozen, run.Control);
        if (!step.IsAccepted)
        {
            return step;
        }

        if (!ReferenceLottery.Commitment(draw.Definition.Name, draw.Freeze!.Root, run.Secret).AsSpan().SequenceEqual(draw.Freeze.Commitment))
        {
            return new Ruling(ResultCode.SecretInvalid, BodyField.Secret);
        }

        bool isWitness = Encoding.ASCII.GetString(draw.Freeze.BeaconChain).StartsWith("witness", StringComparison.Ordinal);
        if (run.Signature.Length == 0 ? !isWitness : !SHA256.HashData(run.Signature).AsSpan().SequenceEqual(run.Randomness))
        {
            return new Ruling(ResultCode.BeaconInvalid, BodyField.Beacon);
        }

        var list = draw.List();
        int[] order = ReferenceLottery.Order(draw.Definition.Name, draw.Freeze.Root, run.Secret, run.Randomness, list.Count);
        for (int i = 0; i < order.Length; i++)
        {
            list[order[i]].Rank = i + 1;
        }

        draw.OrderHash = SHA256.HashData([.. order.SelectMany(BitConverter.GetBytes)]);
        draw.OrderRoot = ReferenceLottery.Root([.. order.Select(BitConverter.GetBytes)]);
        decision.Order = [.. draw.OrderHash, .. draw.OrderRoot];
        draw.Run = run;
        draw.Status = DrawStatus.Drawn;
        return Ruling.Accepted;
    }

    public Ruling Wave(DrawWave wave, long now)
    {
        if (!All.TryGetValue(wave.Draw, out var draw))
        {
            return UnknownDraw;
        }

        if (draw.Status != DrawStatus.Published)
        {
            return WrongState;
        }

        long last = draw.LastRankServed + (long)wave.Count;
        if (wave.Wave != draw.Waves.Count + 1 || wave.Wave > WavesMax || wave.Count == 0 || last > draw.Entries.Count)
        {
            return new Ruling(ResultCode.WaveInvalid, BodyField.Wave);
        }

        if (!book.Sales.TryGetValue(wave.Sale, out var sale))
        {
            return new Ruling(ResultCode.UnknownSale, BodyField.Sale);
        }

        if (sale.Terms.Draw != wave.Draw || sale.Status == SaleStatus.Closed)
        {
            return new Ruling(ResultCode.SaleState, BodyField.Sale);
        }

        if (wave.StartsAt >= wave.EndsAt || wave.EndsAt <= now)
        {
            return new Ruling(ResultCode.WaveInvalid, BodyField.Time);
        }

        draw.Waves.Add(new ReferenceWave(wave.Draw, wave.Wave, draw.LastRankServed + 1, (int)last, wave.Sale, wave.StartsAt, wave.EndsAt));
        return Ruling.Accepted;
    }

    public Ruling Exclude(DrawExclude exclude)
    {
        if (!All.TryGetValue(exclude.Draw, out var draw))
        {
            return UnknownDraw;
        }

        if (draw.Status == DrawStatus.Ended)
        {
            return WrongState;
        }

        foreach (string person in exclude.Persons.Select(ReferenceTickets.Key))
        {
            if (draw.Entry(person) is { } entry)
            {
                entry.IsExcluded = true;
            }
            else
            {
                draw.Barred.Add(person);
            }
        }

        return Ruling.Accepted;
    }

    /// <summary>Whether a person stands in a published draw.</summary>
    public Ruling CheckEntered(ReferenceDraw draw, string person, out ReferenceEntry? entry)
    {
        entry = draw.Entry(person);
        if (draw.Status != DrawStatus.Published)
        {
            return new Ruling(ResultCode.SlotNotOpen, BodyField.Draw);
        }

        if (entry is null or { IsWithdrawn: true })
        {
            return NotRegistered;
        }

        return entry.IsExcluded ? Excluded : Ruling.Accepted;
    }

    /// <summary>Whether a person's slot in a sale is open.</summary>
    public Ruling CheckSlot(ReferenceSale sale, string person, long now, out ReferenceWave? wave, out ReferenceEntry? entry)
    {
        var draw = All[sale.Terms.Draw];
        wave = null;
        var ruling = CheckEntered(draw, person, out entry);
        if (!ruling.IsAccepted)
        {
            return ruling;
        }

        int rank = entry!.Rank;
        wave = draw.Waves.Find(one => rank >= one.FirstRank && rank <= one.LastRank);
        if (wave is null || wave.Sale != sale.Id)
        {
            return new Ruling(ResultCode.SlotNotOpen, BodyField.Wave);
        }

        return now < wave.StartsAt || now >= wave.EndsAt ? new Ruling(ResultCode.SlotNotOpen, BodyField.Time) : Ruling.Accepted;
    }

    /// <summary>The entry in whose slot a hold was made; null without one.</summary>
    public ReferenceEntry? EntryOf(ReferenceHold hold) => hold.Wave is { } wave ? All[wave.Draw].Entry(hold.Person) : null;

    private static Ruling UnknownDraw => new(ResultCode.UnknownDraw, BodyField.Draw);

    private static Ruling WrongState => new(ResultCode.DrawStateInvalid, BodyField.Draw);

    private static Ruling NotOpen => new(ResultCode.DrawNotOpen, BodyField.Draw);

    private static Ruling NotRegistered => new(ResultCode.NotRegistered, BodyField.Person);

    private static Ruling Excluded => new(ResultCode.PersonExcluded, BodyField.Person);

    private static bool IsPrintable(byte[] text, int max) => text.Length >= 1 && text.Length <= max && text.All(static letter => letter is >= 0x21 and <= 0x7E);

    /// <summary>The steps that nobody takes alone.</summary>
    private static Ruling CheckStep(ReferenceDraw draw, DrawStatus from, ControlHeader control) =>
        draw.Status != from ? WrongState
        : ReferenceControls.HasSecond(control) ? Ruling.Accepted
        : new Ruling(ResultCode.SecondActorNeeded, BodyField.Actor);

    private static Ruling Move(ReferenceDraw draw, DrawStatus from, DrawStatus to)
    {
        if (draw.Status != from)
        {
            return WrongState;
        }

        draw.Status = to;
        return Ruling.Accepted;
    }
}
