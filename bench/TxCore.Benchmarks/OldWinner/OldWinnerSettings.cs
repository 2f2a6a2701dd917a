using System.Globalization;

namespace TxCore.Benchmarks.OldWinner;

/// <summary>What a run is asked for.</summary>
/// <param name="Days">Business days of history before today, 1..400.</param>
/// <param name="Rows">Rows of the history, about.</param>
/// <param name="Payments">Old winners that are paid.</param>
/// <param name="Verify">Also recomputes the whole hash chain at the end.</param>
/// <param name="JsonFile">Where the figures go as JSON; null for nowhere.</param>
internal sealed record OldWinnerSettings(int Days, long Rows, int Payments, bool Verify, string? JsonFile)
{
    /// <summary>Days for which a race is paid: older tickets are expired.</summary>
    public const int PayableDays = 59;

    /// <summary>How many of the oldest payable days the tickets are taken from.</summary>
    public const int TicketDays = 10;

    /// <summary>The bound of a payment's p99.</summary>
    public const double P99MillisecondsMax = 50;

    public static OldWinnerSettings Parse(string[] args)
    {
        var settings = new OldWinnerSettings(
            (int)Number(args, "--days", 59), Number(args, "--rows", 50_000_000), (int)Number(args, "--payments", 2000),
            args.Contains("--verify", StringComparer.Ordinal), Text(args, "--json"));
        return settings is { Days: >= 1 and <= 400, Payments: >= 1 } && settings.Rows >= settings.Days * 1000L
            ? settings
            : throw new ArgumentException("--days is 1 to 400, --payments 1 or more, --rows 1,000 a day or more.");
    }

    private static long Number(string[] args, string name, long otherwise) =>
        Text(args, name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
