using System.Globalization;
using System.Text;
using TxCore.Protocol;

namespace TxCore.Postgres;

/// <summary>Fills <c>txcore.code_name</c> from the protocol's enumerations at every migration, so that the two cannot drift apart.</summary>
internal static class CodeNames
{
    public const string ScriptName = "code_names.sql";

    /// <summary>Domains of code names and the enumeration behind each.</summary>
    public static readonly IReadOnlyList<(string Domain, Type Codes)> Domains =
    [
        ("message", typeof(MessageType)),
        ("result", typeof(ResultCode)),
        ("field", typeof(BodyField)),
        ("bet_type", typeof(BetType)),
        ("formula", typeof(Formula)),
        ("stake_form", typeof(StakeForm)),
        ("payment_means", typeof(PaymentMeans)),
        ("channel", typeof(Channel)),
        ("source_role", typeof(SourceRole)),
        ("pay_rank", typeof(PayRank)),
        ("payment_kind", typeof(PaymentKind)),
    ];

    /// <summary>The statement that adds and renames what differs; names of codes that are gone stay, for the rows that hold them.</summary>
    public static string Script()
    {
        var values = new StringBuilder();
        foreach (var (domain, codes) in Domains)
        {
            foreach (object code in Enum.GetValues(codes))
            {
                int value = Convert.ToInt32(code, CultureInfo.InvariantCulture);
                values.Append(values.Length == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"('{domain}', {value}, '{code}')");
            }
        }

        return $"INSERT INTO txcore.code_name (domain, code, name) VALUES {values} ON CONFLICT (domain, code) DO UPDATE SET name = EXCLUDED.name";
    }
}
