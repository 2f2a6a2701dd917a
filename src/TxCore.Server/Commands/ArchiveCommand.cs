using System.CommandLine;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Server.Hosting;

namespace TxCore.Server.Commands;

/// <summary><c>txcore day archive</c>: takes a day that is over out of the database into a signed file.</summary>
internal static class ArchiveCommand
{
    public static Command Create(Func<Option<int>> dayOption)
    {
        var database = new DatabaseOptions();
        var day = dayOption();
        var file = new Option<string>("--out") { Description = "File to write; with --detach one that was written before may be named", Required = true };
        var data = new Option<string>("--data")
        {
            Description = "Data directory of the server, which holds the signing key; default TXCORE_DATA",
            DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_DATA") ?? "",
        };
        var kept = new Option<int>("--keep-days") { Description = "Days that must have begun after it; tickets are paid for 60", DefaultValueFactory = static _ => 90 };
        var detach = new Option<bool>("--detach") { Description = "Takes the partition off the table once the file is verified; the detached table stays" };
        var drop = new Option<bool>("--drop") { Description = "With --detach: drops the detached table too" };
        var command = new Command(
            "archive", "Writes a day's rows to a file with manifest, hash and signature, verifies it, and may detach the day. The connection string is the owner role's.")
        {
            day, file, data, kept, detach, drop,
        };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            if (parsed.GetValue(data) is not { Length: > 0 } directory)
            {
                Console.Error.WriteLine("Option data is missing: the archive is signed with the key in the data directory.");
                return (int)ExitCode.Usage;
            }

            var identity = database.Identity(parsed);
            string path = Path.GetFullPath(parsed.GetValue(file)!);
            string key = new KeyStore(Path.GetFullPath(directory), identity).SigningKeyFile;
            var archive = new DayArchive(connection, identity);
            if (!File.Exists(path))
            {
                var options = new ArchiveOptions { File = path, KeyFile = key, DaysKept = parsed.GetValue(kept) };
                var report = await archive.WriteAsync(parsed.GetValue(day), options, cancellationToken);
                Console.WriteLine($"Business day {report.BusinessDay}: {report.Rows} rows in {report.Batches} batches are in {path}, and verified there.");
            }
            else if (!parsed.GetValue(detach))
            {
                Console.Error.WriteLine($"{path} is there already.");
                return (int)ExitCode.Usage;
            }

            if (parsed.GetValue(detach))
            {
                await archive.DetachAsync(parsed.GetValue(day), path, key, parsed.GetValue(drop), cancellationToken);
                Console.WriteLine($"Business day {parsed.GetValue(day)} is detached{(parsed.GetValue(drop) ? " and dropped" : "")}.");
            }

            return 0;
        }));
        return command;
    }
}
