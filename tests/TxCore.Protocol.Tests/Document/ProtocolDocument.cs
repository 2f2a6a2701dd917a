using System.Globalization;
using System.Text.RegularExpressions;

namespace TxCore.Protocol.Tests.Document;

/// <summary>A row of a field table in PROTOCOL.md.</summary>
internal sealed record FieldRow(string Offset, string[] Names, string Type);

/// <summary>PROTOCOL.md, read as a program would: its tables by heading.</summary>
internal static partial class ProtocolDocument
{
    public static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "PROTOCOL.md"));

    /// <summary>Field tables of the messages, by name.</summary>
    public static readonly Dictionary<string, FieldRow[]> Messages = [];

    /// <summary>Message numbers, by name.</summary>
    public static readonly Dictionary<string, ushort> MessageNumbers = [];

    /// <summary>Field tables of the structures, by name.</summary>
    public static readonly Dictionary<string, FieldRow[]> Structures = [];

    static ProtocolDocument()
    {
        for (int i = 0; i < Lines.Length; i++)
        {
            if (!Lines[i].StartsWith("### ", StringComparison.Ordinal))
            {
                continue;
            }

            var rows = Rows(i + 1)
                .Where(cells => cells[0] != "offset")
                .Select(cells => new FieldRow(cells[0], cells[1].Split(", "), cells[2]))
                .ToArray();
            if (StructureHeading().Match(Lines[i]) is { Success: true } structure)
            {
                Structures.Add(structure.Groups["name"].Value, rows);
            }

            foreach (Match message in MessageHeading().Matches(Lines[i]))
            {
                string name = message.Groups["name"].Value;
                Messages.Add(name, rows);
                MessageNumbers.Add(name, ushort.Parse(message.Groups["number"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        Structures.Add("Outcome", Messages["Outcome"]);
    }

    /// <summary>The cells of every table row between the heading that starts with <paramref name="heading"/> and the next one.</summary>
    public static IEnumerable<string[]> Section(string heading) =>
        Rows(Array.FindIndex(Lines, line => line.StartsWith(heading, StringComparison.Ordinal)) + 1);

    private static IEnumerable<string[]> Rows(int from) =>
        Lines.Skip(from)
            .TakeWhile(line => !line.StartsWith('#'))
            .Where(line => line.StartsWith('|') && !line.StartsWith("|---", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    [GeneratedRegex("^### Structure (?<name>\\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StructureHeading();

    [GeneratedRegex("0x(?<number>[0-9A-F]{4}) (?<name>\\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MessageHeading();
}
