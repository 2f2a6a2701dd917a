using System.Runtime.InteropServices;

namespace TxCore.Server.Tests.Processes;

/// <summary>The signals the tests send to servers they started.</summary>
internal static partial class Signals
{
    public const int HangUp = 1;
    public const int Terminate = 15;

    // Linux and the BSDs number these two differently.
    public static int Stop => OperatingSystem.IsLinux() ? 19 : 17;

    public static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    public static void Send(int processId, int signal) => Assert.Equal(0, Kill(processId, signal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
