using System.Security.Cryptography;
using System.Text;

namespace TxCore.Identity.Handover;

/// <summary>Checks a hand-over from its files alone, without a database: what the recipient runs before it signs.</summary>
public static class HandoverCheck
{
    // One file that is wholly of another form must not fill the screen.
    private const int FaultsPerFileMax = 20;

    /// <summary>Everything that does not fit; empty when all does.</summary>
    /// <param name="directoryOrManifest">The directory, or its manifest.</param>
    /// <param name="manifestSha256">SHA-256 the source told, hexadecimal: without it a manifest that was replaced with all its files is not found.</param>
    public static IReadOnlyList<string> Run(string directoryOrManifest, string? manifestSha256 = null)
    {
        var faults = new List<string>();
        HandoverManifest manifest;
        byte[] hash;
        try
        {
            (manifest, hash) = HandoverManifest.Read(directoryOrManifest);
        }
        catch (IdentityRefusedException fault)
        {
            return [fault.Message];
        }

        if (manifestSha256 is not null && !manifestSha256.Equals(Convert.ToHexStringLower(hash), StringComparison.OrdinalIgnoreCase))
        {
            faults.Add($"{HandoverManifest.FileName}: its SHA-256 is {Convert.ToHexStringLower(hash)}, the source told {manifestSha256}.");
        }

        string directory = Directory.Exists(directoryOrManifest) ? directoryOrManifest : Path.GetDirectoryName(Path.GetFullPath(directoryOrManifest))!;
        CheckNames(manifest, directory, faults);
        CheckManifest(manifest, faults);
        var persons = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in manifest.Files.OrderBy(file => file.Name == HandoverManifest.PersonsFile ? 0 : 1))
        {
            string path = Path.Combine(directory, file.Name);
            if (Path.GetFileName(file.Name) == file.Name && File.Exists(path))
            {
                CheckBytes(file, path, faults);
                CheckRecords(file, path, persons, faults);
            }
        }

        return faults;
    }

    private static void CheckNames(HandoverManifest manifest, string directory, List<string> faults)
    {
        foreach (var file in manifest.Files)
        {
            if (Path.GetFileName(file.Name) != file.Name)
            {
                faults.Add($"{file.Name}: the manifest names a file outside its directory.");
            }
            else if (!File.Exists(Path.Combine(directory, file.Name)))
            {
                faults.Add($"{file.Name}: the file is missing.");
            }
        }

        var known = manifest.Files.Select(file => file.Name).Append(HandoverManifest.FileName).ToHashSet(StringComparer.Ordinal);
        faults.AddRange(Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)!).Where(name => !known.Contains(name))
            .Order(StringComparer.Ordinal).Select(name => $"{name}: the manifest does not name this file."));
        faults.AddRange(manifest.Files.GroupBy(file => file.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: the manifest names it twice."));
    }

    private static void CheckManifest(HandoverManifest manifest, List<string> faults)
    {
        var persons = manifest.Files.FirstOrDefault(file => file.Name == HandoverManifest.PersonsFile);
        if (persons is null)
        {
            faults.Add($"{HandoverManifest.FileName}: it does not name {HandoverManifest.PersonsFile}.");
        }
        else if (persons.Rows != manifest.Persons)
        {
            faults.Add($"{HandoverManifest.FileName}: {manifest.Persons} persons, but {persons.Rows} rows in {HandoverManifest.PersonsFile}.");
        }

        if (manifest.ConsentScope.Recipient != manifest.Recipient)
        {
            faults.Add($"{HandoverManifest.FileName}: consent for {manifest.ConsentScope.Recipient}, recipient {manifest.Recipient}.");
        }

        if (manifest.LegalBasis != "consent")
        {
            faults.Add($"{HandoverManifest.FileName}: legal basis {manifest.LegalBasis}, not consent.");
        }
    }

    private static void CheckBytes(HandoverFile file, string path, List<string> faults)
    {
        using var content = File.OpenRead(path);
        if (content.Length != file.Bytes)
        {
            faults.Add($"{file.Name}: {content.Length} bytes, the manifest says {file.Bytes}.");
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        if (!hash.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            faults.Add($"{file.Name}: SHA-256 {hash}, the manifest says {file.Sha256}.");
        }
    }

    private static void CheckRecords(HandoverFile file, string path, HashSet<string> persons, List<string> faults)
    {
        var found = new List<string>();
        using var text = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        long rows = -1;
        try
        {
            foreach (string[] record in CsvTable.Read(text))
            {
                if (++rows == 0)
                {
                    CheckHeader(file, record, found);
                }
                else
                {
                    CheckRecord(file, rows + 1, record, persons, found);
                }
            }

            if (Math.Max(rows, 0) != file.Rows)
            {
                found.Add($"{file.Name}: {Math.Max(rows, 0)} rows, the manifest says {file.Rows}.");
            }
        }
        catch (Exception fault) when (fault is IdentityRefusedException or DecoderFallbackException)
        {
            found.Add($"{file.Name}: {fault.Message}.");
        }

        faults.AddRange(found.Take(FaultsPerFileMax));
        if (found.Count > FaultsPerFileMax)
        {
            faults.Add($"{file.Name}: {found.Count - FaultsPerFileMax} more.");
        }
    }

    private static void CheckHeader(HandoverFile file, string[] header, List<string> found)
    {
        if (!header.SequenceEqual(file.Columns, StringComparer.Ordinal))
        {
            found.Add($"{file.Name}: the header is {string.Join(',', header)}, the manifest says {string.Join(',', file.Columns)}.");
        }

        if (header is not [HandoverManifest.KeyColumn, ..])
        {
            found.Add($"{file.Name}: the first column is not {HandoverManifest.KeyColumn}.");
        }
    }

    private static void CheckRecord(HandoverFile file, long number, string[] record, HashSet<string> persons, List<string> found)
    {
        if (record.Length != file.Columns.Count)
        {
            found.Add($"{file.Name}: record {number} has {record.Length} fields, the manifest says {file.Columns.Count}.");
        }

        string key = record[0];
        if (key.Length != 64 || !key.All(char.IsAsciiHexDigitLower))
        {
            found.Add($"{file.Name}: record {number} does not begin with a person key.");
        }
        else if (file.Name == HandoverManifest.PersonsFile && !persons.Add(key))
        {
            found.Add($"{file.Name}: record {number} has a person who was there before.");
        }
        else if (file.Name != HandoverManifest.PersonsFile && !persons.Contains(key))
        {
            found.Add($"{file.Name}: record {number} has a person who is not in {HandoverManifest.PersonsFile}.");
        }
    }
}
