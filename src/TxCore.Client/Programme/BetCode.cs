using TxCore.Protocol;

namespace TxCore.Client.Programme;

/// <summary>The operator's code of a pool, taken apart: its channel and its bet type (<c>domain.md</c> section 1.3).</summary>
/// <param name="Channel">Online with the prefix <c>E_</c>, else retail.</param>
/// <param name="Type">The bet type; <see cref="BetType.None"/> for a code that is not known here.</param>
/// <param name="IsSoldHere">False for codes that are not known, and for those that are known and not sold: TIC_TROIS and the pools of foreign hosts.</param>
internal readonly record struct BetCode(Channel Channel, BetType Type, bool IsSoldHere)
{
    private const string OnlinePrefix = "E_";
    private const string ForeignSuffix = "_INTERNATIONAL";

    private static readonly Dictionary<string, BetType> Types = new(StringComparer.Ordinal)
    {
        ["SIMPLE_GAGNANT"] = BetType.Win,
        ["SIMPLE_PLACE"] = BetType.Place,
        ["COUPLE_GAGNANT"] = BetType.Quinella,
        ["COUPLE_PLACE"] = BetType.QuinellaPlace,
        ["COUPLE_ORDRE"] = BetType.Exacta,
        ["TRIO"] = BetType.Trio,
        ["TRIO_ORDRE"] = BetType.Trifecta,
        ["DEUX_SUR_QUATRE"] = BetType.TwoOfFour,
        ["MINI_MULTI"] = BetType.MiniMulti,
        ["MULTI"] = BetType.Multi,
        ["TIERCE"] = BetType.Tierce,
        ["QUARTE_PLUS"] = BetType.QuartePlus,
        ["QUINTE_PLUS"] = BetType.QuintePlus,
        ["PICK5"] = BetType.Pick5,
        ["SUPER_QUATRE"] = BetType.SuperFour,
        ["TIC_TROIS"] = BetType.TicTrois,
        ["REPORT_PLUS"] = BetType.Report,
    };

    /// <summary>True for a pool whose host is abroad: pool and dividends are the host's.</summary>
    public static bool IsForeign(string code) => code.EndsWith(ForeignSuffix, StringComparison.Ordinal);

    public static BetCode Parse(string code)
    {
        bool isOnline = code.StartsWith(OnlinePrefix, StringComparison.Ordinal);
        var type = Types.GetValueOrDefault(isOnline ? code[OnlinePrefix.Length..] : code);
        return new BetCode(isOnline ? Channel.Online : Channel.Retail, type, type is not (BetType.None or BetType.TicTrois));
    }

    /// <summary>The operator's code of a bet type in a channel.</summary>
    public static string NameOf(BetType type, Channel channel)
    {
        string name = Types.FirstOrDefault(code => code.Value == type).Key
            ?? throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such bet.");
        return channel == Channel.Online ? OnlinePrefix + name : name;
    }

    /// <summary>Runners that the programme says a unit bet names (<c>nbChevauxReglementaire</c>); for a multi those that must be among the named.</summary>
    public static int RunnersOf(BetType type) => type switch
    {
        BetType.Win or BetType.Place or BetType.Report => 1,
        BetType.Quinella or BetType.QuinellaPlace or BetType.Exacta or BetType.TwoOfFour => 2,
        BetType.Trio or BetType.Trifecta or BetType.Tierce => 3,
        BetType.QuartePlus or BetType.SuperFour or BetType.Multi or BetType.MiniMulti => 4,
        _ => 5,
    };

    /// <summary>True for bets whose line tells the number of runners named, the risk.</summary>
    public static bool HasRisk(BetType type) => type is BetType.Multi or BetType.MiniMulti;
}
