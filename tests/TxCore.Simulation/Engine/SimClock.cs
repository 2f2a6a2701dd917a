namespace TxCore.Simulation.Engine;

/// <summary>The clocks of a process: one that only goes forward with the simulation, and the host's time of day, which faults set.</summary>
internal sealed class SimClock(World world, SimProcess process) : TimeProvider
{
    private readonly List<SimTimer> _periodic = [];

    /// <summary>What the host's clock is wrong by, in microseconds.</summary>
    public long Offset { get; set; }

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => world.Now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks((world.Now + Offset) * TimeSpan.TicksPerMicrosecond);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(world, process, callback, state);
        if (period != Timeout.InfiniteTimeSpan)
        {
            _periodic.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// The process is dead: what waits for its timers is let go, into a context that drops it. Otherwise the finalizers of the timers
    /// would keep the whole process in memory beyond the run.
    /// </summary>
    public void Stop()
    {
        _periodic.ForEach(static timer => timer.Stop());
        _periodic.Clear();
    }

    private sealed class SimTimer(World world, SimProcess process, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            _setting++;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Set(dueTime);
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            _setting++;
            return default;
        }

        public void Stop()
        {
            _setting++;
            callback(state);
        }

        private void Set(TimeSpan dueTime)
        {
            int setting = _setting;
            world.At(world.Now + Math.Max(1, dueTime.Ticks / TimeSpan.TicksPerMicrosecond), () => Fire(setting), process);
        }

        private void Fire(int setting)
        {
            if (setting != _setting)
            {
                return;
            }

            if (_period > TimeSpan.Zero)
            {
                Set(_period);
            }

            callback(state);
        }
    }
}
