using System.Globalization;
using System.Text.Json;
using TxCore.Client.Programme;
using TxCore.Protocol;
using TxCore.Protocol.Messages;

namespace TxCore.Server.Commands;

/// <summary>
/// Reads the operator's published dividends (<c>domain.md</c> section 4.3: a list of <c>{typePari, rembourse, rapports[…]}</c>). Only
/// <c>dividendePourUnEuro</c> is read: <c>dividende</c> is for one euro or for a base stake, as another field says.
/// </summary>
internal static class OfficialDividends
{
    private const string NonRunner = "NP";

    /// <summary>The pools of a list.</summary>
    /// <exception cref="InvalidDataException">It is not one; the message names the bet and what is wrong.</exception>
    public static OfficialPool[] Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(Pool)];
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"This is no list of published dividends: {wrong.Message}", wrong);
        }
    }

    private static OfficialPool Pool(JsonElement bet)
    {
        string code = bet.GetProperty("typePari").GetString() ?? "";
        bool isKnown = OperatorCode.TryRead(code, out ushort pool);
        var type = BetTypes.TypeOf(pool);
        if (!isKnown || type == BetType.Report)
        {
            throw new InvalidDataException($"'{code}' is not a bet whose dividends are published here.");
        }

        if (bet.TryGetProperty("rembourse", out var refunded) && refunded.ValueKind == JsonValueKind.True)
        {
            return new OfficialPool(pool, true, false, []);
        }

        var dividends = bet.GetProperty("rapports").EnumerateArray().Select(one => Dividend(code, type, one)).ToArray();
        return new OfficialPool(pool, false, Array.Exists(dividends, static one => one.Runners.Contains((byte)0)), dividends);
    }

    private static Dividend Dividend(string code, BetType type, JsonElement one)
    {
        string label = one.TryGetProperty("libelle", out var text) ? text.GetString() ?? "" : "";
        string combination = one.GetProperty("combinaison").GetString() ?? "";
        decimal cents = one.GetProperty("dividendePourUnEuro").GetDecimal();
        if (cents != decimal.Truncate(cents) || cents is < 0 or > long.MaxValue)
        {
            throw new InvalidDataException($"{code} {combination}: dividendePourUnEuro is {cents}; it must be whole cents.");
        }

        byte risk = type is BetType.Multi or BetType.MiniMulti ? Risk(code, label) : (byte)0;
        return new Dividend(Rank(code, type, label), risk, Runners(code, combination), (long)cents);
    }

    /// <summary>The rank, which the label tells for the bets that have several.</summary>
    private static PayRank Rank(string code, BetType type, string label)
    {
        if (type is BetType.Exacta or BetType.Trifecta or BetType.SuperFour)
        {
            return PayRank.Order;
        }

        if (type is not (BetType.Tierce or BetType.QuartePlus or BetType.QuintePlus))
        {
            return PayRank.AnyOrder;
        }

        string plain = label.Replace('é', 'e').Replace('É', 'e').ToLowerInvariant();
        return plain switch
        {
            _ when plain.Contains("desordre", StringComparison.Ordinal) => PayRank.Disorder,
            _ when plain.Contains("ordre", StringComparison.Ordinal) => PayRank.Order,
            _ when plain.Contains("bonus 4", StringComparison.Ordinal) => PayRank.BonusFour,
            _ when plain.Contains("bonus", StringComparison.Ordinal) => PayRank.BonusThree,
            _ => throw new InvalidDataException($"{code}: '{label}' is none of order, disorder and bonus."),
        };
    }

    private static byte Risk(string code, string label) =>
        label.FirstOrDefault(static letter => letter is >= '4' and <= '7') is var digit and not '\0'
            ? (byte)(digit - '0')
            : throw new InvalidDataException($"{code}: '{label}' does not tell how many runners were named.");

    private static byte[] Runners(string code, string combination)
    {
        string[] parts = combination.Split('-', StringSplitOptions.TrimEntries);
        byte[] runners = new byte[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] != NonRunner
                && (!byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out runners[i]) || runners[i] is 0 or > Wire.RunnersMax))
            {
                throw new InvalidDataException($"{code}: '{combination}' is not a combination.");
            }
        }

        return runners;
    }
}
