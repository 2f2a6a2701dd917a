using System.CommandLine;
using System.Diagnostics;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Server.Hosting;
using TxCore.Storage;

namespace TxCore.Server.Commands;

/// <summary><c>txcore verify</c>: proves that what is stored is what was decided.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var database = new DatabaseOptions();
        var anchor = new Option<string?>("--anchor")
        {
            Description = "Anchor file to compare with; also finds a recomputed chain and a cut tail. Without a value: the one in --data",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var key = new Option<string?>("--key") { Description = "PEM file of the signing key, private or public; default: the one in --data" };
        var replay = new Option<bool>("--replay") { Description = "Decides every command again and compares; needs the receipt keys in --data" };
        var from = new Option<long>("--from-batch") { Description = "First batch to verify", DefaultValueFactory = static _ => 1 };
        var incremental = new Option<bool>("--incremental")
        {
            Description = "Takes days that are sealed as verified, and seals those that are over and were verified now; needs the signing key in --data",
        };
        var archive = new Option<string[]>("--archive")
        {
            Description = "Verifies archives of days, in order, from the files alone; needs the key (--key or --data), and no database",
            AllowMultipleArgumentsPerToken = true,
        };
        var data = new Option<string?>("--data")
        {
            Description = "Data directory of the server; default TXCORE_DATA",
            DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_DATA"),
        };
        var command = new Command("verify", "Verifies checksums, numbers, sequences and the hash chain; names the first row that does not fit.")
        {
            anchor, key, replay, incremental, archive, from, data,
        };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            var identity = database.Identity(parsed);
            var keys = parsed.GetValue(data) is { } directory ? new KeyStore(Path.GetFullPath(directory), identity) : null;
            if (parsed.GetValue(archive) is { Length: > 0 } archives)
            {
                return await VerifyArchivesAsync(archives, parsed.GetValue(key) ?? keys?.SigningKeyFile, cancellationToken);
            }

            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            bool hasAnchor = parsed.GetResult(anchor) is not null;
            string? anchorFile = hasAnchor ? parsed.GetValue(anchor) ?? keys?.AnchorFile : null;
            string? keyFile = parsed.GetValue(key) ?? keys?.SigningKeyFile;
            bool isIncremental = parsed.GetValue(incremental);
            if ((hasAnchor && (anchorFile is null || keyFile is null)) || (parsed.GetValue(replay) && keys is null) || (isIncremental && keyFile is null))
            {
                Console.Error.WriteLine(
                    "Option data (or anchor and key) is missing: --anchor needs the file and its key, --incremental the key, --replay the receipt keys.");
                return (int)ExitCode.Usage;
            }

            var options = new VerifyOptions
            {
                FromBatch = parsed.GetValue(from),
                AnchorFile = anchorFile,
                KeyFile = hasAnchor || isIncremental || parsed.GetValue(key) is not null || File.Exists(keyFile) ? keyFile : null,
                SkipsSealedDays = isIncremental,
                SealsDays = isIncremental,
            };
            int code = await VerifyChainAsync(connection, identity, options, cancellationToken);
            return code == 0 && parsed.GetValue(replay) ? await ReplayAsync(connection, identity, keys!, cancellationToken) : code;
        }));
        return command;
    }

    private static async Task<int> VerifyChainAsync(
        string connection, ShardIdentity identity, VerifyOptions options, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        var report = await ChainVerifier.VerifyAsync(connection, identity, options, cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(
            $"{report.Entries} entries, {report.Rows} rows ({report.PlainRows} plain) in {report.Batches} batches up to number {report.Head.Number}, "
            + $"{report.AnchorLines} anchor lines, {seconds:F1} s");
        if (report.SkippedDays + report.SealedDays > 0)
        {
            Console.WriteLine(
                $"{report.SkippedDays} days taken by their seals ({report.ArchivedDays} of them archived: 'verify --archive' reads those), {report.SealedDays} sealed now.");
        }

        if (report.Fault is not { } fault)
        {
            Console.WriteLine("The chain is whole.");
            return 0;
        }

        Console.Error.WriteLine($"DOES NOT FIT: {fault}");
        return 1;
    }

    private static async Task<int> VerifyArchivesAsync(string[] files, string? keyFile, CancellationToken cancellationToken)
    {
        if (keyFile is null)
        {
            Console.Error.WriteLine("Option key (or data) is missing: an archive is verified with the key it was signed with.");
            return (int)ExitCode.Usage;
        }

        try
        {
            foreach (var report in await ArchiveVerifier.VerifyAsync(files, keyFile, cancellationToken))
            {
                string lead = report.LeadRows == 0 ? "" : $"; the first {report.LeadRows} of them are hashed with the archive of the day before";
                Console.WriteLine(
                    $"Business day {report.BusinessDay}: numbers {report.FirstNumber} to {report.LastNumber}, {report.Rows} rows, {report.Batches} batches{lead}. The archive is whole.");
            }

            return 0;
        }
        catch (InvalidDataException fault)
        {
            Console.Error.WriteLine($"DOES NOT FIT: {fault.Message}");
            return 1;
        }
    }

    private static async Task<int> ReplayAsync(string connection, ShardIdentity identity, KeyStore keys, CancellationToken cancellationToken)
    {
        await using var reader = new PostgresShardReader(connection, identity);
        var report = await new ReplayVerifier(identity, reader, keys.ReadReceiptKeys()).RunAsync(cancellationToken);
        if (report.Fault is { } fault)
        {
            Console.Error.WriteLine($"DOES NOT REPLAY: number {fault.Number}: {fault.What}");
            return 1;
        }

        Console.WriteLine($"{report.Entries} entries decided again, all alike.");
        return 0;
    }
}
