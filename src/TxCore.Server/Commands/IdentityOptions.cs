using System.CommandLine;
using Npgsql;
using TxCore.Diagnostics;
using TxCore.Identity;
using TxCore.Identity.Keys;
using TxCore.Identity.Persons;

namespace TxCore.Server.Commands;

/// <summary>
/// The options of commands that go to the identity database. Its connection string has an option and a variable of its own, so that a
/// shard's is never taken for it.
/// </summary>
internal sealed class IdentityOptions
{
    private readonly Option<string?> _connection = new("--identity-connection")
    {
        Description = "Connection string of the identity database; default TXCORE_IDENTITY_CONNECTION",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_IDENTITY_CONNECTION"),
    };

    private readonly Option<string?> _master = new("--master-key")
    {
        Description = "File of the master key; default TXCORE_MASTER_KEY_FILE",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_MASTER_KEY_FILE"),
    };

    private readonly Option<string> _actor = new("--actor") { Description = "Who does it; recorded", Required = true };
    private readonly Option<string> _reason = new("--reason") { Description = "Why, with the reference of the request; recorded, so never an identity", Required = true };

    /// <summary>Adds the options a command needs.</summary>
    public void AddTo(Command command, bool warrant = true, bool master = true)
    {
        command.Options.Add(_connection);
        if (master)
        {
            command.Options.Add(_master);
        }

        if (warrant)
        {
            command.Options.Add(_actor);
            command.Options.Add(_reason);
        }
    }

    /// <summary>The connection string.</summary>
    public string Connection(ParseResult parsed) => parsed.GetValue(_connection) is { Length: > 0 } connection
        ? connection
        : throw new IdentityRefusedException("Option identity connection is missing: give --identity-connection or set TXCORE_IDENTITY_CONNECTION.");

    /// <summary>Who does it and why.</summary>
    public Warrant Warrant(ParseResult parsed) => new(parsed.GetValue(_actor)!, parsed.GetValue(_reason)!);

    /// <summary>Reads the master key.</summary>
    public MasterKey Master(ParseResult parsed) => parsed.GetValue(_master) is { Length: > 0 } file
        ? MasterKey.Read(file)
        : throw new IdentityRefusedException("Option master key is missing: give --master-key or set TXCORE_MASTER_KEY_FILE.");

    /// <summary>Destroys the file of the master key.</summary>
    public void DestroyMaster(ParseResult parsed) => MasterKey.Destroy(parsed.GetValue(_master)!);

    /// <summary>Runs a command on the identity database.</summary>
    public Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken, Func<IdentityDatabase, Task<int>> command) => GuardAsync(parsed, async () =>
    {
        await using var database = await IdentityDatabase.OpenAsync(Connection(parsed), cancellationToken);
        return await command(database);
    });

    /// <summary>Runs a command on the persons of the identity database, with the master key.</summary>
    public Task<int> RunAsync(
        ParseResult parsed, CancellationToken cancellationToken, Func<IdentityDatabase, IdentityStore, Task<int>> command) => GuardAsync(parsed, async () =>
    {
        using var master = Master(parsed);
        await using var database = await IdentityDatabase.OpenAsync(Connection(parsed), cancellationToken);
        return await command(database, new IdentityStore(database, master, TimeProvider.System));
    });

    /// <summary>Turns what is refused, and what can go wrong with files and the database, into a message and an exit code.</summary>
    public static async Task<int> GuardAsync(ParseResult parsed, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception fault) when (fault is IdentityRefusedException or NpgsqlException or IOException or UnauthorizedAccessException
            or ArgumentException or TimeoutException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(fault is PostgresException refused ? refused.MessageText : fault.Message);
            return (int)ExitCode.StoreRefused;
        }
    }

    /// <summary>The argument of a person.</summary>
    public static Argument<byte[]?> Person() => new("person")
    {
        Description = "The person's key, 64 hexadecimal digits",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            if (text.Length == 64 && text.All(char.IsAsciiHexDigit))
            {
                return Convert.FromHexString(text);
            }

            result.AddError("The person is no key of 64 hexadecimal digits.");
            return null;
        },
    };
}
