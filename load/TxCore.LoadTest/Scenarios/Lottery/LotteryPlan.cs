using System.Globalization;
using TxCore.LoadTest.Engine;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Lottery;

/// <summary>
/// The invented games of the lottery: sessions with two price categories, some of them wanted by everybody. Phase 1 sells packs to those who
/// were drawn, phase 2 what is left and its own share to everybody. A quarter as many seats as persons.
/// </summary>
internal sealed class LotteryPlan
{
    public const uint Draw = 1;
    public const uint PackSale = 1;
    public const uint FreeSale = 2;
    public const uint Consent = 0b11;
    public const int PackSessions = 3;
    public const int PersonMax = 30;
    public const int HotSessions = 4;

    /// <summary>How many times the seats of a wave are wanted.</summary>
    public const int Demand = 10;

    /// <summary>Seats of an ordinary order of packs, and of the free sale, on average.</summary>
    public const double PackSeats = 7.2;
    public const double FreeSeats = 3.5;

    public static readonly string DrawName = "TXC-LOAD-" + LotterySettings.Identity.Shard.ToString(CultureInfo.InvariantCulture);

    private const int Categories = 2;
    private const int SeatsMin = 720;
    private const int SeatsMax = 500_000;
    private const double PackShare = 0.6;
    private const uint HoldSeconds = 4;
    private const uint OfferSeconds = 3;
    private static readonly TimeSpan ClosesAfter = TimeSpan.FromHours(6);

    private readonly uint _packCapacity;
    private readonly uint _freeCapacity;

    public LotteryPlan(int registrations)
    {
        bool isSmall = registrations < 100_000;
        Waves = isSmall ? 3 : 5;
        SlotLeast = TimeSpan.FromSeconds(isSmall ? 2 : 5);
        Notice = TimeSpan.FromSeconds(isSmall ? 0.5 : 1.5);
        int seats = Math.Clamp(registrations / 4, SeatsMin, SeatsMax);
        Sessions = seats < 10_000 ? 10 : 40;
        int cells = Sessions * Categories;
        _packCapacity = (uint)Math.Max(Waves * 4, seats * PackShare / cells);
        _freeCapacity = (uint)Math.Max(8, seats * (1 - PackShare) / cells);
        WaitMax = isSmall ? 5u : 25u;
    }

    public int Sessions { get; }

    public int Waves { get; }

    /// <summary>The shortest slot, and the time between its opening by the administrator and its beginning.</summary>
    public TimeSpan SlotLeast { get; }

    public TimeSpan Notice { get; }

    /// <summary>Persons that may wait for one cell.</summary>
    public uint WaitMax { get; }

    /// <summary>Seats of phase 1 that a wave is given.</summary>
    public uint QuotaOf(int wave) => (uint)(_packCapacity * (long)wave / Waves);

    public IEnumerable<CellDefinition> PackCells => Cells(_packCapacity, _packCapacity);

    public IEnumerable<CellDefinition> FreeCells => Cells(_freeCapacity, 0);

    public DrawDefine DrawDefinition(DateTimeOffset now, int registrations) => new(
        default, ControlRoom.OneActor, Draw, System.Text.Encoding.ASCII.GetBytes(DrawName), Microseconds(now + ClosesAfter),
        EntriesMax: (uint)registrations + 1_000, RequiredConsent: Consent, PersonMax);

    public SaleDefine PackDefinition(DateTimeOffset now) => new(
        default, ControlRoom.OneActor, PackSale, Microseconds(now + ClosesAfter), HoldSeconds,
        new SaleTerms(Draw, PersonMax, PackSessions, PacksMax: 10, OfferSeconds, WaitMax));

    public static SaleDefine FreeDefinition(DateTimeOffset now) => new(
        default, ControlRoom.OneActor, FreeSale, Microseconds(now + ClosesAfter), HoldSeconds, new SaleTerms(0, PersonMax, 0, 0, 0, 0));

    /// <summary>Most seats of a session for one person.</summary>
    public static ushort QuantityMax(uint session) => (ushort)(session <= HotSessions ? 4 : 6);

    /// <summary>A session, every second time one of the few that everybody wants.</summary>
    public uint PickSession(Random random) =>
        (uint)(random.Next(2) == 0 ? random.Next(1, HotSessions + 1) : random.Next(HotSessions + 1, Sessions + 1));

    public static ushort PickCategory(Random random) => (ushort)random.Next(1, Categories + 1);

    private IEnumerable<CellDefinition> Cells(uint capacity, uint blocked) =>
        from session in Enumerable.Range(1, Sessions)
        from category in Enumerable.Range(1, Categories)
        select new CellDefinition(
            (uint)session, (ushort)category, PriceCents: 12_000 - (category * 2_500) + (session <= HotSessions ? 20_000 : 0), capacity, blocked,
            QuantityMax((uint)session));

    public static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
