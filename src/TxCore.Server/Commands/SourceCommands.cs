using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Server.Security;
using TxCore.Sessions;
using TxCore.Storage;

namespace TxCore.Server.Commands;

/// <summary><c>txcore source add|import|password|certificate|disable|list</c>: who may log on. Running servers see a change within seconds.</summary>
internal static class SourceCommands
{
    private const int WindowMax = 8192;

    public static Command Create() => new("source", "Registers the sources (terminals, frontends, administrators) of a shard.")
    {
        Add(), Import(), Password(), Certificate(), Disable(), List(),
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

            var (secret, given) = ReadOrMakePassword(parsed.GetValue(password));
            var identity = database.Identity(parsed);
            var source = Make(parsed.GetValue(id), parsed.GetValue(outlet), identity.Channel, parsed.GetValue(role), parsed.GetValue(window), secret);
            await using var registry = new SourceRegistry(connection, identity);
            await registry.AddSourceAsync(source, cancellationToken);
            Console.WriteLine(given ? $"Source {source.Id} added." : $"Source {source.Id} added, password {secret}");
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

    private static Command Password()
    {
        var database = new DatabaseOptions();
        var id = IdOption();
        var password = new Option<string?>("--password-file") { Description = "File with the new password on its first line; without it one is made and shown" };
        var command = new Command(
            "password", "Gives a source a new password and leaves the rest as it is. Its session goes on; its next logon needs the new one.") { id, password };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ChangeAsync(database, parsed, parsed.GetValue(id), () =>
        {
            var (secret, given) = ReadOrMakePassword(parsed.GetValue(password));
            RequirePassword(parsed.GetValue(id), secret);
            var made = ScramCredential.Create(secret);
            return (
                source => source with { Salt = made.Salt, Iterations = made.Iterations, StoredKey = made.StoredKey, ServerKey = made.ServerKey },
                given ? "has a new password." : $"has a new password: {secret}");
        }, cancellationToken));
        return command;
    }

    private static Command Certificate()
    {
        var database = new DatabaseOptions();
        var id = IdOption();
        var file = new Option<string?>("--file") { Description = "PEM file of the one certificate it must present" };
        var subject = new Option<string?>("--subject") { Description = "Common name that its certificates bear; a renewed certificate needs no registration then" };
        var none = new Option<bool>("--none") { Description = "Takes the certificate off: it logs on by password alone again" };
        var command = new Command(
            "certificate", "Registers the client certificate a source must present to log on, with its password or without one.") { id, file, subject, none };
        command.Validators.Add(result =>
        {
            if (new[] { result.GetValue(file) is not null, result.GetValue(subject) is not null, result.GetValue(none) }.Count(static given => given) != 1)
            {
                result.AddError("Give one of --file, --subject and --none.");
            }
        });
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ChangeAsync(database, parsed, parsed.GetValue(id), () =>
        {
            string? registered = parsed.GetValue(file) is { } path ? HashOf(path) : parsed.GetValue(subject);
            return (source => source with { Certificate = registered }, registered is null ? "needs no certificate." : $"must present certificate {registered}.");
        }, cancellationToken));
        return command;
    }

    private static Command Disable()
    {
        var database = new DatabaseOptions();
        var id = IdOption();
        var command = new Command("disable", "Lets a source log on no more; its session is closed within seconds.") { id };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ChangeAsync(
            database, parsed, parsed.GetValue(id), static () => (static source => source with { Disabled = true }, "disabled."), cancellationToken));
        return command;
    }

    private static Option<uint> IdOption() => new("--id") { Description = "Number of the source", Required = true };

    /// <summary>Adds a new version of one source and says what is new; exit code 1 when there is none of that number.</summary>
    private static Task<int> ChangeAsync(
        DatabaseOptions database, ParseResult parsed, uint id, Func<(Func<SourceRecord, SourceRecord> Change, string Told)> make,
        CancellationToken cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            var (change, told) = make();
            await using var registry = new SourceRegistry(connection, database.Identity(parsed));
            bool known = await registry.ChangeAsync(id, change, cancellationToken);
            Console.WriteLine(known ? $"Source {id} {told}" : $"Source {id} is not known.");
            return known ? 0 : 1;
        });

    private static (string Secret, bool Given) ReadOrMakePassword(string? file) => file is null
        ? (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), false)
        : (File.ReadLines(file).FirstOrDefault()?.Trim() ?? "", true);

    private static void RequirePassword(uint id, string password)
    {
        if (password.Length < 8)
        {
            throw new ArgumentException($"The password of source {id} has fewer than 8 characters.");
        }
    }

    private static string HashOf(string path)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            return Peers.HashOf(certificate);
        }
        catch (CryptographicException fault)
        {
            throw new InvalidDataException($"{path} holds no certificate: {fault.Message}", fault);
        }
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
                    $"{source.Id} outlet {source.Outlet} {source.Role.ToString().ToLowerInvariant()} window {source.Window}"
                    + (source.Certificate is null ? "" : $" certificate {source.Certificate}") + (source.Disabled ? " disabled" : ""));
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

        RequirePassword(id, password);
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
