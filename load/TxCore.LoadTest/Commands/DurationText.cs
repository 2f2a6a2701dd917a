using System.Globalization;

namespace TxCore.LoadTest.Commands;

/// <summary>Reads times as people write them: 500ms, 60s, 5m, 1h.</summary>
internal static class DurationText
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        string digits = text.TrimEnd("msh".ToCharArray());
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) || value > 1e6)
        {
            return false;
        }

        TimeSpan? parsed = text[digits.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(value),
            "s" => TimeSpan.FromSeconds(value),
            "m" => TimeSpan.FromMinutes(value),
            "h" => TimeSpan.FromHours(value),
            _ => null,
        };
        duration = parsed ?? default;
        return parsed is not null;
    }
}
