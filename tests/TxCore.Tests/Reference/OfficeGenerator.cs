using System.Security.Cryptography;
using System.Text;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Tests.Reference;

/// <summary>What administrators do: sales and draws are defined and led to their end, with wrong steps in between.</summary>
internal sealed class OfficeGenerator(Random random, ReferenceShard reference, BuyerGenerator buyers) : SubmissionGenerator(random, reference)
{
    /// <summary>Sales of a season have numbers of their own, and room for more.</summary>
    private const uint NumbersPerSeason = 20;
    private const ushort PersonMax = 9;
    private const ushort SessionMax = 4;
    private const int EntriesWanted = 22;

    private uint _season;
    private uint _extra;

    /// <summary>The steps that begin a season: two draws, and sales of every kind.</summary>
    public IEnumerable<Func<Submission>> StartSeason(int season, bool isLong)
    {
        _season = (uint)season;
        _extra = 0;
        uint first = (uint)season * NumbersPerSeason;
        long hour = 3600 * Second;
        for (uint draw = first + 1; draw <= first + 2; draw++)
        {
            uint id = draw;
            ushort cap = id == first + 2 ? (ushort)(PersonMax - 2) : (ushort)0;
            long closesIn = Random.Next(200, 1_500) * Second;
            yield return () => Send(new DrawDefine(Header(Admin), Control(), id, NameOf(id), Now + closesIn, isLong ? 45u : 38u, 3, cap));
            yield return () => DrawStep(MessageType.DrawOpen, id);
        }

        SaleTerms[] terms =
        [
            default,
            new(0, PersonMax, (byte)Choose(2, 3), (byte)Choose(0, 2), 0, 0),
            new(first + 1, PersonMax, 0, 0, 15, 5),
            new(first + 2, PersonMax, 0, 0, 0, 0),
            new(0, PersonMax, 0, 0, 20, 25),
            new(first + 1, PersonMax, 2, 1, 10, 1_000_000),
        ];
        for (int i = 0; i < terms.Length; i++)
        {
            uint sale = first + (uint)i + 1;
            var asked = terms[i];
            long closesAfter = Choose(500 * Second, 5 * hour, 100 * hour, 100 * hour);
            uint holdSeconds = Choose<uint>(15, 40, 90);
            yield return () => Send(new SaleDefine(Header(Admin), Control(), sale, Now + closesAfter, holdSeconds, asked));
            yield return () => Send(new CellsDefine(Header(Admin), Control(), sale, Cells(asked.PackSessions > 0 ? 3 : 2, Choose(4, 9, 25))));
            yield return () => SaleStep(MessageType.SaleOpen, sale);
        }
    }

    /// <summary>The steps that make a sale with one cell and a waiting list, for a crowd.</summary>
    public IEnumerable<Submission> CrowdSale(uint sale, int seats)
    {
        yield return Send(new SaleDefine(Header(Admin), new ControlHeader(42, 0, 1), sale, Now + (90_000 * Second), 30, new SaleTerms(0, 0, 0, 0, 20, 1_000)));
        yield return Send(new CellsDefine(Header(Admin), new ControlHeader(42, 0, 1), sale, [new CellDefinition(1, 1, 700, (uint)seats, 0, 1)]));
        yield return Submit(MessageType.SaleOpen, new SaleControl(Header(Admin), new ControlHeader(42, 0, 1), sale));
    }

    /// <summary>A number that no sale of the season has.</summary>
    public uint NewSale() => (_season * NumbersPerSeason) + 10 + (_extra++ % 9);

    public void Note(Submission submission, Decision decision)
    {
        if (!decision.Ruling.IsAccepted)
        {
            return;
        }

        if (submission.Message is SaleDefine sale)
        {
            buyers.Sales.Add(Book.Sales[sale.Sale]);
        }

        if (submission.Message is DrawDefine draw)
        {
            buyers.Draws.Add(Reference.Draws.All[draw.Draw]);
        }
    }

    public Submission Next() => Random.Next(100) switch
    {
        < 52 => Any(buyers.Draws) is { } draw ? Lead(draw) : Wrong(),
        < 60 => Block(),
        < 68 => Move(),
        < 76 => Exclude(),
        < 83 => Acknowledge(),
        < 86 => Close(),
        < 90 => SaleStep(MessageType.SaleOpen, AnySaleId()),
        < 94 => WrongSale(),
        < 97 => WrongDraw(),
        _ => Wrong(),
    };

    private static byte[] NameOf(uint draw) => Encoding.ASCII.GetBytes($"TXC-DRAW-{draw}");

    private static byte[] SecretOf(uint draw) => SHA256.HashData(BitConverter.GetBytes(draw));

    private static Submission Submit(MessageType type, SaleControl control) => new(type, control.Header, control, control.Encode(type));

    private CellDefinition[] Cells(int sessions, int capacity) =>
    [
        .. Enumerable.Range(0, sessions * 2).Select(i => new CellDefinition(
            (_season * 10) + (uint)(i / 2) + 1, (ushort)((i % 2) + 1), Choose(0, 2_500, 5_000), (uint)(capacity + Random.Next(5)), Choose<uint>(0, 0, 2), SessionMax)),
    ];

    private Submission SaleStep(MessageType type, uint sale) => Submit(type, new SaleControl(Header(Admin), Control(), sale));

    private Submission DrawStep(MessageType type, uint draw)
    {
        var control = new DrawControl(Header(Admin), Control(), draw);
        return new Submission(type, control.Header, control, control.Encode(type));
    }

    /// <summary>The step that a draw's state asks for, mostly.</summary>
    private Submission Lead(ReferenceDraw draw)
    {
        uint id = draw.Definition.Draw;
        switch (draw.Status)
        {
            case DrawStatus.Draft:
                return DrawStep(MessageType.DrawOpen, id);
            case DrawStatus.Open when draw.Entries.Count >= EntriesWanted && Chance(30):
                return DrawStep(MessageType.DrawClose, id);
            case DrawStatus.Closed:
                return Freeze(draw);
            case DrawStatus.Frozen:
                return Run(draw);
            case DrawStatus.Drawn:
                return DrawStep(MessageType.DrawPublish, id);
            case DrawStatus.Published when Chance(70):
                return Wave(draw);
            case DrawStatus.Published:
                return Book.Sales.Values.FirstOrDefault(sale => sale.Terms.Draw == id && sale.Status == SaleStatus.Open) is { } sale && Chance(8)
                    ? SaleStep(MessageType.SaleClose, sale.Id)
                    : DrawStep(MessageType.DrawEnd, id);
            default:
                return Chance(20) ? Wrong() : Acknowledge();
        }
    }

    private Submission Freeze(ReferenceDraw draw)
    {
        uint id = draw.Definition.Draw;
        byte[] root = draw.Root();
        byte[] commitment = ReferenceLottery.Commitment(NameOf(id), root, SecretOf(id));
        string chain = Choose("drand-quicknet", "drand-mainnet", "witness-notary");
        var freeze = new DrawFreeze(Header(Admin), Control(), id, (uint)draw.Entries.Count, root, commitment, 4_000_000, Encoding.ASCII.GetBytes(chain));
        return Send(Random.Next(12) switch
        {
            0 => freeze with { Entries = freeze.Entries + 1 },
            1 => freeze with { Root = SHA256.HashData(root) },
            2 => freeze with { BeaconChain = Choose<byte[]>([], [0x20], [0x7F], [0x41, 0x0A]) },
            3 => freeze with { Draw = Choose(0u, 995u) },
            4 when Chance(15) => freeze with { Commitment = root },
            _ => freeze,
        });
    }

    private Submission Run(ReferenceDraw draw)
    {
        uint id = draw.Definition.Draw;
        byte[] signature = SHA256.HashData(BitConverter.GetBytes(id * 7));
        bool isWitness = draw.Freeze!.BeaconChain[0] == (byte)'w' && Chance(80);
        var run = new DrawRun(Header(Admin), Control(), id, SecretOf(id), SHA256.HashData(signature), isWitness ? [] : signature);
        return Send(Random.Next(10) switch
        {
            0 => run with { Secret = signature },
            1 => run with { Randomness = signature },
            2 => run with { Signature = Choose<byte[]>([], [1, 2, 3]) },
            _ => run,
        });
    }

    private Submission Wave(ReferenceDraw draw)
    {
        uint id = draw.Definition.Draw;
        var sales = Book.Sales.Values.Where(sale => sale.Terms.Draw == id).ToList();
        uint sale = Any(sales) is { } one && !Chance(7) ? one.Id : AnySaleId();
        long startsAt = Now + (Choose(-20, 0, 5, 20, 60) * Second);
        long endsAt = startsAt + (Choose(40, 120, 300, 900) * Second);
        uint count = (uint)Math.Clamp(draw.Entries.Count - draw.LastRankServed, 1, Random.Next(3, 9));
        var wave = new DrawWave(Header(Admin), Control(), id, (ushort)(draw.Waves.Count + 1), count, sale, startsAt, endsAt);
        return Send(Random.Next(14) switch
        {
            0 => wave with { Wave = (ushort)(wave.Wave + 1) },
            1 => wave with { Wave = (ushort)(wave.Wave - 1) },
            2 => wave with { Count = 0 },
            3 => wave with { Count = Choose((uint)(draw.Entries.Count - draw.LastRankServed) + 1, uint.MaxValue) },
            4 => wave with { EndsAt = startsAt },
            5 => wave with { StartsAt = Now - 10, EndsAt = Now },
            _ => wave,
        });
    }

    private Submission Exclude()
    {
        var draw = Any(buyers.Draws);
        var persons = Enumerable.Range(0, Random.Next(1, 3)).Select(_ =>
            draw is { Entries.Count: > 0 } && Chance(70) ? Convert.FromHexString(Any(draw.Entries)!.Person) : buyers.AnyPerson());
        return Send(new DrawExclude(Header(Admin), Control(), Chance(3) ? 994 : draw?.Definition.Draw ?? 1, [.. persons]));
    }

    private uint AnySaleId() => Any(buyers.Sales)?.Id ?? 993;

    private Submission Block()
    {
        var cell = AnyCell();
        int most = cell is null ? 1 : cell.Capacity - cell.Held - cell.Sold;
        int blocked = Chance(15) ? most + 1 : Chance(60) ? Random.Next(0, 3) : most;
        return Send(new SeatsBlock(
            Header(Admin), Control(), Chance(4) ? 992 : cell?.Sale.Id ?? 1, cell?.Session ?? 1, (ushort)(Chance(4) ? 8 : cell?.Category ?? 1), (uint)Math.Max(0, blocked)));
    }

    private Submission Move()
    {
        var cell = AnyCell();
        uint to = Chance(4) ? 991 : AnySaleId();
        int seats = cell is not null && Chance(80) ? Random.Next(0, Math.Min(4, cell.Available + 2)) : Random.Next(100);
        return Send(new SeatsMove(
            Header(Admin), Control(), Chance(3) ? 990 : cell?.Sale.Id ?? 1, cell?.Session ?? 1, (ushort)(Chance(3) ? 8 : cell?.Category ?? 1), to, (uint)seats));
    }

    private ReferenceCell? AnyCell() => Any(buyers.Sales.FindAll(static sale => sale.Cells.Count > 0)) is { } sale ? Any(sale.Cells) : null;

    private Submission Acknowledge()
    {
        long upTo = Chance(20) ? Random.NextInt64(0, Reference.LastNumber + 4) : Math.Min(Reference.LastNumber, Book.AcknowledgedPayments + Random.Next(60));
        return Send(new PaymentsAcknowledge(Header(Admin), Control(), Chance(2) ? ulong.MaxValue : (ulong)upTo));
    }

    /// <summary>A sale of an earlier season ends, rarely one of this.</summary>
    private Submission Close()
    {
        var old = buyers.Sales.FindAll(sale => sale.Id <= _season * NumbersPerSeason || Chance(4));
        return SaleStep(MessageType.SaleClose, Any(old)?.Id ?? 989);
    }

    private Submission WrongSale()
    {
        var sale = new SaleDefine(Header(Admin), Control(), NewSale(), Now + (5_000 * Second), 30);
        return Send(Random.Next(9) switch
        {
            0 => sale with { Terms = new SaleTerms(988, 0, 0, 0, 0, 0) },
            1 => sale with { Terms = new SaleTerms(0, 0, Choose<byte>(1, 11, 255), 0, 0, 0) },
            2 => sale with { Terms = new SaleTerms(0, 0, 0, 1, 0, 0) },
            3 => sale with { Terms = new SaleTerms(0, 0, 0, 0, Choose(86_401u, uint.MaxValue), 1) },
            4 => sale with { Terms = new SaleTerms(0, 0, 0, 0, 5, Choose(0u, 1_000_001u)) },
            5 => sale with { ClosesAt = Now },
            6 => sale with { HoldSeconds = Choose(0u, 86_401u) },
            7 => sale with { Sale = Choose(0u, uint.MaxValue, AnySaleId()) },
            _ => sale with { Terms = new SaleTerms(0, 3, 10, 0, 86_400, 1) },
        });
    }

    private Submission WrongDraw()
    {
        var draw = new DrawDefine(Header(Admin), Control(), 987, NameOf(987), Now + (5_000 * Second), 10, 0, 0);
        return Send(Random.Next(6) switch
        {
            0 => draw with { Draw = Choose(0u, uint.MaxValue) },
            1 => draw with { Draw = Any(buyers.Draws)?.Definition.Draw ?? 0 },
            2 => draw with { Name = Choose<byte[]>([], [0x20], [0x7F], [0x41, 0x20]) },
            3 => draw with { EntriesMax = Choose(0u, 50_000_001u) },
            4 => draw with { ClosesAt = Now },
            _ => draw with { Draw = 0, Name = [] },
        });
    }

    /// <summary>A step that the state of a draw or sale does not ask for.</summary>
    private Submission Wrong()
    {
        uint id = Any(buyers.Draws)?.Definition.Draw ?? 986;
        if (Any(buyers.Draws) is not { } draw)
        {
            return WrongDraw();
        }

        return Random.Next(8) switch
        {
            0 => DrawStep(MessageType.DrawOpen, id),
            1 => DrawStep(MessageType.DrawPublish, id),
            2 => DrawStep(MessageType.DrawEnd, Chance(50) ? id : 985),
            3 => Freeze(draw),
            4 when draw.Freeze is not null => Run(draw),
            5 => Wave(draw),
            6 when draw.Status != DrawStatus.Open => DrawStep(MessageType.DrawClose, id),
            _ => Send(new CellsDefine(Header(Admin), Control(), AnySaleId(), Cells(1, 5))),
        };
    }
}
