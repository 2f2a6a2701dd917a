using System.CommandLine;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Server.Commands;

/// <summary>The options of commands that go to a shard's database.</summary>
internal sealed class DatabaseOptions
{
    public Option<string?> Connection { get; } = new("--connection")
    {
        Description = "Connection string; default TXCORE_CONNECTION",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("TXCORE_CONNECTION"),
    };

    public Option<short> Shard { get; } = new("--shard") { Description = "Number of the shard", DefaultValueFactory = static _ => 1 };

    public Option<Channel> Channel { get; } = new("--channel")
    {
        Description = "Channel of the shard",
        DefaultValueFactory = static _ => Protocol.Channel.Retail,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Connection);
        command.Options.Add(Shard);
        command.Options.Add(Channel);
    }

    public ShardIdentity Identity(ParseResult parsed) => new(parsed.GetValue(Shard), parsed.GetValue(Channel));

    /// <summary>The connection string; null, with a message, when there is none.</summary>
    public string? Read(ParseResult parsed)
    {
        if (parsed.GetValue(Connection) is { Length: > 0 } connection)
        {
            return connection;
        }

        Console.Error.WriteLine("Option connection is missing: give --connection or set TXCORE_CONNECTION.");
        return null;
    }

    /// <summary>Runs a command against the database and turns what can go wrong there into a message and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception fault) when (fault is StoreRefusedException or DayArchivedException or Npgsql.NpgsqlException or IOException or InvalidDataException
            or UnauthorizedAccessException or ArgumentException or TimeoutException)
        {
            Console.Error.WriteLine(fault.Message);
            return (int)Diagnostics.ExitCode.StoreRefused;
        }
    }
}
