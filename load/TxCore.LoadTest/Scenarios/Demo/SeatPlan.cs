using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Demo;

/// <summary>
/// The invented sale of the demo: 30 sessions with 4 price categories. Four cells are wanted far more than the others and sell out;
/// the rest has seats for the whole run, so that most holds succeed however long it lasts.
/// </summary>
internal sealed class SeatPlan
{
    public const uint Sale = 1;
    public const uint HoldSeconds = 15 * 60;
    public const int QuantityMax = 6;

    private const int Sessions = 30;
    private const int Categories = 4;
    private const int HotCells = 4;

    /// <summary>Share of the holds that want a hot cell, as at the opening of a real sale.</summary>
    private const double HotShare = 0.15;

    private static readonly TimeSpan ClosesAfter = TimeSpan.FromHours(12);

    /// <param name="transactionsPlanned">Transactions the frontends will send, to size the cells by.</param>
    public SeatPlan(long transactionsPlanned)
    {
        // Even if all of them were holds of the mean quantity, the ordinary cells together would have twice the seats.
        const int cells = Sessions * Categories;
        uint ordinary = (uint)Math.Clamp(transactionsPlanned * QuantityMax / cells, 1_000, 100_000_000);
        uint hot = (uint)Math.Clamp((long)(transactionsPlanned * HotShare / HotCells / 4), 20, 5_000);
        Cells = [.. Enumerable.Range(0, cells).Select(i => Cell(i, i < HotCells ? hot : ordinary))];
    }

    /// <summary>All cells; the hot ones first.</summary>
    public CellDefinition[] Cells { get; }

    public static SaleDefine Definition(DateTimeOffset now, ControlHeader control) =>
        new(default, control, Sale, (now + ClosesAfter).ToUnixTimeMilliseconds() * 1_000, HoldSeconds);

    /// <summary>The cell somebody wants.</summary>
    public CellDefinition Pick(Random random) =>
        Cells[random.NextDouble() < HotShare ? random.Next(HotCells) : random.Next(HotCells, Cells.Length)];

    private static CellDefinition Cell(int index, uint capacity)
    {
        // The hot cells are the best category of the first sessions.
        uint session = (uint)(101 + (index % Sessions));
        ushort category = (ushort)(1 + (index / Sessions));
        return new CellDefinition(session, category, PriceCents: 12_000 - (category * 2_500), capacity, Blocked: capacity / 20, QuantityMax);
    }
}
