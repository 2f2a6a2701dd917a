using System.Text;

namespace TxCore.Identity.Handover;

/// <summary>
/// CSV as RFC 4180: UTF-8 without a mark, a header, records ended by CR LF, fields with comma, quote, CR or LF quoted, quotes doubled. What
/// is read may also end its records with LF alone, as PostgreSQL writes them.
/// </summary>
internal static class CsvTable
{
    private static readonly char[] Quoted = [',', '"', '\r', '\n'];

    /// <summary>One record with its end.</summary>
    public static string Record(IEnumerable<string> fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    /// <summary>The records of a file, the header among them.</summary>
    /// <exception cref="IdentityRefusedException">A record is not well formed; the message has its number.</exception>
    public static IEnumerable<string[]> Read(TextReader text)
    {
        var fields = new List<string>();
        for (long record = 1; text.Peek() >= 0; record++)
        {
            fields.Clear();
            do
            {
                fields.Add(text.Peek() == '"' ? ReadQuoted(text, record) : ReadPlain(text, record));
            }
            while (!EndOfRecord(text, record));
            yield return [.. fields];
        }
    }

    private static string Field(string value) =>
        value.IndexOfAny(Quoted) >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private static string ReadPlain(TextReader text, long record)
    {
        var value = new StringBuilder();
        while (text.Peek() is var next and >= 0 && next is not (',' or '\r' or '\n'))
        {
            value.Append(next != '"' ? (char)text.Read() : throw Broken(record, "has a quote inside a field that is not quoted"));
        }

        return value.ToString();
    }

    private static string ReadQuoted(TextReader text, long record)
    {
        var value = new StringBuilder();
        _ = text.Read();
        while (true)
        {
            int next = text.Read();
            if (next < 0)
            {
                throw Broken(record, "ends inside a quoted field");
            }

            if (next == '"' && text.Peek() != '"')
            {
                return value.ToString();
            }

            if (next == '"')
            {
                _ = text.Read();
            }

            value.Append((char)next);
        }
    }

    /// <summary>Takes the separator behind a field; true when the record ended with it.</summary>
    private static bool EndOfRecord(TextReader text, long record)
    {
        int next = text.Read();
        if (next == '\r' && text.Peek() == '\n')
        {
            next = text.Read();
        }

        return next switch
        {
            ',' => false,
            '\n' or < 0 => true,
            _ => throw Broken(record, "has text behind a quoted field, or CR without LF"),
        };
    }

    private static IdentityRefusedException Broken(long record, string what) => new($"record {record} {what}");
}
