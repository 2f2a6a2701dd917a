using Microsoft.Extensions.Logging;
using TxCore.Sessions;

namespace TxCore.Pipeline;

/// <summary>Looks at a shard once a second and logs what has changed for the worse since the last look.</summary>
internal sealed class ShardWatch(Shard shard, DecideStage decide, ILogger logger)
{
    private long _retries;
    private long _plainRows;
    private bool _timeHeld;
    private bool _waited;

    /// <summary>True when producers waited for room in the ring at the last look and at the one before.</summary>
    public bool WaitsForLong { get; private set; }

    public void Look()
    {
        var health = shard.StoreHealth;
        if (health.Trouble is { } trouble && health.Retries != _retries)
        {
            logger.StoreInTrouble(shard.Identity.Shard, health.Retries, trouble);
        }

        _retries = health.Retries;
        if (health.PlainRows != _plainRows)
        {
            logger.PlainRows(shard.Identity.Shard, health.PlainRows - _plainRows);
            _plainRows = health.PlainRows;
        }

        if (decide.IsTimeHeld && !_timeHeld)
        {
            logger.TimeHeld(shard.Identity.Shard);
        }

        _timeHeld = decide.IsTimeHeld;
        LookAtRing();
    }

    /// <summary>A ring that is full for a moment does its work; one that is full at two looks cannot keep up.</summary>
    private void LookAtRing()
    {
        bool waits = shard.Intake.Waiting > 0;
        bool waitsForLong = waits && _waited;
        if (waitsForLong && !WaitsForLong)
        {
            logger.Saturated(shard.Identity.Shard, shard.Intake.Waiting, shard.Intake.Size);
        }

        WaitsForLong = waitsForLong;
        _waited = waits;
    }
}
