using System.Diagnostics;
using System.Globalization;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// Names one run of one process, so that a directory's owner is not confused with a later process of the same number. What cannot be told
/// (another machine, another container) counts as alive: only what is surely dead may be swept.
/// </summary>
internal sealed record ProcessIdentity(string Host, string Boot, string Namespace, int Id, string Start)
{
    private const char Separator = '\t';

    internal static ProcessIdentity OfThisProcess() =>
        new(Environment.MachineName, BootId(), NamespaceId(), Environment.ProcessId, StartOf(Environment.ProcessId) ?? "");

    internal static ProcessIdentity? Parse(string text) =>
        text.Split(Separator) is [var host, var boot, var space, var id, var start] && int.TryParse(id, CultureInfo.InvariantCulture, out int number)
            ? new ProcessIdentity(host, boot, space, number, start)
            : null;

    public override string ToString() => string.Join(Separator, Host, Boot, Namespace, Id.ToString(CultureInfo.InvariantCulture), Start);

    internal bool IsSurelyDead()
    {
        if (Host != Environment.MachineName)
        {
            return false;
        }

        if (Boot != BootId())
        {
            return true;
        }

        return Namespace == NamespaceId() && StartOf(Id) != Start;
    }

    private static string? StartOf(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            // The 22nd field is the start in clock ticks since the boot; the array begins at the third. A zombie has ended.
            return UnixSignal.ReadStat(processId) is { } stat && stat[0] != "Z" ? stat[22 - 3] : null;
        }

        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string BootId() => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    private static string NamespaceId() =>
        OperatingSystem.IsLinux() ? File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "" : "";
}
