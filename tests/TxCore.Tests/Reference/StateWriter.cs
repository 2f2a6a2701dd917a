using System.Globalization;
using System.Text;

namespace TxCore.Tests.Reference;

/// <summary>Writes lines of words.</summary>
internal sealed class StateWriter
{
    private readonly StringBuilder _text = new();

    public void Add(params object[] words) =>
        _text.AppendJoin(' ', words.Select(static word => Convert.ToString(word, CultureInfo.InvariantCulture))).Append('\n');

    public void AddSorted(IEnumerable<string> lines)
    {
        foreach (string line in lines.Order(StringComparer.Ordinal))
        {
            _text.Append(line).Append('\n');
        }
    }

    public override string ToString() => _text.ToString();
}
