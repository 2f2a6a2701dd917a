using System.CommandLine;
using SharpFuzz;
using TxCore.Fuzzing.Driving;
using TxCore.Fuzzing.Frames;
using TxCore.Fuzzing.Sessions;

namespace TxCore.Fuzzing;

/// <summary>The command line.</summary>
internal static class FuzzCommand
{
    private static readonly Argument<string> TargetName = new("target") { Description = "frames or session" };
    private static readonly Option<string?> CorpusFolder = new("--corpus") { Description = "Folder of inputs; default the target's corpus" };

    public static int Run(string[] args)
    {
        var root = new RootCommand("Fuzzes the parser and the session of TxCore.") { Replay(), Mutate(), Afl(), UnderAfl(), Minimise(), Seeds() };
        return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static IFuzzTarget TargetOf(ParseResult parsed) => parsed.GetValue(TargetName) switch
    {
        "frames" => new FramesTarget(),
        "session" => new SessionTarget(),
        var other => throw new ArgumentException($"There is no target '{other}'; there are frames and session."),
    };

    private static byte[][] CorpusOf(ParseResult parsed, IFuzzTarget target) => Corpus.Read(parsed.GetValue(CorpusFolder) ?? Corpus.FolderOf(target));

    private static Command Replay()
    {
        var command = new Command("replay", "Plays the inputs of a folder.") { TargetName, CorpusFolder };
        command.SetAction(parsed =>
        {
            var target = TargetOf(parsed);
            Console.WriteLine(Driving.Run.Replay(target, CorpusOf(parsed, target)));
        });
        return command;
    }

    private static Command Mutate()
    {
        var inputs = new Option<long>("--random") { Description = "Number of inputs", DefaultValueFactory = static _ => long.MaxValue };
        var seconds = new Option<int>("--seconds") { Description = "Longest time, in seconds", DefaultValueFactory = static _ => 60 };
        var seed = new Option<int>("--seed") { Description = "The same seed plays the same inputs", DefaultValueFactory = static _ => 1 };
        var command = new Command("random", "Plays changed inputs of a folder.") { TargetName, CorpusFolder, inputs, seconds, seed };
        command.SetAction(parsed =>
        {
            var target = TargetOf(parsed);
            var report = Driving.Run.Mutated(
                target, CorpusOf(parsed, target), parsed.GetValue(inputs), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(seed));
            Console.WriteLine(report);
            Console.WriteLine(target);
        });
        return command;
    }

    private static Command Seeds()
    {
        var folder = new Option<string>("--to") { Description = "Folder to write to", Required = true };
        var command = new Command("seeds", "Writes the inputs that a corpus begins with.") { TargetName, folder };
        command.SetAction(parsed =>
        {
            foreach (byte[] seed in parsed.GetValue(TargetName) == "session" ? SessionSeeds.Make() : FrameSeeds.Make())
            {
                Corpus.Write(parsed.GetValue(folder)!, seed);
            }
        });
        return command;
    }

    private static Command Afl()
    {
        var seconds = new Option<int>("--seconds") { Description = "Time that AFL has, in seconds", DefaultValueFactory = static _ => 120 };
        var failures = new Option<string>("--failures") { Description = "Folder for inputs that found a fault", DefaultValueFactory = static _ => Path.Combine("TestResults", "fuzz") };
        var corpus = new Option<string>("--corpus") { Description = "Folder of inputs, which is renewed", Required = true };
        var command = new Command("afl", "Lets AFL look for inputs that go other ways, and keeps them.") { TargetName, seconds, failures, corpus };
        command.SetAction(parsed =>
        {
            if (!AflCampaign.IsPossible)
            {
                Console.Error.WriteLine("afl-fuzz is not installed: apt-get install afl++");
                return 2;
            }

            using var campaign = new AflCampaign(TargetOf(parsed), Path.GetFullPath(parsed.GetValue(corpus)!), parsed.GetValue(seconds));
            int bad = campaign.Run(parsed.GetValue(failures)!);
            if (bad == 0)
            {
                campaign.KeepFound();
            }

            return bad == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command UnderAfl()
    {
        var command = new Command("under-afl", "Takes inputs from afl-fuzz; started by it.") { TargetName };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var target = TargetOf(parsed);
            Fuzzer.OutOfProcess.Run(stream =>
            {
                using var input = new MemoryStream();
                stream.CopyTo(input);
                target.Run(input.GetBuffer().AsSpan(0, (int)input.Length));
            });
        });
        return command;
    }

    private static Command Minimise()
    {
        var folders = new Option<string[]>("--corpus") { Description = "Folders of inputs", Required = true };
        var smallest = new Option<string>("--to") { Description = "Folder to write to", Required = true };
        var command = new Command("minimise", "Keeps the shortest inputs that go all ways; for an instrumented copy.") { TargetName, folders, smallest };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var edges = new EdgeMap();
            foreach (byte[] input in edges.Smallest(TargetOf(parsed), parsed.GetValue(folders)!.SelectMany(Corpus.Read)))
            {
                Corpus.Write(parsed.GetValue(smallest)!, input);
            }
        });
        return command;
    }
}
