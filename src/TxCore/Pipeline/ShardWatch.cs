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
        if (waits && _waited && !shard.IsSaturated)
        {
            shard.IsSaturated = true;
            logger.Saturated(shard.Identity.Shard, shard.Intake.Waiting, shard.Intake.Size);
        }
        else if (!waits)
        {
            shard.IsSaturated = false;
        }

        _waited = waits;
    }
}
