using System.CommandLine;
using Npgsql;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Sessions;

namespace TxCore.Server.Commands;

/// <summary><c>txcore db</c>: brings a real database to this version's schema, or marks one for rehearsals, as its owner.</summary>
internal static class DatabaseCommands
{
    public static Command Create()
    {
        var database = new DatabaseOptions();
        var writer = new Option<string>("--writer-role") { Description = "Role the server connects as; it gets its rights and no more", Required = true };
        var days = new Option<int>("--partition-days") { Description = "Days ahead for which partitions are made", DefaultValueFactory = static _ => 14 };
        var migrate = new Command("migrate", "Makes or updates the schema. The connection string is the owner role's.") { writer, days };
        database.AddTo(migrate);
        migrate.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            var identity = database.Identity(parsed);
            int today = new ShardRules().BusinessDayOf(TimeProvider.System.GetUnixMicroseconds());
            await PostgresMigrations.ApplyAsync(
                connection, identity, parsed.GetValue(writer)!, today, parsed.GetValue(days), cancellationToken);
            Console.WriteLine($"Shard {identity.Shard} ({identity.Channel}) has schema {PostgresMigrations.SchemaVersion}.");
            return 0;
        }));
        return new Command("db", "Works on a shard's database.") { migrate, MarkRehearsal() };
    }

    private static Command MarkRehearsal()
    {
        var connection = new DatabaseOptions().Connection;
        var mark = new Command(
            "mark-rehearsal",
            "Marks the database as one for tests alone, for ever: load tools drive only such. The connection string is the owner role's. Refused "
            + "when the shard has entries already.")
        {
            connection,
        };
        mark.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (parsed.GetValue(connection) is not { Length: > 0 } owner)
            {
                Console.Error.WriteLine("Option connection is missing: give --connection or set TXCORE_CONNECTION.");
                return (int)ExitCode.Usage;
            }

            bool isMarked;
            try
            {
                isMarked = await RehearsalMark.SetAsync(owner, cancellationToken);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                Console.Error.WriteLine($"Only the owner of the schema may mark the database: {refused.MessageText}.");
                return (int)ExitCode.StoreRefused;
            }

            Console.WriteLine(isMarked
                ? "The database is marked as a rehearsal: its transactions are no real ones."
                : "The shard has entries already, which may be real: it is not marked. Make a new database for the rehearsal.");
            return isMarked ? 0 : (int)ExitCode.StoreRefused;
        }));
        return mark;
    }
}
