using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Wagering.Settlement;

namespace TxCore.Wagering.Totals;

/// <summary>The sequence as far as it is counted.</summary>
/// <param name="Number">Every entry up to this number is.</param>
/// <param name="At">Sequence time of that entry, microseconds since 1970-01-01 UTC.</param>
internal sealed record TotalsProgress(long Number, long At);

/// <summary>A pool as last counted.</summary>
/// <param name="Definition">Its parameters.</param>
/// <param name="GrossCents">Stakes that stand, with what reports carried into it, in cents.</param>
/// <param name="CarryInCents">Money carried in, in cents.</param>
/// <param name="Book">Its combinations, which go on changing; null while they are not counted, and once the race is over.</param>
/// <param name="Settlement">What was published; null before.</param>
internal sealed record PoolView(Pool Definition, long GrossCents, long CarryInCents, CombinationBook? Book, PoolSettlement? Settlement)
{
    /// <summary>Its number.</summary>
    public ushort Number => Definition.Number;
}

/// <summary>A race as last counted: immutable, but for the encoded answers that its readers share. Any change makes a new one.</summary>
internal sealed class RaceView(RaceId id, RaceStatus status, int runnerCount, uint scratched, PoolView[] pools)
{
    /// <summary>Time for which readers share an encoded answer.</summary>
    public static readonly TimeSpan FrameLife = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();

    // The first for all pools without dividends, then one with the dividends of each pool.
    private readonly CachedFrame?[] _frames = new CachedFrame?[pools.Length + 1];

    /// <summary>The pools.</summary>
    public PoolView[] Pools => pools;

    /// <summary>The encoded answer, with the dividends of a pool if the race has it; <paramref name="encoded"/> tells that it was made anew.</summary>
    public byte[] Frame(ushort pool, TotalsProgress progress, TimeProvider clock, out bool encoded)
    {
        encoded = false;
        int slot = Array.FindIndex(pools, one => one.Number == pool) + 1;
        if (Volatile.Read(ref _frames[slot]) is { } shared && clock.GetElapsedTime(shared.MadeAt) <= FrameLife)
        {
            return shared.Bytes;
        }

        lock (_gate)
        {
            if (_frames[slot] is { } made && clock.GetElapsedTime(made.MadeAt) <= FrameLife)
            {
                return made.Bytes;
            }

            encoded = true;
            long now = clock.GetTimestamp();
            byte[] bytes = Protocol.Frame.Encode(
                new PoolTotals(id, status, (ulong)progress.Number, progress.At, [.. pools.Select((one, index) => Describe(one, index + 1 == slot))]));
            Volatile.Write(ref _frames[slot], new CachedFrame(bytes, now));
            return bytes;
        }
    }

    private PoolTotal Describe(PoolView pool, bool withDividends) => new(
        pool.Number, pool.GrossCents + pool.CarryInCents, pool.Settlement?.IsRefunded ?? false,
        !withDividends ? []
            : pool.Settlement is { } settlement ? ProbableDividends.Published(settlement)
            : pool.Book is { } book ? ProbableDividends.Of(pool, book, runnerCount, scratched)
            : []);

    private sealed record CachedFrame(byte[] Bytes, long MadeAt);
}
