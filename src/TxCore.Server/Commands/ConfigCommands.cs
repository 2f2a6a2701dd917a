using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using TxCore.Diagnostics;
using TxCore.Server.Options;
using TxCore.Server.Security;

namespace TxCore.Server.Commands;

/// <summary><c>txcore config show|check</c>.</summary>
internal static class ConfigCommands
{
    public static Command Create()
    {
        var show = new Command("show", "Shows every option as it is in effect and where it comes from, secrets masked.");
        ServeCommand.AddFlags(show);
        show.SetAction(static parsed =>
        {
            if (!ServeCommand.TryRead(parsed, out var options))
            {
                return (int)ExitCode.Usage;
            }

            foreach (var (name, value, origin) in options.Show())
            {
                Console.WriteLine($"{name} = {value} ({origin})");
            }

            return (int)ExitCode.Ok;
        });
        var check = new Command("check", "Checks the options, and the files of TLS, without starting anything.");
        ServeCommand.AddFlags(check);
        check.SetAction(static parsed =>
        {
            if (!ServeCommand.TryRead(parsed, out var options))
            {
                return (int)ExitCode.Usage;
            }

            try
            {
                _ = options.Tls is { } tls ? new TlsReloader(tls, TimeProvider.System, NullLogger.Instance) : null;
            }
            catch (OptionException wrong)
            {
                Console.Error.WriteLine(wrong.Message);
                return (int)ExitCode.Usage;
            }

            Console.WriteLine("The options are in order.");
            return (int)ExitCode.Ok;
        });
        return new Command("config", "Looks at the options of serve.") { show, check };
    }
}
