namespace TxCore.LoadTest.Chaos;

/// <summary>What is done to PostgreSQL, its disk, and the way to it.</summary>
internal sealed class PostgresFaults(ChaosStage stage, ChaosCounts counts, BatchCuts cuts, Random random)
{
    private static readonly TimeSpan FullFor = TimeSpan.FromMilliseconds(1500);

    /// <summary>SIGKILL of the postmaster and all its children, and a start.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await stage.Postgres.KillAsync();
        counts.CountFault("PostgreSQL killed");
        await Task.Delay(random.Next(100), CancellationToken.None);
        await stage.Postgres.RestartAsync(cancellationToken);
    }

    /// <summary>SIGSTOP of all its processes for a while.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        await stage.Postgres.PauseAsync(cancellationToken);
        await Task.Delay(random.Next(200, 2800), CancellationToken.None);
        await stage.Postgres.ResumeAsync(CancellationToken.None);
        counts.CountFault("PostgreSQL stopped and continued");
    }

    /// <summary>Nothing gets through, both ways; connections stay open.</summary>
    public async Task BlackholeAsync()
    {
        await cuts.Turn.WaitAsync(CancellationToken.None);
        try
        {
            stage.ToPostgres.Stall();
            await Task.Delay(random.Next(200, 2500), CancellationToken.None);
            if (random.Next(2) == 0)
            {
                stage.ToPostgres.CutAll();
            }
        }
        finally
        {
            stage.ToPostgres.Resume();
            cuts.Turn.Release();
        }

        counts.CountFault("way to PostgreSQL blocked");
    }

    /// <summary>Everything takes longer for a while.</summary>
    public async Task DelayAsync()
    {
        stage.ToPostgres.DelayAll(TimeSpan.FromMilliseconds(random.Next(2, 30)));
        await Task.Delay(random.Next(500, 1500), CancellationToken.None);
        stage.ToPostgres.DelayAll(TimeSpan.Zero);
        counts.CountFault("way to PostgreSQL slow");
    }

    /// <summary>No byte is free for PostgreSQL, which refuses rows or falls; then there is room again.</summary>
    public async Task FillDiskAsync(CancellationToken cancellationToken)
    {
        if (stage.Disk.FullPath is null)
        {
            return;
        }

        stage.Disk.Fill();
        try
        {
            await Task.Delay(FullFor, CancellationToken.None);
        }
        finally
        {
            stage.Disk.Free();
        }

        counts.CountFault("disk of PostgreSQL full");
        if (!stage.Postgres.IsRunning)
        {
            counts.CountFault("PostgreSQL fallen for lack of disk");
            await stage.Postgres.RestartAsync(cancellationToken);
        }
    }
}
