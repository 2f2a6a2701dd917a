using Microsoft.Extensions.Logging.Console;
using TxCore.Server.Options;

namespace TxCore.Server.Hosting;

/// <summary>The log on standard error, in the format asked for; each line carries its event id.</summary>
internal static class LogOutput
{
    private const string UtcTimestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static void Configure(ILoggingBuilder logging, LogFormat format)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        switch (format)
        {
            case LogFormat.Json:
                logging.AddJsonConsole(static console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, UtcTimestamp));
                break;
            case LogFormat.Systemd:
                // The journal keeps the time itself.
                logging.AddSystemdConsole();
                break;
            default:
                logging.AddSimpleConsole(static console =>
                {
                    console.SingleLine = true;
                    console.TimestampFormat = $"{UtcTimestamp} ";
                    console.UseUtcTimestamp = true;
                });
                break;
        }

        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
