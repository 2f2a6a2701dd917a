using System.Diagnostics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Faults.Fleet;

/// <summary>
/// Runs the day of a fleet as an administrator: defines and opens races, suspends, stops, reopens and cancels them, replaces one sale by the
/// next. A source like any other: what it is not answered it sends again.
/// </summary>
internal sealed class ControlMix(uint source, FleetDay day, DateTimeOffset now, Random random) : ITransactionMix
{
    private const int RacesMin = 3;
    private const int RacesOfMeeting = 90;
    private const uint HoldSeconds = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan EndsAfter = TimeSpan.FromHours(8);
    private static readonly ControlHeader Control = new(Actor: 1, SecondActor: 2, Reason: 1);

    private readonly uint _date = (uint)((now.Year * 10_000) + (now.Month * 100) + now.Day);
    private readonly long _later = (now + EndsAfter).ToUnixTimeMilliseconds() * 1_000;
    private readonly Queue<Func<TransactionHeader, Submission>> _next = new();
    private readonly Dictionary<ulong, Action> _effects = [];
    private readonly List<RaceId> _live = [];
    private int _races;
    private uint _sale;
    private long _lastAt;

    /// <inheritdoc/>
    public Submission? Next(ulong sequence)
    {
        if (_next.Count == 0)
        {
            if (_lastAt != 0 && Stopwatch.GetElapsedTime(_lastAt) < Pause)
            {
                return null;
            }

            Plan();
            _lastAt = Stopwatch.GetTimestamp();
        }

        return _next.Dequeue()(new TransactionHeader(source, sequence, 0));
    }

    /// <inheritdoc/>
    public void Learn(Outcome outcome)
    {
        if (_effects.Remove(outcome.Sequence, out var effect) && outcome.Code == ResultCode.Accepted)
        {
            effect();
        }
    }

    private void Plan()
    {
        if (_sale == 0 || random.Next(60) == 0)
        {
            NextSale();
        }
        else if (_live.Count < RacesMin || random.Next(8) == 0)
        {
            NextRace();
        }
        else
        {
            ChangeRace(_live[random.Next(_live.Count)]);
        }
    }

    private void ChangeRace(RaceId race)
    {
        switch (random.Next(3))
        {
            case 0:
                Race(MessageType.RaceSuspend, race);
                Race(MessageType.RaceOpen, race);
                break;
            case 1:
                Race(MessageType.RaceStop, race);
                Race(MessageType.RaceReopen, race, latestStopAt: _later);
                break;
            default:
                _live.Remove(race);
                Race(MessageType.RaceStop, race);
                Race(MessageType.RaceCancel, race, effect: () => day.Close(race, cancelled: true));
                break;
        }
    }

    private void NextRace()
    {
        var race = new RaceId(_date, (byte)(1 + (_races / RacesOfMeeting)), (byte)(1 + (_races % RacesOfMeeting)));
        _races++;
        _live.Add(race);
        _next.Enqueue(header => Make(header, new RaceDefine(header, Control, race, _later, _later, FleetDay.Runners, day.Pools)));
        Race(MessageType.RaceOpen, race, effect: () => day.Open(race));
    }

    private void NextSale()
    {
        uint before = _sale;
        uint sale = ++_sale;
        CellDefinition[] cells =
        [
            new((sale * 10) + 1, Category: 1, PriceCents: 15_000, Capacity: 500, Blocked: 20, QuantityMax: 6),
            new((sale * 10) + 1, Category: 2, PriceCents: 8_000, Capacity: 2_000, Blocked: 0, QuantityMax: 6),
            new((sale * 10) + 2, Category: 1, PriceCents: 24_000, Capacity: 60, Blocked: 10, QuantityMax: 4),
        ];
        _next.Enqueue(header => Make(header, new SaleDefine(header, Control, sale, _later, HoldSeconds)));
        _next.Enqueue(header => Make(header, new CellsDefine(header, Control, sale, cells)));
        _next.Enqueue(header => Sale(header, MessageType.SaleOpen, sale, () => day.Sell(sale, cells)));
        if (before != 0)
        {
            _next.Enqueue(header => Sale(header, MessageType.SaleClose, before, static () => { }));
        }
    }

    private void Race(MessageType type, RaceId race, long latestStopAt = 0, Action? effect = null) => _next.Enqueue(header =>
    {
        if (effect is not null)
        {
            _effects[header.Sequence] = effect;
        }

        return new Submission(header.Sequence, type, new RaceControl(header, Control, race, 0, latestStopAt).Encode(type));
    });

    private Submission Sale(TransactionHeader header, MessageType type, uint sale, Action effect)
    {
        _effects[header.Sequence] = effect;
        return new Submission(header.Sequence, type, new SaleControl(header, Control, sale).Encode(type));
    }

    private static Submission Make<T>(TransactionHeader header, T message)
        where T : IMessage<T> => new(header.Sequence, T.Type, Frame.Encode(message));
}
