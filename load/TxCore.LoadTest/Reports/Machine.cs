using System.Runtime.InteropServices;

namespace TxCore.LoadTest.Reports;

/// <summary>What the figures were measured on. A latency without it says nothing.</summary>
internal sealed record Machine(int Cores, string Processor, double MemoryGigabytes, string OperatingSystem, string Runtime)
{
    public static Machine Describe() => new(
        Environment.ProcessorCount,
        ProcessorName(),
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        $"{RuntimeInformation.OSDescription.Trim()} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription);

    private static string ProcessorName()
    {
        const string linuxFile = "/proc/cpuinfo";
        if (File.Exists(linuxFile)
            && File.ReadLines(linuxFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line)
        {
            return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
