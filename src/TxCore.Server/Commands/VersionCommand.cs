using System.CommandLine;
using System.Reflection;
using TxCore.Pipeline;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.Server.Commands;

/// <summary><c>txcore version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Shows the versions of the server, protocol, rules, row format and schema.");
        command.SetAction(static _ =>
        {
            string version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            Console.WriteLine(
                $"txcore {version} protocol {Wire.Version} rules {ShardRules.CurrentVersion} rows {RowFormat.Version} snapshots {ShardSnapshot.Format} schema {PostgresMigrations.SchemaVersion}");
            return 0;
        });
        return command;
    }
}
