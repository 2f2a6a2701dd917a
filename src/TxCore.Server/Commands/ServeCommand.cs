using System.CommandLine;
using TxCore.Diagnostics;
using TxCore.Server.Hosting;
using TxCore.Server.Options;

namespace TxCore.Server.Commands;

/// <summary><c>txcore serve</c>, and the flags it shares with <c>config</c>.</summary>
internal static class ServeCommand
{
    private static readonly Option<string?> File = new("--config")
    {
        Description = "JSON file of options by name, at the top or under TxCore; default TXCORE_CONFIG, or appsettings.json in the working directory. Environment and flags win over it",
    };

    private static readonly Dictionary<string, Option<string?>> Flags = OptionTable.Rows.ToDictionary(static row => row.Name, MakeFlag);

    public static Command Create()
    {
        var command = new Command(
            "serve", "Serves terminals and frontends. With nothing configured: on a private PostgreSQL, with a small invented race day and sale.");
        AddFlags(command);
        command.SetAction(static async (parsed, cancellationToken) =>
        {
            if (!TryRead(parsed, out var options))
            {
                return (int)ExitCode.Usage;
            }

            return (int)await new ServerHost(options, TimeProvider.System, Console.Out).RunAsync(cancellationToken);
        });
        return command;
    }

    public static void AddFlags(Command command)
    {
        command.Options.Add(File);
        foreach (var flag in Flags.Values)
        {
            command.Options.Add(flag);
        }
    }

    /// <summary>Reads the options in effect; says on standard error what is wrong with them.</summary>
    public static bool TryRead(ParseResult parsed, out ServerOptions options)
    {
        var flags = new Dictionary<string, string>();
        foreach (var (name, flag) in Flags)
        {
            if (parsed.GetValue(flag) is { } value)
            {
                flags[name] = value;
            }
        }

        try
        {
            options = ServerOptions.Read(parsed.GetValue(File), Environment.GetEnvironmentVariable, flags);
            return true;
        }
        catch (OptionException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            options = null!;
            return false;
        }
    }

    private static Option<string?> MakeFlag(OptionRow row)
    {
        string limits = row.IsNumber ? $" [{row.Min}..{row.Max}, default {row.Default}]" : row.Default.Length > 0 ? $" [default {row.Default}]" : "";
        return new Option<string?>("--" + row.Name) { Description = row.Help + limits, HelpName = row.IsNumber ? "number" : "text" };
    }
}
