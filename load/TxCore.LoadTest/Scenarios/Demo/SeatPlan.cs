using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>
/// The invented sale of the demo: 30 sessions with 4 price categories. Four cells are wanted far more than the others and sell out;
/// the rest has seats for the whole run, so that most holds succeed however long it lasts.
/// </summary>
internal sealed class SeatPlan
{
    public const uint HoldSeconds = 15 * 60;
    public const int QuantityMax = 6;

    private const int Sessions = 30;
    private const int Categories = 4;
    private const int HotCells = 4;

    /// <summary>Share of the holds that want a hot cell, as at the opening of a real sale.</summary>
    private const double HotShare = 0.15;

    private static readonly TimeSpan ClosesAfter = TimeSpan.FromHours(12);

    private readonly int _hotCells;

    /// <param name="transactionsPlanned">Transactions the frontends will send, to size the cells by.</param>
    /// <param name="sale">The sale.</param>
    /// <param name="firstSession">Its first session; the others follow.</param>
    public SeatPlan(long transactionsPlanned, uint sale = 1, uint firstSession = 101)
    {
        Sale = sale;
        _hotCells = HotCells;

        // Even if all of them were holds of the mean quantity, the ordinary cells together would have twice the seats.
        const int cells = Sessions * Categories;
        uint ordinary = (uint)Math.Clamp(transactionsPlanned * QuantityMax / cells, 1_000, 100_000_000);
        uint hot = (uint)Math.Clamp((long)(transactionsPlanned * HotShare / HotCells / 4), 20, 5_000);
        Cells = [.. Enumerable.Range(0, cells).Select(i => Cell(i, firstSession, i < HotCells ? hot : ordinary))];
    }

    private SeatPlan(uint sale, CellDefinition[] cells) => (Sale, Cells, _hotCells) = (sale, cells, cells.Length);

    /// <summary>A sale that everybody wants: its seats are a twentieth of those asked for, so that most are told that it is sold out.</summary>
    public static SeatPlan Wanted(long holdsPlanned, uint sale, uint firstSession)
    {
        const double seatsPerHold = 2.5;
        const double share = 0.05;
        uint capacity = (uint)Math.Clamp((long)(holdsPlanned * seatsPerHold * share / (Sessions * Categories)), 2, 100_000);
        return new SeatPlan(sale, [.. Enumerable.Range(0, Sessions * Categories).Select(i => Cell(i, firstSession, capacity))]);
    }

    /// <summary>The sale.</summary>
    public uint Sale { get; }

    /// <summary>All cells; the hot ones first.</summary>
    public CellDefinition[] Cells { get; }

    public SaleDefine Definition(DateTimeOffset now, ControlHeader control) =>
        new(default, control, Sale, (now + ClosesAfter).ToUnixTimeMilliseconds() * 1_000, HoldSeconds);

    /// <summary>The cell somebody wants.</summary>
    public CellDefinition Pick(Random random) =>
        _hotCells == Cells.Length
            ? Cells[random.Next(Cells.Length)]
            : Cells[random.NextDouble() < HotShare ? random.Next(_hotCells) : random.Next(_hotCells, Cells.Length)];

    private static CellDefinition Cell(int index, uint firstSession, uint capacity)
    {
        // The hot cells are the best category of the first sessions.
        uint session = firstSession + (uint)(index % Sessions);
        ushort category = (ushort)(1 + (index / Sessions));
        return new CellDefinition(session, category, PriceCents: 12_000 - (category * 2_500), capacity, Blocked: capacity / 20, QuantityMax);
    }
}
