using System.Diagnostics;
using SharpFuzz;

namespace TxCore.Fuzzing.Driving;

/// <summary>
/// A run under afl-fuzz: copies the program to a temporary folder, instruments what is fuzzed there, lets AFL work for so long, and keeps
/// what it found of the branches in the corpus.
/// </summary>
internal sealed class AflCampaign(IFuzzTarget target, string corpus, int seconds) : IDisposable
{
    private const string MapBytes = "65536";
    private const int InputBytesMax = 4096;
    private const int InputTimeoutMilliseconds = 10_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("txcore-afl-").FullName;

    private string Program => Path.Combine(_folder, "program", "TxCore.Fuzzing.dll");

    private string Found => Path.Combine(_folder, "found");

    /// <summary>True when afl-fuzz is installed.</summary>
    public static bool IsPossible => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static folder => File.Exists(Path.Combine(folder, "afl-fuzz")));

    /// <summary>Runs AFL and returns how many inputs did what must not happen; those are copied to <paramref name="failures"/>.</summary>
    public int Run(string failures)
    {
        Prepare();
        Start(
            "afl-fuzz", "-i", corpus, "-o", Found, "-t", $"{InputTimeoutMilliseconds}", "-m", "none", "-V", $"{seconds}", "-G", $"{InputBytesMax}",
            "--", "dotnet", Program, "under-afl", target.Name);
        foreach (string line in File.ReadLines(Path.Combine(Found, "default", "fuzzer_stats")).Where(IsTold))
        {
            Console.WriteLine(line);
        }

        string[] bad = [.. new[] { "crashes", "hangs" }.SelectMany(kind => Directory.EnumerateFiles(Path.Combine(Found, "default", kind), "id*"))];
        foreach (string input in bad)
        {
            Console.WriteLine($"bad input: {Corpus.Write(failures, File.ReadAllBytes(input))}");
        }

        return bad.Length;
    }

    /// <summary>Adds to the corpus what AFL found, and takes out of it what goes nowhere else.</summary>
    public void KeepFound()
    {
        string smallest = Path.Combine(_folder, "smallest");
        Start("dotnet", Program, "minimise", target.Name, "--corpus", corpus, "--corpus", Path.Combine(Found, "default", "queue"), "--to", smallest);
        foreach (string file in Directory.EnumerateFiles(corpus))
        {
            File.Delete(file);
        }

        foreach (byte[] input in Corpus.Read(smallest))
        {
            Corpus.Write(corpus, input);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Prepare()
    {
        string program = Path.GetDirectoryName(Program)!;
        Directory.CreateDirectory(program);
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        }

        string[] assemblies = target.Name == "session" ? ["TxCore.Protocol.dll", "TxCore.dll"] : ["TxCore.Protocol.dll"];
        foreach (string assembly in assemblies)
        {
            var types = Fuzzer.Instrument(Path.Combine(program, assembly), static _ => true, Options.Value);
            Console.WriteLine($"{assembly}: {types.Count()} types instrumented");
        }
    }

    private static bool IsTold(string line) =>
        line.StartsWith("execs", StringComparison.Ordinal) || line.StartsWith("corpus", StringComparison.Ordinal) || line.StartsWith("saved", StringComparison.Ordinal)
        || line.StartsWith("bitmap", StringComparison.Ordinal) || line.StartsWith("stability", StringComparison.Ordinal) || line.StartsWith("run_time", StringComparison.Ordinal);

    private static void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment =
            {
                // Neither the kernel's core pattern nor the governor of the processor is the business of a test.
                ["AFL_SKIP_CPUFREQ"] = "1", ["AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES"] = "1", ["AFL_SKIP_BIN_CHECK"] = "1", ["AFL_NO_AFFINITY"] = "1",
                ["AFL_NO_UI"] = "1", ["AFL_MAP_SIZE"] = MapBytes, ["DOTNET_TieredPGO"] = "0",
            },
        };
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}");
        }
    }
}
