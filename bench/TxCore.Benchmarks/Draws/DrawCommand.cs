using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using TxCore.Ticketing.Draws;

namespace TxCore.Benchmarks.Draws;

/// <summary>
/// <c>draw [--entries N]</c>: a draw of random keys from the sort of its list to the check of its audit package, timed step by step with the memory
/// of the process. Ends with 0 when the package holds and, at ten million entries or fewer, the bounds do.
/// </summary>
internal static class DrawCommand
{
    private const string DrawName = "TXC-DRAW-BENCH";
    private const double DrawSecondsMax = 30;
    private const int BoundEntries = 10_000_000;
    private const double PeakMegabytesMax = 1_000;
    private const double Megabyte = 1_000_000;

    public static int Run(string[] args)
    {
        int at = Array.IndexOf(args, "--entries");
        int entries = at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : BoundEntries;
        ArgumentOutOfRangeException.ThrowIfLessThan(entries, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries, DrawRecord.EntriesMax);
        Console.WriteLine($"{entries:N0} entries, {Environment.ProcessorCount} processors");
        Console.WriteLine();
        Console.WriteLine("| step | seconds | peak working set, MB | GC heap, MB |");
        Console.WriteLine("|---|---|---|---|");
        var keys = Step("make random keys", () => Keys(entries));
        double seconds = Steps.Seconds;
        int[] sorted = Step("sort the list", () => DrawList.Sort(keys));
        byte[] listRoot = Step("list root", () => DrawList.Root(keys, sorted));
        byte[] secret = SHA256.HashData("secret of the benchmark"u8);
        byte[] signature = SHA256.HashData("signature of the benchmark"u8);
        byte[] beacon = SHA256.HashData(signature);
        byte[] commitment = Step("commitment", () => DrawCommitment.Commit(DrawName, listRoot, secret));
        byte[] seed = Step("seed", () => DrawCommitment.Seed(beacon, DrawName, listRoot, secret));
        int[] order = Step("shuffle", () => DrawShuffle.Order(seed, entries));
        int[] ranks = Step("ranks", () => DrawOrder.Ranks(order));
        byte[] orderHash = Step("order hash", () => DrawOrder.Hash(order));
        byte[] orderRoot = Step("order root", () => DrawOrder.Root(order));
        double drawSeconds = Steps.Seconds - seconds;
        var record = new DrawRecord
        {
            DrawName = DrawName,
            DrawNumber = 1,
            Shard = 1,
            Entries = entries,
            ListRoot = listRoot,
            Commitment = commitment,
            Secret = secret,
            Beacon = new DrawBeacon("benchmark", 1, beacon, signature),
            OrderHash = orderHash,
            OrderRoot = orderRoot,
            Waves = [new DrawWave(1, 1, entries, 0, 1, 1)],
            EntryNumbers = new DrawEntryNumbers(1, 2, 3),
            ProgramVersion = "benchmark",
        };
        var proofs = Step("hash both lists for proofs", () => new PersonProofs(record, keys, sorted, order));
        var proof = Step("proof of one person", () => proofs.Of(keys[entries / 2]))!;
        var verdict = CheckPackage(record, keys, sorted, order);
        return Report(verdict, proof.Rank == ranks[proof.ListIndex] && PersonProof.Verify(proof.ToJson()).Holds, entries, drawSeconds);
    }

    private static DrawVerdict CheckPackage(DrawRecord record, PersonKeyList keys, int[] sorted, int[] order)
    {
        string folder = Directory.CreateTempSubdirectory("txcore-draw-").FullName;
        try
        {
            using var package = new FileStream(Path.Combine(folder, "draw.zip"), FileMode.CreateNew, FileAccess.ReadWrite);
            Step("write the package", () => DrawPackage.Write(package, record, keys, sorted, order, []));
            package.Position = 0;
            return Step("verify the package", () => DrawVerification.Verify(package));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Report(DrawVerdict verdict, bool isProofGood, int entries, double drawSeconds)
    {
        double peak = Steps.PeakMegabytes();
        Console.WriteLine();
        Console.WriteLine($"sort to order root {drawSeconds:F2} s, whole process {Steps.Seconds:F2} s, peak working set {peak:F0} MB");
        Console.WriteLine($"package: {(verdict.Holds ? "holds" : string.Join(" ", verdict.Findings))}");
        Console.WriteLine($"proof: {(isProofGood ? "holds" : "does not hold")}");
        bool isBounded = entries > BoundEntries || (drawSeconds < DrawSecondsMax && peak < PeakMegabytesMax);
        return verdict.Holds && isProofGood && isBounded ? 0 : 1;
    }

    private static PersonKeyList Keys(int count)
    {
        var random = new Random(10);
        var keys = new PersonKeyList();
        byte[] bytes = new byte[DrawList.KeyBytes];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            keys.Add(PersonKey.Read(bytes));
        }

        return keys;
    }

    private static T Step<T>(string name, Func<T> run)
    {
        long started = Stopwatch.GetTimestamp();
        var result = run();
        Steps.Add(name, Stopwatch.GetElapsedTime(started).TotalSeconds);
        return result;
    }

    /// <summary>The table of steps.</summary>
    private static class Steps
    {
        public static double Seconds { get; private set; }

        public static double PeakMegabytes()
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / Megabyte;
        }

        public static void Add(string name, double seconds)
        {
            Seconds += seconds;
            Console.WriteLine($"| {name} | {seconds:F2} | {PeakMegabytes():F0} | {GC.GetTotalMemory(forceFullCollection: false) / Megabyte:F0} |");
        }
    }
}
