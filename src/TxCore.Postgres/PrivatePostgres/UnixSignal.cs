using System.Globalization;
using System.Runtime.InteropServices;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>The signals of the postmaster's life and who its children are; Unix only.</summary>
internal static partial class UnixSignal
{
    /// <summary>Shuts a postmaster down fast (SIGINT).</summary>
    internal const int Fast = 2;

    /// <summary>Shuts a postmaster down at once, without a checkpoint (SIGQUIT).</summary>
    internal const int Immediate = 3;

    internal const int Kill = 9;

    // Linux and the BSDs number these two differently.
    internal static int Stop => OperatingSystem.IsLinux() ? 19 : 17;

    internal static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>Sends the signal; a process that is already gone is not an error.</summary>
    internal static void Send(int processId, int signal) => _ = SendSignal(processId, signal);

    /// <summary>The direct children of a process: PostgreSQL's backends and helpers are all children of the postmaster.</summary>
    internal static async Task<int[]> ChildrenOfAsync(int processId, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsLinux())
        {
            string wanted = processId.ToString(CultureInfo.InvariantCulture);
            return [.. ProcessIds().Where(id => ReadStat(id) is [_, string parent, ..] && parent == wanted)];
        }

        ChildCommand.Outcome children = await ChildCommand.RunAsync(
            ChildCommand.Prepare("pgrep", "-P", processId.ToString(CultureInfo.InvariantCulture)), cancellationToken);
        return [.. children.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    /// <summary>Whether a process can still do anything: a zombie holds no memory, file or socket and counts as gone.</summary>
    internal static bool IsRunning(int processId) => OperatingSystem.IsLinux()
        ? ReadStat(processId) is [not "Z" and not "X", ..]
        : SendSignal(processId, 0) == 0;

    /// <summary>The fields of <c>/proc/pid/stat</c> from the state on, or null when there is no such process.</summary>
    internal static string[]? ReadStat(int processId)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");

            // The command name before may hold blanks and brackets of its own; the last bracket closes it.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<int> ProcessIds()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                yield return id;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
