using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Commands;

/// <summary>How races and orders of finish are written on the command line.</summary>
internal static partial class RaceNotation
{
    /// <summary>A race, as <c>20251105-R1C8</c>.</summary>
    public static RaceId Race(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        var match = RacePattern().Match(text);
        if (match.Success)
        {
            return new RaceId(
                uint.Parse(match.Groups["day"].Value, CultureInfo.InvariantCulture), byte.Parse(match.Groups["meeting"].Value, CultureInfo.InvariantCulture),
                byte.Parse(match.Groups["race"].Value, CultureInfo.InvariantCulture));
        }

        result.AddError($"'{text}' is not a race; write it as 20251105-R1C8.");
        return default;
    }

    /// <summary>
    /// An order of finish, as <c>3-7-1=4-9</c>: the runners from the first on, joined by = where they finished together; those after a dead
    /// heat are placed behind all of it. A single - means that no runner is classified.
    /// </summary>
    public static FinishPlace[]? Finish(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        var finish = new List<FinishPlace>();
        foreach (string place in text == "-" ? [] : text.Split('-'))
        {
            int rank = finish.Count + 1;
            foreach (string runner in place.Split('='))
            {
                if (!byte.TryParse(runner, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
                    || number is 0 or > Wire.RunnersMax || finish.Exists(one => one.Runner == number))
                {
                    result.AddError($"'{text}' is not an order of finish; write it as 3-7-1=4-9, each runner once.");
                    return null;
                }

                finish.Add(new FinishPlace(number, (byte)rank));
            }
        }

        return [.. finish];
    }

    [GeneratedRegex(@"^(?<day>\d{8})-R(?<meeting>\d{1,2})C(?<race>\d{1,2})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex RacePattern();
}
