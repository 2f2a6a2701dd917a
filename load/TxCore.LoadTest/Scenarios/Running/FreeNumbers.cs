using TxCore.Client;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>Meetings of today, sales and draws that a server does not have yet: a target may have been driven before.</summary>
internal sealed class FreeNumbers
{
    private const int MeetingMax = 99;
    private const uint SessionsPerSale = 1_000;

    private int _meeting;
    private uint _sale;
    private uint _draw;

    public FreeNumbers(Definitions definitions, DateTimeOffset now)
        : this(definitions, (uint)((now.Year * 10_000) + (now.Month * 100) + now.Day))
    {
    }

    /// <param name="definitions">What the server has.</param>
    /// <param name="today">The day of the races, <c>YYYYMMDD</c>.</param>
    public FreeNumbers(Definitions definitions, uint today)
    {
        var races = definitions.Items.Select(item => item.Race).OfType<RaceItem>().Where(race => race.Race.Day == today);
        _meeting = races.Select(race => (int)race.Race.Meeting).DefaultIfEmpty(0).Max();
        _sale = definitions.Sales.Select(sale => sale.Sale).DefaultIfEmpty(0u).Max();
        _draw = definitions.Draws.Select(draw => draw.Draw).DefaultIfEmpty(0u).Max();
    }

    /// <exception cref="InvalidOperationException">Today has 99 meetings already.</exception>
    public byte Meeting() => ++_meeting <= MeetingMax
        ? (byte)_meeting
        : throw new InvalidOperationException("The database has all 99 meetings of today already. Use another one, or wait for tomorrow.");

    public uint Sale() => ++_sale;

    public uint Draw() => ++_draw;

    /// <summary>The first session of a sale.</summary>
    public static uint FirstSession(uint sale) => (sale * SessionsPerSale) + 101;
}
