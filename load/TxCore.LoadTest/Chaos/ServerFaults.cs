using System.Globalization;
using TxCore.Faults.Fleet;

namespace TxCore.LoadTest.Chaos;

/// <summary>What is done to the server's process and its clock.</summary>
internal sealed class ServerFaults(ChaosStage stage, ChaosCounts counts, Random random)
{
    private const int FencedCode = 10;
    private const double HeldSeconds = 120;
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    /// <summary>SIGKILL, and a start.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await stage.Server.Process.KillAsync();
        stage.ToServer.LeadTo(null);
        counts.CountFault("server killed");
        await PauseAsync(100);
        await stage.StartServerAsync(cancellationToken);
    }

    /// <summary>Server and PostgreSQL killed in the same moment.</summary>
    public async Task KillBothAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(stage.Server.Process.KillAsync(), stage.Postgres.KillAsync());
        stage.ToServer.LeadTo(null);
        counts.CountFault("server killed");
        counts.CountFault("PostgreSQL killed");

        // The server comes first now and then: it has to wait for its database or say why it cannot.
        if (random.Next(2) == 0)
        {
            var starting = stage.StartServerAsync(cancellationToken);
            await PauseAsync(500);
            await stage.Postgres.RestartAsync(cancellationToken);
            await starting;
        }
        else
        {
            await stage.Postgres.RestartAsync(cancellationToken);
            await stage.StartServerAsync(cancellationToken);
        }
    }

    /// <summary>SIGTERM under load: everything taken is answered, code 0.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        stage.ToServer.LeadTo(null);
        var process = stage.Server.Process;
        await process.StopAsync();
        counts.CountFault("server stopped in order");
        if (process.ExitCode is not (0 or 12))
        {
            counts.Find(Harm.Wrong, $"a server told to stop ended with code {process.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}: {process.OutputTail}");
        }

        await stage.StartServerAsync(cancellationToken);
    }

    /// <summary>SIGSTOP for a while.</summary>
    public async Task FreezeAsync()
    {
        stage.Server.Process.Freeze();
        await Task.Delay(random.Next(200, 2500), CancellationToken.None);
        stage.Server.Process.Thaw();
        counts.CountFault("server frozen and thawed");
    }

    /// <summary>SIGSTOP, another server takes the shard over, SIGCONT: the first must end as fenced, having neither written nor answered.</summary>
    public async Task ReplaceAsync(CancellationToken cancellationToken)
    {
        var frozen = stage.Server;
        frozen.Process.Freeze();
        try
        {
            await stage.StartServerAsync(cancellationToken);

            // Some clients are cut and go to the new one, the others wait for the frozen one and hear what it says when it wakes up.
            stage.ToServer.CutAll(frozen.Address, () => random.Next(3) != 0);
            await Task.Delay(random.Next(100, 1000), CancellationToken.None);
        }
        finally
        {
            frozen.Process.Thaw();
        }

        counts.CountFault("server frozen, replaced and thawed");
        int? code = await frozen.Process.EndsAsync(EndsWithin);
        if (code != FencedCode)
        {
            counts.Find(
                Harm.Wrong,
                $"a replaced server ended with code {code?.ToString(CultureInfo.InvariantCulture) ?? "none"} instead of {FencedCode}: {frozen.Process.OutputTail}");
        }
    }

    /// <summary>The clock jumps, forward within the limit or beyond it, or back; after a while it is right again.</summary>
    public async Task JumpAsync()
    {
        double seconds = random.Next(3) switch
        {
            0 => random.Next(1, 55),
            1 => -random.Next(1, 600),
            _ => HeldSeconds,
        };
        stage.SetClock(TimeSpan.FromSeconds(seconds));
        counts.CountFault(seconds < 0 ? "clock back" : seconds < HeldSeconds ? "clock forward" : "clock forward beyond the limit");
        await Task.Delay(random.Next(300, 1500), CancellationToken.None);
        stage.SetClock(TimeSpan.Zero);
    }

    private Task PauseAsync(int millisecondsMax) => Task.Delay(random.Next(millisecondsMax), CancellationToken.None);
}
