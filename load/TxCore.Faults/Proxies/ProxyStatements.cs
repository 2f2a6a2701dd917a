using System.Buffers;
using System.Text;

namespace TxCore.Faults.Proxies;

/// <summary>Remembers what a connection prepared and bound, so that an execute message can be told by its SQL.</summary>
internal sealed class ProxyStatements
{
    private readonly Dictionary<string, string> _sqlByStatement = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sqlByPortal = new(StringComparer.Ordinal);

    /// <summary>Notes the names in a message and returns it with its SQL. The body is copied only when somebody will look at it.</summary>
    internal ProxyMessage Note(in ReadOnlySequence<byte> frame, bool withBody)
    {
        char type = ProxyFrame.TypeOf(frame);
        if (type is not ('Q' or 'P' or 'B' or 'E'))
        {
            return new ProxyMessage(type, withBody ? BodyOf(frame) : default, null);
        }

        byte[] body = BodyOf(frame);
        return new ProxyMessage(type, body, SqlOf(type, body));
    }

    private static byte[] BodyOf(in ReadOnlySequence<byte> frame) => frame.Slice(ProxyFrame.HeaderBytes).ToArray();

    private string? SqlOf(char type, ReadOnlySpan<byte> body)
    {
        string first = TakeString(ref body);
        switch (type)
        {
            case 'Q':
                return first;
            case 'P':
                return _sqlByStatement[first] = TakeString(ref body);
            case 'B':
                return _sqlByStatement.TryGetValue(TakeString(ref body), out string? bound) ? _sqlByPortal[first] = bound : null;
            default:
                return _sqlByPortal.GetValueOrDefault(first);
        }
    }

    private static string TakeString(ref ReadOnlySpan<byte> body)
    {
        int end = body.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(body[..end]);
        body = body[(end + 1)..];
        return text;
    }
}
