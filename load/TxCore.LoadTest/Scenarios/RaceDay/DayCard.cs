using System.Numerics;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.LoadTest.Scenarios.RaceDay;

/// <summary>A race as the sellers see it: the desk writes, the generator reads.</summary>
internal sealed class CardRace(PlannedRace plan)
{
    private uint _scratched;
    private bool _isOver;

    public PlannedRace Plan => plan;

    public RaceId Id => plan.Id;

    public byte RunnerCount => plan.Race.RunnerCount;

    public IReadOnlyList<PoolDefinition> Pools => plan.Race.Pools;

    /// <summary>Bit n: runner n was scratched, as far as sellers were told.</summary>
    public uint Scratched => Volatile.Read(ref _scratched);

    /// <summary>Runners that sellers believe are in the race.</summary>
    public int Left => RunnerCount - BitOperations.PopCount(Scratched);

    /// <summary>Betting ended before its time: the race was cancelled.</summary>
    public bool IsOver => Volatile.Read(ref _isOver);

    public void Scratch(byte runner) => Interlocked.Or(ref _scratched, 1u << runner);

    public void End() => Volatile.Write(ref _isOver, true);

    public PoolDefinition? Find(ushort pool) => Pools.FirstOrDefault(other => other.Pool == pool);

    /// <summary>Runners to bet on in random order: the first <paramref name="count"/> of them.</summary>
    public byte[] Draw(int count, Random random)
    {
        uint scratched = Scratched;
        byte[] runners = new byte[RunnerCount - BitOperations.PopCount(scratched)];
        int filled = 0;
        for (byte runner = 1; runner <= RunnerCount; runner++)
        {
            if ((scratched & (1u << runner)) == 0)
            {
                runners[filled++] = runner;
            }
        }

        random.Shuffle(runners);
        return runners[..Math.Min(count, runners.Length)];
    }
}

/// <summary>
/// The races of a channel, picked as money comes in: little early, most in the last moments before each stop (<c>domain.md</c> section
/// 4.2), and a few tickets too late. Used by the generator's thread alone.
/// </summary>
internal sealed class DayCard
{
    /// <summary>Weight and time constant of the arrival curve; the constants are shares of the whole day.</summary>
    private static readonly (double Weight, double Theta)[] Curve = [(0.25, 0.075), (0.45, 0.02), (0.30, 0.006)];

    /// <summary>How long after the stop somebody still tries, and how likely a ticket is one of these.</summary>
    private static readonly TimeSpan LateWithin = TimeSpan.FromSeconds(3);
    private const double LateShare = 0.03;

    /// <summary>The weights are computed again after this time, not for each ticket.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(20);

    private readonly double[] _weights;
    private readonly TimeSpan _duration;
    private readonly List<CardRace> _late = [];
    private double _sum;
    private TimeSpan _freshUntil = TimeSpan.MinValue;

    public DayCard(Timetable timetable, TimeSpan duration)
    {
        Races = [.. timetable.Races.Select(plan => new CardRace(plan))];
        _weights = new double[Races.Count];
        _duration = duration;
    }

    public IReadOnlyList<CardRace> Races { get; }

    /// <summary>A race to bet on; null when the last one is over.</summary>
    public CardRace? Pick(TimeSpan now, Random random)
    {
        if (now >= _freshUntil)
        {
            Weigh(now);
        }

        if (_late.Count > 0 && random.NextDouble() < LateShare)
        {
            return _late[random.Next(_late.Count)];
        }

        double drawn = random.NextDouble() * _sum;
        for (int i = 0; i < _weights.Length; i++)
        {
            drawn -= _weights[i];
            if (drawn < 0)
            {
                return Races[i];
            }
        }

        return null;
    }

    /// <summary>Other races of the same meeting that are run later and are still open, the next first.</summary>
    public IEnumerable<CardRace> LaterOfMeeting(CardRace race, TimeSpan now) => Races
        .Where(other => other.Id.Meeting == race.Id.Meeting && other.Id.Race > race.Id.Race && !other.IsOver && other.Plan.StopsAt > now)
        .OrderBy(other => other.Id.Race);

    private void Weigh(TimeSpan now)
    {
        _freshUntil = now + Fresh;
        _late.Clear();
        _sum = 0;
        for (int i = 0; i < Races.Count; i++)
        {
            var race = Races[i];
            var left = race.Plan.StopsAt - now;
            _weights[i] = left > TimeSpan.Zero && !race.IsOver ? Curve.Sum(part => part.Weight / part.Theta * Math.Exp(-(left / _duration) / part.Theta)) : 0;
            _sum += _weights[i];
            if (left <= TimeSpan.Zero && left > -LateWithin)
            {
                _late.Add(race);
            }
        }
    }
}
