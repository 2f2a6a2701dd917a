using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Scenarios.Running;

/// <summary>Gives each planned send to one of several loads, by weight. Used by the generator's thread alone.</summary>
internal sealed class MixedLoad : ILoad
{
    private readonly ILoad[] _loads;
    private readonly int[] _upTo;
    private readonly Random _random;

    public MixedLoad(IReadOnlyList<(ILoad Load, int Weight)> parts, Random random)
    {
        _loads = [.. parts.Select(part => part.Load)];
        _upTo = new int[parts.Count];
        _random = random;
        for (int i = 0, sum = 0; i < parts.Count; i++)
        {
            _upTo[i] = sum += parts[i].Weight;
        }
    }

    public void Send(in PlannedSend planned)
    {
        int drawn = _random.Next(_upTo[^1]);
        _loads[Array.FindIndex(_upTo, limit => drawn < limit)].Send(in planned);
    }

    public void Flush()
    {
        foreach (var load in _loads)
        {
            load.Flush();
        }
    }
}
