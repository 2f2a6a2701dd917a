using System.Globalization;

namespace TxCore.LoadTest.Reports;

/// <summary>Figures as they are written for people, the same in every report.</summary>
internal static class Units
{
    /// <summary>Milliseconds of microseconds, with about three digits that mean something.</summary>
    public static string Milliseconds(double microseconds) => (microseconds / 1_000) switch
    {
        < 0.1 and var ms => ms.ToString("0.000", CultureInfo.InvariantCulture),
        < 10 and var ms => ms.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 and var ms => ms.ToString("0.0", CultureInfo.InvariantCulture),
        var ms => ms.ToString("N0", CultureInfo.InvariantCulture),
    };

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A figure whose size is not known beforehand.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    /// <summary>A time as people say it.</summary>
    public static string Time(double seconds) => seconds switch
    {
        < 120 => seconds.ToString("0.#", CultureInfo.InvariantCulture) + " s",
        < 7_200 => (seconds / 60).ToString("0.#", CultureInfo.InvariantCulture) + " min",
        _ => (seconds / 3_600).ToString("0.#", CultureInfo.InvariantCulture) + " h",
    };

    public static string Bytes(double bytes) => bytes switch
    {
        < 10_000 => bytes.ToString("N0", CultureInfo.InvariantCulture) + " B",
        < 10_000_000 => (bytes / 1e3).ToString("N0", CultureInfo.InvariantCulture) + " kB",
        < 1e10 => (bytes / 1e6).ToString("N0", CultureInfo.InvariantCulture) + " MB",
        _ => (bytes / 1e9).ToString("N1", CultureInfo.InvariantCulture) + " GB",
    };
}
