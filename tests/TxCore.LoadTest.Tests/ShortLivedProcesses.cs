using System.Runtime.CompilerServices;

namespace TxCore.LoadTest.Tests;

/// <summary>
/// The servers and tools that tests start live for seconds: to profile their code costs more than it brings, and so does compiling again
/// what is called less than some thousand times. What a load runs through is compiled again all the same.
/// </summary>
internal static class ShortLivedProcesses
{
    /// <summary>In the environment of this process, which those it starts inherit; it has read its own already.</summary>
    [ModuleInitializer]
    public static void Prepare()
    {
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");

        // Hexadecimal.
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCountThreshold", "1000");
    }
}
