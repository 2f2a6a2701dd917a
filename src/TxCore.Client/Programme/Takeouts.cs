using System.Diagnostics.CodeAnalysis;
using TxCore.Protocol;

namespace TxCore.Client.Programme;

/// <summary>What the programme does not say of a pool.</summary>
/// <param name="BasisPoints">The operator's share of the pool, in hundredths of a percent, 0..10,000.</param>
/// <param name="CarryOver">Carried over when nobody wins; else refunded.</param>
/// <param name="RunnersMin">Fewest declared runners; 0 for no minimum.</param>
public readonly record struct Takeout(ushort BasisPoints, bool CarryOver = false, byte RunnersMin = 0);

/// <summary>
/// The operator's shares by bet type and channel, from a JSON file of their own: <c>{"default": 25.0, "takeouts": [{"bet":
/// "SIMPLE_GAGNANT", "percent": 13.9, "carryOver": false, "runnersMin": 2}]}</c>. A code without prefix holds for both channels, one with
/// <c>E_</c> online only and before the other; <c>default</c>, which may be left out, is for all not named. Immutable.
/// </summary>
public sealed class Takeouts
{
    private readonly Dictionary<(BetType Type, bool IsOnlineOnly), Takeout> _byType;
    private readonly Takeout? _default;

    private Takeouts(Dictionary<(BetType Type, bool IsOnlineOnly), Takeout> byType, Takeout? others) => (_byType, _default) = (byType, others);

    /// <summary>Reads the file; with any error, each named by its path, there are no takeouts.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Takeouts? takeouts, out IReadOnlyList<ProgrammeError> errors)
    {
        var found = new ErrorList();
        takeouts = FileNode.Parse(json, "", found) is { } root ? Read(root) : null;
        errors = found.Errors;
        takeouts = errors.Count == 0 ? takeouts : null;
        return takeouts is not null;
    }

    /// <summary>What is to be taken for a bet type in a channel; null when the file does not say.</summary>
    public Takeout? Find(BetType type, Channel channel)
    {
        if (channel == Channel.Online && _byType.TryGetValue((type, true), out var online))
        {
            return online;
        }

        return _byType.TryGetValue((type, false), out var both) ? both : _default;
    }

    private static Takeouts Read(FileNode root)
    {
        var byType = new Dictionary<(BetType, bool), Takeout>();
        foreach (var item in root.Objects("takeouts"))
        {
            var basisPoints = BasisPoints(item, "percent", isRequired: true);
            bool carryOver = item.Flag("carryOver", isRequired: false) ?? false;
            var runnersMin = (byte)(item.NumberOrNull("runnersMin", 0, Wire.RunnersMax) ?? 0);
            if (item.Text("bet") is not { } bet)
            {
                continue;
            }

            var code = BetCode.Parse(bet);
            if (!code.IsSoldHere)
            {
                item.Wrong("bet", $"is \"{bet}\", which is not a bet sold here");
            }
            else if (!byType.TryAdd((code.Type, code.Channel == Channel.Online), new Takeout(basisPoints ?? 0, carryOver, runnersMin)))
            {
                item.Wrong("bet", $"is \"{bet}\" a second time");
            }
        }

        return new Takeouts(byType, BasisPoints(root, "default", isRequired: false) is { } others ? new Takeout(others) : null);
    }

    private static ushort? BasisPoints(FileNode node, string name, bool isRequired)
    {
        if (node.Decimal(name, isRequired) is not { } percent)
        {
            return null;
        }

        if (percent is < 0 or > 100 || percent * 100 != decimal.Truncate(percent * 100))
        {
            node.Wrong(name, $"is {percent}; it must be 0..100 with at most two decimals");
            return null;
        }

        return (ushort)(percent * 100);
    }
}
