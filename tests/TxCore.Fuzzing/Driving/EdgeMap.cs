using SharpFuzz.Common;

namespace TxCore.Fuzzing.Driving;

/// <summary>
/// The branches that an input goes through, as AFL counts them, in a copy of the program whose assemblies were instrumented. Elsewhere the
/// map stays empty.
/// </summary>
internal sealed unsafe class EdgeMap
{
    private const int Edges = 1 << 16;
    private readonly byte[] _counts = GC.AllocateArray<byte>(Edges, pinned: true);
    private readonly HashSet<(int Edge, int Times)> _seen = [];

    /// <summary>Edges seen so far, each with how often, roughly.</summary>
    public int Count => _seen.Count;

    /// <summary>Plays an input; true when it went through an edge, or through one so often, as no input before.</summary>
    public bool PlaysNew(IFuzzTarget target, byte[] input)
    {
        Array.Clear(_counts);
        Trace.PrevLocation = 0;
        fixed (byte* counts = _counts)
        {
            Trace.SharedMem = counts;
            target.Run(input);
        }

        bool isNew = false;
        for (int edge = 0; edge < Edges; edge++)
        {
            if (_counts[edge] != 0)
            {
                isNew |= _seen.Add((edge, Rough(_counts[edge])));
            }
        }

        return isNew;
    }

    /// <summary>Keeps of many inputs those that together go wherever all of them go, the shortest first.</summary>
    public List<byte[]> Smallest(IFuzzTarget target, IEnumerable<byte[]> inputs) =>
        [.. inputs.OrderBy(static input => input.Length).ThenBy(static input => Convert.ToHexString(input), StringComparer.Ordinal).Where(input => PlaysNew(target, input))];

    /// <summary>Once, a few times, often: more would keep an input for every length of a list.</summary>
    private static int Rough(byte count) => count switch { 1 => 0, < 4 => 1, < 32 => 2, _ => 3 };
}
