using TxCore.Protocol;

namespace TxCore.Client.Programme;

/// <summary>The operator's codes of pools (<c>domain.md</c> section 1.3).</summary>
public static class OperatorCode
{
    /// <summary>The pool number of a code; false for one that is not known or not sold here.</summary>
    public static bool TryRead(string code, out ushort pool)
    {
        var read = BetCode.Parse(code);
        pool = read.IsSoldHere ? BetTypes.PoolOf(read.Type, read.Channel) : (ushort)0;
        return read.IsSoldHere;
    }

    /// <summary>The code of a pool number, as <c>E_TRIO</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bet.</exception>
    public static string Of(ushort pool) => BetCode.NameOf(BetTypes.TypeOf(pool), BetTypes.ChannelOf(pool));
}
