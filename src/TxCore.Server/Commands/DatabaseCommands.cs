using System.CommandLine;
using TxCore.Diagnostics;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Sessions;

namespace TxCore.Server.Commands;

/// <summary><c>txcore db migrate</c>: brings a real database to this version's schema, as its owner.</summary>
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
        return new Command("db", "Works on a shard's database.") { migrate };
    }
}
