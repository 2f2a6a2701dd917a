using System.Diagnostics;
using System.Globalization;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>One run of the <c>postgres</c> server process, from its start to its end.</summary>
internal sealed class Postmaster : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly PostgresBinaries _binaries;
    private readonly string _data;

    private Postmaster(Process process, PostgresBinaries binaries, string data)
    {
        _process = process;
        _binaries = binaries;
        _data = data;
    }

    internal int ProcessId => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>What a kill left in the system's shared memory; null after an orderly end.</summary>
    internal SharedMemoryRemnants? Remnants { get; private set; }

    internal static async Task<Postmaster> StartAsync(
        PostgresBinaries binaries, InstanceDirectory directory, ServerAccount account, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return await StartOnWindowsAsync(binaries, directory, cancellationToken);
        }

        // The shell gives its place to postgres, so this process is the postmaster's parent and learns its end at once.
        IEnumerable<string> postgres = OwnSession.Wrap(binaries.Program("postgres"), "-D", directory.Data);
        ProcessStartInfo start = account.Prepare(directory.FullPath, "/bin/sh",
            ["-c", "exec /bin/sh \"$@\" >>\"$0\" 2>&1 </dev/null", directory.Log, .. postgres]);
        return new Postmaster(Process.Start(start)!, binaries, directory.Data);
    }

    /// <summary>Fast shutdown; when that takes too long an immediate one, and then the kill.</summary>
    /// <param name="discardsData">The data is about to be removed: shuts down at once, without the checkpoint.</param>
    internal async Task StopAsync(bool discardsData)
    {
        if (OperatingSystem.IsWindows())
        {
            await ChildCommand.RunAsync(
                ChildCommand.Prepare(_binaries.Program("pg_ctl"), "stop", "-D", _data, "-m", discardsData ? "immediate" : "fast"),
                CancellationToken.None);
            return;
        }

        await ResumeAsync(CancellationToken.None);
        int[] signals = discardsData ? [UnixSignal.Immediate] : [UnixSignal.Fast, UnixSignal.Immediate];
        foreach (int signal in signals)
        {
            if (HasExited)
            {
                return;
            }

            UnixSignal.Send(ProcessId, signal);
            if (await ExitsWithinAsync(StopTimeout))
            {
                return;
            }
        }

        await KillAsync();
    }

    /// <summary>Ends the postmaster and all its children without a chance to write anything, as a power cut would.</summary>
    internal async Task KillAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            return;
        }

        // A stopped postmaster starts no more children, so the list is complete.
        UnixSignal.Send(ProcessId, UnixSignal.Stop);
        int[] children = await UnixSignal.ChildrenOfAsync(ProcessId, CancellationToken.None);
        Remnants = SharedMemoryRemnants.Of([ProcessId, .. children], _data);
        UnixSignal.Send(ProcessId, UnixSignal.Kill);
        Array.ForEach(children, child => UnixSignal.Send(child, UnixSignal.Kill));
        await _process.WaitForExitAsync();

        // The shared memory is free for a restart only when the last of them has let go of it.
        while (children.Any(UnixSignal.IsRunning))
        {
            await Task.Delay(PollInterval);
        }
    }

    internal async Task PauseAsync(CancellationToken cancellationToken)
    {
        ThrowOnWindows();
        UnixSignal.Send(ProcessId, UnixSignal.Stop);
        foreach (int child in await UnixSignal.ChildrenOfAsync(ProcessId, cancellationToken))
        {
            UnixSignal.Send(child, UnixSignal.Stop);
        }
    }

    internal async Task ResumeAsync(CancellationToken cancellationToken)
    {
        ThrowOnWindows();
        foreach (int child in await UnixSignal.ChildrenOfAsync(ProcessId, cancellationToken))
        {
            UnixSignal.Send(child, UnixSignal.Continue);
        }

        UnixSignal.Send(ProcessId, UnixSignal.Continue);
    }

    public void Dispose() => _process.Dispose();

    /// <summary>On Windows <c>pg_ctl</c> starts the server, because it also drops an administrator's rights.</summary>
    private static async Task<Postmaster> StartOnWindowsAsync(
        PostgresBinaries binaries, InstanceDirectory directory, CancellationToken cancellationToken)
    {
        await ChildCommand.RunAsync(
            ChildCommand.Prepare(binaries.Program("pg_ctl"), "start", "-D", directory.Data, "-l", directory.Log, "-s", "-W"), cancellationToken);
        for (TimeSpan waited = TimeSpan.Zero; waited < StopTimeout; waited += PollInterval)
        {
            if (PostmasterFile.ReadProcessId(directory.Data) is { } id)
            {
                return new Postmaster(Process.GetProcessById(id), binaries, directory.Data);
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        throw new InvalidOperationException($"PostgreSQL did not start; its log ends with: {await directory.LogTailAsync(cancellationToken)}");
    }

    private static void ThrowOnWindows()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Windows has no signal that stops and continues a server.");
        }
    }

    private async Task<bool> ExitsWithinAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
