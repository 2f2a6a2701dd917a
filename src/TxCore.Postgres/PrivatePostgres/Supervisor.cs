using System.Diagnostics;
using System.Globalization;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// A tiny process that outlives this one by design: it waits on a pipe that only this process holds open, and when the pipe closes without
/// a word, however this process ended, it stops the postmaster and removes a temporary directory.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private const string ReleaseWord = "released";

    // Ours is asked by the command line, which names the data directory: a zombie has none, and a number taken over by another process
    // differs. Stopped processes are continued first, since only SIGKILL reaches them as they are. The removal is tried again because an
    // initdb or a backend may still be writing.
    private const string UnixScript = """
        directory=$1; data=$1/data; remove=$2
        trap '' INT HUP TERM QUIT
        while read -r word; do [ "$word" = released ] && exit 0; done

        is_ours() {
            if [ -d /proc/self ]; then tr '\0' ' ' <"/proc/$1/cmdline"; else ps -o command= -p "$1"; fi 2>/dev/null | grep -qF -- "$data"
        }
        children() {
            if [ -d /proc/self ]; then
                for stat in /proc/[0-9]*/stat; do sed -n "s/^\([0-9]*\) (.*) . $1 .*/\1/p" "$stat" 2>/dev/null; done
            else
                pgrep -P "$1"
            fi
        }
        stop_postmaster() {
            pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) && [ -n "$pid" ] && is_ours "$pid" || return
            for each in $(children "$pid") "$pid"; do kill -CONT "$each"; done
            for signal in INT QUIT KILL; do
                kill -$signal "$pid"
                turns=0
                while is_ours "$pid" && [ $turns -lt 50 ]; do sleep 0.1; turns=$((turns + 1)); done
                is_ours "$pid" || return
            done
        }

        for attempt in 1 2 3 4 5 6 7 8 9 10; do
            stop_postmaster
            [ "$remove" = remove ] || exit 0
            rm -rf -- "$directory"
            sleep 0.5
            [ -e "$directory" ] || exit 0
        done
        """;

    private const string WindowsScript = """
        param($parent, $pgctl, $directory, $remove)
        Wait-Process -Id $parent -ErrorAction SilentlyContinue
        & $pgctl stop -D "$directory\data" -m immediate
        if ($remove -eq 'remove') { Remove-Item -Recurse -Force $directory }
        """;

    private readonly Process _process;

    private Supervisor(Process process) => _process = process;

    internal int ProcessId => _process.Id;

    internal static Supervisor Start(InstanceDirectory directory, PostgresBinaries binaries)
    {
        string remove = directory.IsTemporary ? "remove" : "keep";
        ProcessStartInfo start = OperatingSystem.IsWindows()
            ? ChildCommand.Prepare("powershell.exe", "-NoProfile", "-Command", $"& {{ {WindowsScript} }}",
                Environment.ProcessId.ToString(CultureInfo.InvariantCulture), binaries.Program("pg_ctl"), directory.FullPath, remove)
            : ChildCommand.Prepare("/bin/sh", OwnSession.Wrap("/bin/sh", "-c", UnixScript, "txcore-pg-supervisor", directory.FullPath, remove));
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetPathRoot(directory.FullPath)!;
        return new Supervisor(Process.Start(start)!);
    }

    /// <summary>Tells the supervisor that the work is done in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                _process.Kill();
            }

            await _process.StandardInput.WriteLineAsync(ReleaseWord);
            await _process.StandardInput.FlushAsync();
            await _process.WaitForExitAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // Someone killed the supervisor; there is nothing left for it to do.
        }

        _process.Dispose();
    }
}
