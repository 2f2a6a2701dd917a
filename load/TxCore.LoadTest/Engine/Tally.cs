using System.Collections.Concurrent;
using System.Diagnostics;
using TxCore.Protocol;

namespace TxCore.LoadTest.Engine;

/// <summary>Counts of one phase of the run, by any thread.</summary>
internal sealed class PhaseTally
{
    private readonly ConcurrentDictionary<ResultCode, long> _refusals = [];
    private long _sent;
    private long _accepted;
    private long _refused;
    private long _failed;
    private long _firstSentTicks;
    private long _lastAnsweredTicks;

    public long Sent => Volatile.Read(ref _sent);

    public long Accepted => Volatile.Read(ref _accepted);

    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Sent and never answered.</summary>
    public long Failed => Volatile.Read(ref _failed);

    public long Answered => Accepted + Refused;

    public long InFlight => Sent - Answered - Failed;

    /// <summary>Refusals by code, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<ResultCode, long>> Refusals => _refusals.OrderByDescending(refusal => refusal.Value);

    /// <summary>Answers per second of the time planned, or of the time until the last answer when that came later.</summary>
    public double AnsweredPerSecond(TimeSpan planned)
    {
        var taken = Stopwatch.GetElapsedTime(Volatile.Read(ref _firstSentTicks), Volatile.Read(ref _lastAnsweredTicks));
        return Math.Round(Answered / Math.Max(planned.TotalSeconds, taken.TotalSeconds), 1);
    }

    public void CountSent()
    {
        if (Interlocked.Increment(ref _sent) == 1)
        {
            Volatile.Write(ref _firstSentTicks, Stopwatch.GetTimestamp());
        }
    }

    public void CountFailed() => Interlocked.Increment(ref _failed);

    public void CountDecided(ResultCode code)
    {
        Volatile.Write(ref _lastAnsweredTicks, Stopwatch.GetTimestamp());
        if (code == ResultCode.Accepted)
        {
            Interlocked.Increment(ref _accepted);
            return;
        }

        Interlocked.Increment(ref _refused);
        _refusals.AddOrUpdate(code, 1, (_, count) => count + 1);
    }
}

/// <summary>Counts of the whole run: the warm-up apart from what is measured.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> _faults = new(StringComparer.Ordinal);
    private long _dropped;

    public PhaseTally WarmUp { get; } = new();

    public PhaseTally Measured { get; } = new();

    /// <summary>Planned and not sent, because too many were without an answer.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public long InFlight => WarmUp.InFlight + Measured.InFlight;

    /// <summary>Why transactions were not answered or could not be sent, with how often.</summary>
    public IReadOnlyDictionary<string, long> Faults => _faults;

    public PhaseTally Phase(bool isMeasured) => isMeasured ? Measured : WarmUp;

    public void CountDropped() => Interlocked.Increment(ref _dropped);

    public void CountFault(string reason) => _faults.AddOrUpdate(reason, 1, (_, count) => count + 1);
}
