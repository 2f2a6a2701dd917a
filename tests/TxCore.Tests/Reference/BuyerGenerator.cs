using System.Security.Cryptography;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>What persons do: register, hold, pay, change their minds, come too late, try again.</summary>
internal sealed class BuyerGenerator(Random random, ReferenceShard reference) : SubmissionGenerator(random, reference)
{
    private const int PersonsPerSeason = 40;

    /// <summary>Most of the past that is gone back to.</summary>
    private const int KeptMax = 800;

    private readonly List<ReferenceHold> _made = [];
    private readonly List<ReferenceWait> _waits = [];
    private readonly List<byte[]> _authorisations = [];
    private readonly List<Submission> _sent = [];
    private byte[][] _persons = [];
    private ReferenceHold? _last;
    private int _season;
    private int _authorised;

    /// <summary>Sales that buyers go to.</summary>
    public List<ReferenceSale> Sales { get; } = [];

    /// <summary>Draws that persons enter.</summary>
    public List<ReferenceDraw> Draws { get; } = [];

    /// <summary>New persons come, some of the last ones stay.</summary>
    public void StartSeason(int season)
    {
        byte[][] stay = [.. _persons.Take(8)];
        _season = season;
        _persons = [.. Enumerable.Range(1, PersonsPerSeason).Select(Person), .. stay];
        Sales.RemoveAll(static sale => sale.Status == SaleStatus.Closed);
        Draws.RemoveAll(static draw => draw.Status == DrawStatus.Ended);
    }

    /// <summary>A person of this season.</summary>
    public byte[] Person(int number) => SHA256.HashData(BitConverter.GetBytes((_season * 10_000) + number));

    public byte[] AnyPerson() => _persons[Random.Next(_persons.Length)];

    public void Note(Submission submission, Decision decision)
    {
        _sent.Add(submission);
        Trim(_sent);
        Trim(_made);
        Trim(_waits);
        if (decision is { Type: MessageType.Hold, Hold: { } hold })
        {
            _made.Add(hold);
        }

        if (decision.Wait is { } wait)
        {
            _waits.Add(wait);
        }
    }

    public Step Next()
    {
        bool doesRegister = Draws.Exists(static draw => draw.Status == DrawStatus.Open) && Chance(45);
        return doesRegister ? At(Register()) : Random.Next(1000) switch
        {
            < 320 => At(Hold()),
            < 430 => At(Authorise()),
            < 600 => At(Confirm()),
            < 650 => At(Release()),
            < 700 => At(Reversal()),
            < 780 => At(Return()),
            < 860 => At(Join()),
            < 880 => At(Leave()),
            < 900 => At(Register()),
            < 940 => At(Again()),
            < 948 => At(Gap()),
            < 956 => At(Malformed()),
            < 962 => new Step(0, null) { Reconnect = Frontend() },
            < 985 => Edge(),
            < 995 => new Step(Random.Next(1, 25) * Second, Chance(50) ? Hold() : null),
            _ => new Step(-Random.Next(1, 60) * Second, null),
        };
    }

    /// <summary>One seat of a sale's first cell, for nobody named.</summary>
    public Submission SingleHold(uint sale) => Send(new Hold(Header(Frontend()), 0, sale, [], [new HoldLine(1, 1, 1, 0)]));

    /// <summary>One person more who waits for the first cell of a sale.</summary>
    public Submission SingleWait(uint sale, int person) => Send(new WaitJoin(Header(Frontend()), 0, sale, Person(1_000 + person), 1, 1, 1));

    private static void Trim<T>(List<T> items)
    {
        if (items.Count > KeptMax)
        {
            items.RemoveRange(0, items.Count / 2);
        }
    }

    private Step At(Submission submission) => new(Chance(50) ? Random.Next(0, 2_500_000) : 0, submission);

    /// <summary>Just before, at and just after something ends or begins.</summary>
    private Step Edge()
    {
        var hold = Any(Book.Live);
        var wave = Any(Draws.SelectMany(static draw => draw.Waves).Where(wave => wave.EndsAt > Now).ToList());
        if (wave is not null && Chance(50))
        {
            long edge = (wave.StartsAt > Now && Chance(60) ? wave.StartsAt : wave.EndsAt) - Choose(0, 1);
            if (edge >= Now && edge - Now < 3600 * Second)
            {
                int rank = Random.Next(wave.FirstRank, wave.LastRank + 1);
                var entry = Reference.Draws.All[wave.Draw].Entries.Find(one => one.Rank == rank);
                return new Step(edge - Now, Hold(Book.Sales[wave.Sale], entry is null ? AnyPerson() : Convert.FromHexString(entry.Person)));
            }
        }

        if (hold is null || hold.ExpiresAt - Now > 3600 * Second || hold.ExpiresAt <= Now + 1)
        {
            return At(Join());
        }

        _last = hold;
        return new Step(hold.ExpiresAt - Now - Choose(0, 1), Choose(0, 1, 2) switch
        {
            0 => Confirm(),
            1 => Authorise(),
            _ => Release(),
        });
    }

    private ReferenceSale? AnySale() => Any(Sales.FindAll(sale => sale.Status == SaleStatus.Open || Random.Next(100) < 4));

    private Submission Hold()
    {
        var sale = AnySale();
        byte[] person = AnyPerson();
        if (sale is { Terms.Draw: > 0 } && Chance(75))
        {
            var waves = Reference.Draws.All[sale.Terms.Draw].Waves.FindAll(wave => wave.Sale == sale.Id && wave.StartsAt <= Now && wave.EndsAt > Now);
            var ranked = Reference.Draws.All[sale.Terms.Draw].Entries.FindAll(entry => waves.Exists(wave => entry.Rank >= wave.FirstRank && entry.Rank <= wave.LastRank));
            person = Any(ranked) is { } entry ? Convert.FromHexString(entry.Person) : person;
        }

        return Hold(sale, person);
    }

    private Submission Hold(ReferenceSale? sale, byte[] person)
    {
        bool isNamed = sale is not null && (sale.Terms.PersonMax > 0 || sale.Terms.Draw > 0) ? !Chance(2) : Chance(25);
        person = Chance(1) ? new byte[5] : isNamed ? person : [];
        var lines = sale is null || sale.Cells.Count == 0 ? [new HoldLine(1, 1, 1, 0)] : sale.Terms.PackSessions > 0 ? Packs(sale) : Lines(sale);
        uint id = sale is null || Chance(1) ? Choose<uint>(0, 999, uint.MaxValue) : sale.Id;
        return Send(new Hold(Header(Frontend()), Now, id, person, lines));
    }

    private HoldLine[] Lines(ReferenceSale sale) =>
        [.. Enumerable.Range(0, Choose(1, 1, 1, 2, 2, 3)).Select(_ => Line(sale, (byte)(Chance(90) ? 0 : Random.Next(3))))];

    private HoldLine Line(ReferenceSale sale, byte pack)
    {
        var cell = Any(sale.Cells)!;
        ushort category = Chance(1) ? (ushort)9 : cell.Category;
        return new HoldLine(cell.Session, category, (ushort)Choose(1, 1, 2, 2, 3, 4, Chance(20) ? 0 : 1, Chance(20) ? 60 : 1), pack);
    }

    private HoldLine[] Packs(ReferenceSale sale)
    {
        var lines = new List<HoldLine>();
        int packs = Choose(1, 1, 1, 2, 2, 3);
        for (byte pack = 1; pack <= packs; pack++)
        {
            ushort quantity = Choose<ushort>(1, 1, 2);
            var sessions = sale.Cells.Select(static cell => cell.Session).Distinct().OrderBy(_ => Random.Next()).Take(sale.Terms.PackSessions);
            lines.AddRange(sessions.Select(session => new HoldLine(session, sale.Cells.First(cell => cell.Session == session).Category, quantity, pack)));
        }

        if (Chance(20))
        {
            int at = Random.Next(lines.Count);
            lines[at] = Choose(
                lines[at] with { Pack = 0 }, lines[at] with { Pack = 9 }, lines[at] with { Quantity = (ushort)(lines[at].Quantity + 1) },
                lines[at] with { Session = lines[0].Session });
        }

        if (Chance(7))
        {
            lines.RemoveAt(Random.Next(lines.Count));
        }

        return lines.Count > 0 ? [.. lines.OrderBy(_ => Chance(30) ? Random.Next() : 0)] : [new HoldLine(1, 1, 1, 1)];
    }

    /// <summary>A hold to go on with: a live one mostly, or one of the last that ended.</summary>
    private ReferenceHold? AHold()
    {
        var last = _last;
        _last = null;
        return last ?? (Chance(80) ? Any(Book.Live) : Any(_made.TakeLast(60).ToList()));
    }

    private ulong Number(ReferenceHold? hold) => hold is not null && !Chance(3)
        ? (ulong)hold.Number
        : Choose(0UL, ulong.MaxValue, (ulong)Random.NextInt64(1, Reference.LastNumber + 5));

    private byte[] Authorisation(ReferenceHold? hold)
    {
        if (hold is { Authorisation.Length: > 0 } && Chance(75))
        {
            return Convert.FromHexString(hold.Authorisation);
        }

        if (Chance(12) && _authorisations.Count > 0)
        {
            return _authorisations[Random.Next(Math.Max(0, _authorisations.Count - 40), _authorisations.Count)];
        }

        if (Chance(3))
        {
            return [];
        }

        byte[] made = SHA256.HashData(BitConverter.GetBytes(++_authorised))[..Random.Next(4, 33)];
        _authorisations.Add(made);
        return made;
    }

    private long Amount(ReferenceHold? hold) => (hold?.AmountCents ?? 100) + (Chance(5) ? Choose(1, -1, int.MaxValue) : 0);

    private Submission Authorise()
    {
        var hold = AHold();
        return Send(new Authorise(Header(Frontend()), Now, Number(hold), Amount(hold), Authorisation(hold is not null && Chance(70) ? null : hold)));
    }

    private Submission Confirm()
    {
        var hold = AHold();
        return Send(new Confirm(Header(Frontend()), Now, Number(hold), Amount(hold), Authorisation(hold)));
    }

    private Submission Release() => Send(new Release(Header(Frontend()), Now, Number(AHold()), 3));

    private Submission Reversal()
    {
        uint source = Frontend();
        long next = Reference.Next(source);
        long original = Random.Next(100) switch
        {
            < 8 => next,
            < 10 => next + 1,
            < 70 => _made.FindLast(hold => hold.Source == source && hold.State == PresentState.Held) is { } hold ? Reference.ByNumber[hold.Number].Sequence : next,
            _ => Random.NextInt64(Math.Max(1, next - 30), next + 1),
        };
        long amount = original < next ? Reference.Decisions[source][(int)original - 1].AmountCents : 0;
        return Send(new Reversal(Header(source), Now, 0, (ulong)original, amount + (Chance(8) ? 1 : 0), 4021));
    }

    private Submission Return()
    {
        var orders = _made.TakeLast(150).Where(static hold => hold.State == PresentState.Confirmed && hold.Sale.Status == SaleStatus.Open).ToList();
        var order = orders.Count > 0 && Chance(85) ? Any(orders) : Any(_made);
        int line = order is null || Chance(6) ? Random.Next(0, 4) : Random.Next(1, order.Lines.Count + 1);
        int left = order is not null && line >= 1 && line <= order.Lines.Count ? order.Lines[line - 1].Left : 1;
        int quantity = Chance(10) ? Random.Next(0, 5) : Chance(60) ? left : Random.Next(0, left + 1);
        return Send(new TicketReturn(Header(Frontend()), Now, Number(order), (byte)line, (ushort)quantity, 2));
    }

    private Submission Join()
    {
        var lists = Sales.FindAll(sale => sale.Status == SaleStatus.Open && sale.Terms.OfferSeconds > 0);
        var sale = lists.Count > 0 && Chance(90) ? Any(lists) : AnySale();
        var cell = sale is null ? null : Any(sale.Cells);
        byte[] person = AnyPerson();
        if (sale is { Terms.Draw: > 0 } && Any(Reference.Draws.All[sale.Terms.Draw].Entries) is { } entry && Chance(80))
        {
            person = Convert.FromHexString(entry.Person);
        }

        ushort quantity = (ushort)Choose(1, 1, 1, 2, 2, 3, Chance(20) ? 0 : 1, Chance(20) ? 90 : 1);
        return Send(new WaitJoin(Header(Frontend()), Now, sale?.Id ?? 998, person, cell?.Session ?? 1, (ushort)(Chance(2) ? 9 : cell?.Category ?? 1), quantity));
    }

    private Submission Leave()
    {
        var waiting = _waits.FindAll(static wait => wait.State == PresentState.Waiting);
        var wait = waiting.Count > 0 && Chance(80) ? Any(waiting) : Any(_waits);
        ulong number = wait is null || Chance(5) ? (ulong)Random.NextInt64(0, Reference.LastNumber + 3) : (ulong)wait.Number;
        return Send(new WaitLeave(Header(Frontend()), Now, number, 1));
    }

    private Submission Register()
    {
        var open = Draws.FindAll(static draw => draw.Status == DrawStatus.Open);
        var draw = open.Count > 0 && Chance(95) ? Any(open) : Any(Draws);
        uint id = draw?.Definition.Draw ?? 997;
        if (Chance(15))
        {
            byte[] gone = draw is { Entries.Count: > 0 } && Chance(80) ? Convert.FromHexString(Any(draw.Entries)!.Person) : AnyPerson();
            return Send(new DrawWithdraw(Header(Frontend()), Now, id, gone));
        }

        return Send(new DrawRegister(Header(Frontend()), Now, Chance(1) ? 996 : id, AnyPerson(), Chance(96) ? 7u : 1u));
    }

    /// <summary>A frame once more, or another one under its sequence.</summary>
    private Submission Again()
    {
        if (_sent.Count == 0)
        {
            return Hold();
        }

        var old = _sent[Chance(70) ? Random.Next(Math.Max(0, _sent.Count - 100), _sent.Count) : Random.Next(_sent.Count)];
        if (Chance(85) || old.Header.Source == Admin)
        {
            return old;
        }

        var header = new TransactionHeader(old.Header.Source, old.Header.Sequence, 0);
        return Chance(50) ? Send(new Reversal(header, 1, 0, old.Header.Sequence, 0, 4021)) : Send(new Release(header, 1, 1, 0));
    }

    private Submission Gap()
    {
        uint source = Frontend();
        return Send(new Release(new TransactionHeader(source, (ulong)(Reference.Next(source) + Random.Next(1, 5)), 0), Now, 1, 0));
    }

    private Submission Malformed()
    {
        var whole = Random.Next(6) switch
        {
            0 => Hold(),
            1 => Confirm(),
            2 => Return(),
            3 => Join(),
            4 => Register(),
            _ => Authorise(),
        };
        int body = whole.Frame.Length - Wire.HeaderBytes - Wire.TransactionHeaderBytes;
        byte[] cut = whole.Frame[..^Random.Next(1, body + 1)];
        Frame.WriteHeader(cut, whole.Type, cut.Length - Wire.HeaderBytes);
        return whole with { Message = null, Frame = cut };
    }
}
