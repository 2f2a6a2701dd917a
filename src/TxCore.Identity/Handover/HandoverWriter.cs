using System.Security.Cryptography;
using System.Text;

namespace TxCore.Identity.Handover;

/// <summary>
/// Writes the files of a hand-over. Rows are in the order of the new keys: an order taken from the source would let two recipients join
/// their files line by line.
/// </summary>
internal sealed class HandoverWriter(string directory, Dictionary<string, string> newKeys)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<HandoverFile> _files = [];

    /// <summary>The files written.</summary>
    public IReadOnlyList<HandoverFile> Files => _files;

    /// <summary>Rows of further files that were left out.</summary>
    public long RowsLeftOut { get; private set; }

    /// <summary>Writes a file of records that are in order already.</summary>
    public async Task WriteAsync(string name, IReadOnlyList<string> columns, IAsyncEnumerable<IEnumerable<string>> records)
    {
        string path = Path.Combine(directory, name);
        long rows = 0;
        await using (var file = new StreamWriter(path, append: false, Utf8))
        {
            await file.WriteAsync(CsvTable.Record(columns));
            await foreach (var record in records)
            {
                await file.WriteAsync(CsvTable.Record(record));
                rows++;
            }
        }

        await using var written = File.OpenRead(path);
        string hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(written));
        _files.Add(new HandoverFile(name, columns, rows, written.Length, hash));
    }

    /// <summary>
    /// Copies a file of rows by person key (a ticket a row, from the core's views): those of persons in the hand-over, under their new keys.
    /// The file is held in memory.
    /// </summary>
    /// <exception cref="IdentityRefusedException">The file has no key column, a record that does not fit, or a person key in another column.</exception>
    public async Task CopyAsync(string path)
    {
        string name = Path.GetFileName(path);
        RequireName(name);
        using var text = new StreamReader(path, Utf8);
        using var records = CsvTable.Read(text).GetEnumerator();
        try
        {
            string[] header = records.MoveNext() ? records.Current : [];
            int key = Array.IndexOf(header, HandoverManifest.KeyColumn);
            if (key < 0)
            {
                throw new IdentityRefusedException($"its header has no column {HandoverManifest.KeyColumn}");
            }

            var rows = Rows(records, header, key);
            string[] columns = [HandoverManifest.KeyColumn, .. header.Where((_, column) => column != key)];
            await WriteAsync(name, columns, rows.OrderBy(row => row[0], StringComparer.Ordinal).ToAsyncEnumerable());
        }
        catch (Exception fault) when (fault is IdentityRefusedException or DecoderFallbackException)
        {
            throw new IdentityRefusedException($"File {name}: {fault.Message}.", fault);
        }
    }

    /// <summary>The 64 digits of a person key as PostgreSQL or a program writes it; null when it is none.</summary>
    internal static string? KeyIn(string cell)
    {
        string digits = cell.StartsWith("\\x", StringComparison.Ordinal) ? cell[2..] : cell;
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit) ? digits.ToLowerInvariant() : null;
    }

    private List<string[]> Rows(IEnumerator<string[]> records, string[] header, int key)
    {
        var rows = new List<string[]>();
        for (long number = 2; records.MoveNext(); number++)
        {
            string[] record = records.Current;
            if (record.Length != header.Length)
            {
                throw new IdentityRefusedException($"record {number} has {record.Length} fields, the header {header.Length}");
            }

            if (KeyIn(record[key]) is not { } person)
            {
                throw new IdentityRefusedException($"record {number} has no person key of 64 hexadecimal digits");
            }

            if (!newKeys.TryGetValue(person, out string? renamed))
            {
                RowsLeftOut++;
                continue;
            }

            int stray = Array.FindIndex(record, cell => KeyIn(cell) is not null);
            stray = stray == key ? Array.FindIndex(record, key + 1, cell => KeyIn(cell) is not null) : stray;
            if (stray >= 0)
            {
                throw new IdentityRefusedException(
                    $"record {number}, column {header[stray]}: 64 hexadecimal digits, the form of a person key, which must not leave; drop that column");
            }

            rows.Add([renamed, .. record.Where((_, column) => column != key)]);
        }

        return rows;
    }

    private void RequireName(string name)
    {
        bool plain = name.EndsWith(".csv", StringComparison.Ordinal) && name[..^4].Length is > 0 and <= 60
            && name[..^4].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');
        if (!plain || name == HandoverManifest.PersonsFile || _files.Any(file => file.Name == name))
        {
            throw new IdentityRefusedException(
                $"The file name {name} cannot be used: small letters, digits, - and _, ending in .csv, each once, and not {HandoverManifest.PersonsFile}.");
        }
    }
}
