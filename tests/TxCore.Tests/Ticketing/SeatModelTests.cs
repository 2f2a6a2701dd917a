using CsCheck;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Tests.Support;

namespace TxCore.Tests.Ticketing;

/// <summary>Random operations on seats, against a model so plain that it cannot be wrong in the same way.</summary>
public sealed class SeatModelTests
{
    private const int Operations = 20_000;
    private const int HoldSeconds = 20;

    private static readonly CellDefinition[] Cells =
    [
        new(1, 1, 5_000, 40, 5, 6), new(1, 2, 2_500, 7, 0, 3), new(2, 1, 0, 1, 0, 1), new(2, 2, 100, 30, 30, 6),
    ];

    [Fact]
    public void Whatever_happens_seats_add_up_and_are_never_oversold() =>
        Gen.Int[0, int.MaxValue].Sample(Run, iter: 2, threads: 1);

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var bench = new DeciderBench().OpenAll(HoldSeconds, Cells);
        uint[] sources = [1, 2, 3];
        Array.ForEach(sources, source => bench.LogOn(source));
        var model = new Model(bench.Now, bench.State.Sales[Messages.Sale].ClosesAt);
        for (int i = 0; i < Operations; i++)
        {
            uint source = sources[random.Next(sources.Length)];
            long next = bench.Next(source);
            bench.Now += random.Next(10) == 0 ? random.Next(3_000_000) : random.Next(40_000);
            model.PassTo(bench.Now);
            switch (random.Next(4))
            {
                case 0 or 1:
                    var lines = Lines(random);
                    var held = bench.Do(Messages.Hold(source, next, lines));
                    Assert.Equal(model.Hold((long)held.Number, lines), held.Code);
                    break;
                case 2:
                    long number = model.AnyNumber(random);
                    long amount = model.AmountOf(number) + (random.Next(20) == 0 ? 1 : 0);
                    Assert.Equal(model.Confirm(number, amount), bench.Do(Messages.Confirm(source, next, (ulong)number, amount)).Code);
                    break;
                default:
                    long released = model.AnyNumber(random);
                    Assert.Equal(model.Release(released), bench.Do(Messages.Release(source, next, (ulong)released)).Code);
                    break;
            }

            Compare(bench, model);
        }
    }

    private static HoldLine[] Lines(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(1, 4)).Select(
            _ => new HoldLine((uint)random.Next(1, 3), (ushort)random.Next(1, 3), (ushort)(random.Next(12) == 0 ? 0 : random.Next(1, 5)), 0)),
    ];

    private static void Compare(DeciderBench bench, Model model)
    {
        foreach (var cell in bench.State.Sales[Messages.Sale].Cells.Values)
        {
            var (held, sold) = model.Seats(cell.Session, cell.Category);
            Assert.Equal((held, sold), (cell.Held, cell.Sold));
            Assert.Equal(cell.Capacity, cell.Available + cell.Held + cell.Sold + cell.Blocked);
            Assert.True(cell.Available >= 0 && cell.Held >= 0 && cell.Sold >= 0);
        }
    }

    /// <summary>Every hold ever made, in a list; everything else is counted from it.</summary>
    private sealed class Model(long now, long closesAt)
    {
        private readonly List<Made> _holds = [];
        private long _now = now;

        private bool IsClosed => _now >= closesAt;

        public void PassTo(long now)
        {
            _now = now;
            _holds.Where(hold => hold.State == PresentState.Held && now >= hold.ExpiresAt).ToList().ForEach(hold => hold.State = PresentState.Expired);
            if (_holds.Count > 400)
            {
                // What has been sold stays; the rest of the past may no longer be asked about.
                _holds.RemoveAll(hold => hold.State is PresentState.Expired or PresentState.Released);
            }
        }

        public (int Held, int Sold) Seats(uint session, ushort category)
        {
            int Count(PresentState state) => _holds.Where(hold => hold.State == state)
                .Sum(hold => hold.Lines.Where(line => line.Session == session && line.Category == category).Sum(line => line.Quantity));
            return (Count(PresentState.Held), Count(PresentState.Confirmed));
        }

        public ResultCode Hold(long number, HoldLine[] lines)
        {
            if (IsClosed)
            {
                return ResultCode.SaleClosed;
            }

            for (int i = 0; i < lines.Length; i++)
            {
                var line = lines[i];
                var cell = Array.Find(Cells, one => one.Session == line.Session && one.Category == line.Category);
                var (held, sold) = Seats(line.Session, line.Category);
                if (line.Quantity == 0 || lines.Take(i).Any(other => (other.Session, other.Category) == (line.Session, line.Category)))
                {
                    return ResultCode.QuantityInvalid;
                }

                if (lines.Take(i + 1).Where(other => other.Session == line.Session).Sum(static other => other.Quantity) > cell.QuantityMax)
                {
                    return ResultCode.QuantityAboveMaximum;
                }

                if (held + sold + line.Quantity > cell.Capacity - cell.Blocked)
                {
                    return ResultCode.SoldOut;
                }
            }

            _holds.Add(new Made(number, lines, Math.Min(_now + (HoldSeconds * 1_000_000L), closesAt)));
            return ResultCode.Accepted;
        }

        public long AnyNumber(Random random) => _holds.Count == 0 || random.Next(30) == 0 ? -random.Next(2) : _holds[random.Next(Math.Max(0, _holds.Count - 40), _holds.Count)].Number;

        public long AmountOf(long number) => Find(number)?.Lines.Sum(static line => line.Quantity * PriceOf(line)) ?? 0;

        public ResultCode Confirm(long number, long amount)
        {
            var code = Check(number, out var hold);
            code = code != ResultCode.Accepted ? code
                : IsClosed ? ResultCode.SaleClosed
                : amount != AmountOf(number) ? ResultCode.AmountMismatch
                : ResultCode.Accepted;
            return Move(hold, code, PresentState.Confirmed);
        }

        public ResultCode Release(long number) => Move(Find(number), Check(number, out _), PresentState.Released);

        private static long PriceOf(HoldLine line) => Array.Find(Cells, one => one.Session == line.Session && one.Category == line.Category).PriceCents;

        private static ResultCode Move(Made? hold, ResultCode code, PresentState state)
        {
            if (code == ResultCode.Accepted)
            {
                hold!.State = state;
            }

            return code;
        }

        private Made? Find(long number) => _holds.Find(hold => hold.Number == number);

        private ResultCode Check(long number, out Made? hold)
        {
            hold = Find(number);
            return hold?.State switch
            {
                null => ResultCode.HoldUnknown,
                PresentState.Held => ResultCode.Accepted,
                PresentState.Expired => ResultCode.HoldExpired,
                _ => ResultCode.HoldNotLive,
            };
        }

        private sealed class Made(long number, HoldLine[] lines, long expiresAt)
        {
            public long Number { get; } = number;

            public HoldLine[] Lines { get; } = lines;

            public long ExpiresAt { get; } = expiresAt;

            public PresentState State { get; set; } = PresentState.Held;
        }
    }
}
