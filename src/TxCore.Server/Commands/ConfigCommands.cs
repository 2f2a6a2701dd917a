using System.CommandLine;
using TxCore.Diagnostics;

namespace TxCore.Server.Commands;

/// <summary><c>txcore config show|check</c>.</summary>
internal static class ConfigCommands
{
    public static Command Create()
    {
        var show = new Command("show", "Shows every option as it is in effect, secrets masked.");
        ServeCommand.AddFlags(show);
        show.SetAction(static parsed =>
        {
            if (!ServeCommand.TryRead(parsed, out var options))
            {
                return (int)ExitCode.Usage;
            }

            foreach (var (name, value) in options.Show())
            {
                Console.WriteLine($"{name} = {value}");
            }

            return (int)ExitCode.Ok;
        });
        var check = new Command("check", "Checks the options without starting anything.");
        ServeCommand.AddFlags(check);
        check.SetAction(static parsed =>
        {
            if (!ServeCommand.TryRead(parsed, out _))
            {
                return (int)ExitCode.Usage;
            }

            Console.WriteLine("The options are in order.");
            return (int)ExitCode.Ok;
        });
        return new Command("config", "Looks at the options of serve.") { show, check };
    }
}
