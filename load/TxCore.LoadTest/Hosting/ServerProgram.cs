using System.Runtime.InteropServices;

namespace TxCore.LoadTest.Hosting;

/// <summary>Where the server's program and the runtime that starts it are.</summary>
internal static class ServerProgram
{
    /// <summary>The copy of the server that the build puts beside the tool.</summary>
    /// <exception cref="FileNotFoundException">It is not there; the message names the command that mends it.</exception>
    public static string Find()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "server", "TxCore.Server.dll");
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The server is not at {path}. Build it with: dotnet build -c Release load/TxCore.LoadTest", path);
    }

    /// <summary>The <c>dotnet</c> that runs this tool, whether or not it is on the PATH; else the one that is.</summary>
    public static string FindRuntime()
    {
        // The runtime's directory is <root>/shared/Microsoft.NETCore.App/<version>/.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }
}
