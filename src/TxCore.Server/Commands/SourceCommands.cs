using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Server.Commands;

/// <summary><c>txcore source add|import|disable|list</c>: who may log on. Running servers see a change within seconds.</summary>
internal static class SourceCommands
{
    private const int WindowMax = 8192;

    public static Command Create() => new("source", "Registers the sources (terminals, frontends, administrators) of a shard.")
    {
        Add(), Import(), Disable(), List(),
    };

    private static Command Add()
    {
        var database = new DatabaseOptions();
        var id = new Option<uint>("--id") { Description = "Number of the source, 1..2147483647", Required = true };
        var outlet = new Option<int>("--outlet") { Description = "Number of its outlet; tickets are cancelled in the outlet that sold them", Required = true };
        var role = new Option<SourceRole>("--role") { Description = "read, submit or admin", DefaultValueFactory = static _ => SourceRole.Submit };
        var window = new Option<int>("--window") { Description = $"Most transactions without an answer, 1..{WindowMax}", DefaultValueFactory = static _ => 32 };
        var password = new Option<string?>("--password-file") { Description = "File with the password on its first line; without it one is made and shown" };
        var command = new Command("add", "Adds a source, or gives one new properties and a new password.") { id, outlet, role, window, password };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            string? given = parsed.GetValue(password) is { } file ? File.ReadLines(file).FirstOrDefault()?.Trim() : null;
            string secret = given ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
            var identity = database.Identity(parsed);
            var source = Make(parsed.GetValue(id), parsed.GetValue(outlet), identity.Channel, parsed.GetValue(role), parsed.GetValue(window), secret);
            await using var registry = new SourceRegistry(connection, identity);
            await registry.AddSourceAsync(source, cancellationToken);
            Console.WriteLine(given is null ? $"Source {source.Id} added, password {secret}" : $"Source {source.Id} added.");
            return 0;
        }));
        return command;
    }

    private static Command Import()
    {
        var database = new DatabaseOptions();
        var file = new Argument<string>("file") { Description = "CSV: id,outlet,role,window,password; a header line and empty lines are skipped" };
        var command = new Command("import", "Adds many sources from a file; all or none.") { file };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            var identity = database.Identity(parsed);
            var sources = ReadFile(parsed.GetValue(file)!, identity.Channel);
            await using var registry = new SourceRegistry(connection, identity);
            await registry.AddSourcesAsync(sources, cancellationToken);
            Console.WriteLine($"{sources.Count} sources added.");
            return 0;
        }));
        return command;
    }

    private static Command Disable()
    {
        var database = new DatabaseOptions();
        var id = new Option<uint>("--id") { Description = "Number of the source", Required = true };
        var command = new Command("disable", "Lets a source log on no more; its session is closed within seconds.") { id };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            await using var registry = new SourceRegistry(connection, database.Identity(parsed));
            bool known = await registry.DisableAsync(parsed.GetValue(id), cancellationToken);
            Console.WriteLine(known ? $"Source {parsed.GetValue(id)} disabled." : $"Source {parsed.GetValue(id)} is not known.");
            return known ? 0 : 1;
        }));
        return command;
    }

    private static Command List()
    {
        var database = new DatabaseOptions();
        var command = new Command("list", "Lists the sources; secrets are not shown.");
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            await using var registry = new SourceRegistry(connection, database.Identity(parsed));
            foreach (var source in await registry.ListAsync(cancellationToken))
            {
                Console.WriteLine(
                    $"{source.Id} outlet {source.Outlet} {source.Role.ToString().ToLowerInvariant()} window {source.Window}{(source.Disabled ? " disabled" : "")}");
            }

            return 0;
        }));
        return command;
    }

    private static SourceRecord Make(uint id, int outlet, Channel channel, SourceRole role, int window, string password)
    {
        if (id is 0 or > int.MaxValue)
        {
            throw new ArgumentException($"The id is {id}; it must be from 1 to {int.MaxValue}.");
        }

        if (window is < 1 or > WindowMax)
        {
            throw new ArgumentException($"The window of source {id} is {window}; it must be from 1 to {WindowMax}.");
        }

        if (password.Length < 8)
        {
            throw new ArgumentException($"The password of source {id} has fewer than 8 characters.");
        }

        var credential = ScramCredential.Create(password);
        return new SourceRecord(
            id, outlet, channel, role, window, credential.Salt, credential.Iterations, credential.StoredKey, credential.ServerKey, Disabled: false);
    }

    private static List<SourceRecord> ReadFile(string path, Channel channel)
    {
        var sources = new List<SourceRecord>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string[] fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (line.Trim().Length == 0 || (number == 1 && fields[0] == "id"))
            {
                continue;
            }

            if (fields.Length != 5
                || !uint.TryParse(fields[0], CultureInfo.InvariantCulture, out uint id)
                || !int.TryParse(fields[1], CultureInfo.InvariantCulture, out int outlet)
                || !Enum.TryParse(fields[2], ignoreCase: true, out SourceRole role)
                || !int.TryParse(fields[3], CultureInfo.InvariantCulture, out int window))
            {
                throw new ArgumentException($"{path}, line {number}: not 'id,outlet,role,window,password' with numbers and read, submit or admin.");
            }

            sources.Add(Make(id, outlet, channel, role, window, fields[4]));
        }

        return sources;
    }
}
