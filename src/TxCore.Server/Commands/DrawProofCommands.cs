using System.CommandLine;
using System.Globalization;
using System.Reflection;
using TxCore.Diagnostics;
using TxCore.Postgres;
using TxCore.Server.Ticketing;
using TxCore.Ticketing.Draws;

namespace TxCore.Server.Commands;

/// <summary>
/// <c>txcore draw export|proof|verify</c> (<c>domain.md</c> section 3.3): the audit package out of the rows, one person's proof out of the
/// package, and the check of either, which needs nothing else.
/// </summary>
internal static class DrawProofCommands
{
    private const int SignatureBytes = 2;

    public static Command Export()
    {
        var database = new DatabaseOptions();
        var draw = DrawCommands.DrawArgument();
        var file = OutOption("File of the audit package; it must not be there yet");
        var command = new Command("export", "Draws again from the stored entries and writes the audit package; refuses when root or order are not the stored ones.")
        {
            draw, file,
        };
        database.AddTo(command);
        command.SetAction((parsed, cancellationToken) => DatabaseOptions.GuardAsync(async () =>
        {
            if (database.Read(parsed) is not { } connection)
            {
                return (int)ExitCode.Usage;
            }

            await using var reader = new DrawReader(connection, database.Identity(parsed));
            if (await reader.ReadAsync(parsed.GetValue(draw), cancellationToken) is not { } stored)
            {
                await Console.Error.WriteLineAsync($"There is no draw {parsed.GetValue(draw)}.");
                return 1;
            }

            return await ExportAsync(stored, parsed.GetValue(file)!, cancellationToken);
        }));
        return command;
    }

    public static Command Proof()
    {
        var package = new Argument<string>("package") { Description = "The audit package" };
        var person = new Option<string>("--person") { Description = "Key of the person, 64 hexadecimal digits", Required = true };
        var file = OutOption("File of the proof; it must not be there yet");
        var command = new Command("proof", "Writes one person's proof of entry and rank, which is checked with the published roots alone.") { package, person, file };
        command.SetAction((parsed, cancellationToken) => DrawCommands.GuardAsync(async () =>
        {
            byte[] key = PersonFile.Key(parsed.GetValue(person)!)
                ?? throw new InvalidDataException("The person is not a key of 64 hexadecimal digits.");
            DrawContent content;
            await using (var stream = File.OpenRead(parsed.GetValue(package)!))
            {
                content = DrawPackage.Read(stream);
            }

            int[] sorted = [.. Enumerable.Range(0, content.Keys.Count)];
            if (PersonProof.Create(content.Record, content.Keys, sorted, content.Order, PersonKey.Read(key)) is not { } proof)
            {
                await Console.Error.WriteLineAsync("The person is not in the list of this draw.");
                return 1;
            }

            await WriteNewAsync(parsed.GetValue(file)!, stream => stream.WriteAsync(proof.ToJson(), cancellationToken).AsTask());
            Console.WriteLine($"Rank {proof.Rank} of {proof.Entries} in draw {proof.DrawName}.");
            return 0;
        }));
        return command;
    }

    public static Command Verify()
    {
        var file = new Argument<string>("file") { Description = "An audit package, or a person's proof" };
        var root = new Option<string?>("--root") { Description = "The published root of the list, hexadecimal" };
        var orderRoot = new Option<string?>("--order-root") { Description = "The published root of the order, hexadecimal" };
        var commitment = new Option<string?>("--commitment") { Description = "The published commitment, hexadecimal; for a package" };
        var entries = new Option<int?>("--entries") { Description = "The published number of entries" };
        var chain = new Option<string?>("--chain") { Description = "The beacon named at the freeze; for a package" };
        var round = new Option<ulong?>("--round") { Description = "Its round named at the freeze; for a package" };
        var command = new Command("verify", "Checks an audit package or a proof alone, without database or server; exit code 1 names each thing that does not fit.")
        {
            file, root, orderRoot, commitment, entries, chain, round,
        };
        command.SetAction((parsed, cancellationToken) => DrawCommands.GuardAsync(async () =>
        {
            var published = new Published(
                Hex(parsed.GetValue(root)), Hex(parsed.GetValue(orderRoot)), Hex(parsed.GetValue(commitment)), parsed.GetValue(entries),
                parsed.GetValue(chain), parsed.GetValue(round));
            await using var stream = File.OpenRead(parsed.GetValue(file)!);
            var findings = await IsPackageAsync(stream, cancellationToken)
                ? VerifyPackage(stream, published)
                : await VerifyProofAsync(stream, published, cancellationToken);
            foreach (string finding in findings)
            {
                await Console.Error.WriteLineAsync($"DOES NOT FIT: {finding}");
            }

            Console.WriteLine(findings.Count == 0 ? "All fits." : $"{findings.Count} findings.");
            return findings.Count == 0 ? 0 : 1;
        }));
        return command;
    }

    private static async Task<int> ExportAsync(StoredDraw stored, string file, CancellationToken cancellationToken)
    {
        string version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var record = stored.ToRecord(version);
        int[] sorted = DrawList.Sort(stored.Keys);
        var findings = new List<string>();
        Compare(findings, "number of entries", $"{record.Entries}", $"{stored.Keys.Count}");
        Compare(findings, "list root", Convert.ToHexStringLower(record.ListRoot), Convert.ToHexStringLower(DrawList.Root(stored.Keys, sorted)));
        Compare(
            findings, "commitment", Convert.ToHexStringLower(record.Commitment),
            Convert.ToHexStringLower(DrawCommitment.Commit(record.DrawName, record.ListRoot, record.Secret)));
        int[] order = DrawShuffle.Order(
            DrawCommitment.Seed(record.Beacon.Randomness, record.DrawName, record.ListRoot, record.Secret), stored.Keys.Count);
        Compare(findings, "order hash", Convert.ToHexStringLower(record.OrderHash), Convert.ToHexStringLower(DrawOrder.Hash(order)));
        Compare(findings, "order root", Convert.ToHexStringLower(record.OrderRoot), Convert.ToHexStringLower(DrawOrder.Root(order)));
        foreach (string finding in findings)
        {
            await Console.Error.WriteLineAsync($"DOES NOT FIT: {finding}");
        }

        if (findings.Count > 0)
        {
            await Console.Error.WriteLineAsync("No package was written.");
            return 1;
        }

        var struck = stored.Struck(sorted);
        await WriteNewAsync(file, stream => Task.Run(() => DrawPackage.Write(stream, record, stored.Keys, sorted, order, struck), cancellationToken));
        Console.WriteLine($"Draw {record.DrawName}: {record.Entries} entries, {struck.Count} struck, {record.Waves.Count} waves, list root {Convert.ToHexStringLower(record.ListRoot)}.");
        if (stored.StruckLater(sorted) is { Count: > 0 } later)
        {
            Console.WriteLine($"{later.Count} persons were excluded after the order was published; the package tells what it was then.");
        }

        return 0;
    }

    private static void Compare(List<string> findings, string what, string stored, string computed)
    {
        if (stored != computed)
        {
            findings.Add($"the {what} is stored as {stored}, the entries give {computed}.");
        }
    }

    private static List<string> VerifyPackage(Stream stream, Published published)
    {
        var verdict = DrawVerification.Verify(stream);
        var findings = new List<string>(verdict.Findings);
        if (verdict.Record is { } record)
        {
            Check(findings, "list root", published.Root, record.ListRoot);
            Check(findings, "order root", published.OrderRoot, record.OrderRoot);
            Check(findings, "commitment", published.Commitment, record.Commitment);
            if (published.Entries is { } entries && entries != record.Entries)
            {
                findings.Add($"The package has {record.Entries} entries, published were {entries}.");
            }

            Check(findings, "beacon", published.Chain, record.Beacon.Chain);
            Check(findings, "round of the beacon", published.Round?.ToString(CultureInfo.InvariantCulture), $"{record.Beacon.Round}");
            Console.WriteLine($"Draw {record.DrawName}: {record.Entries} entries, beacon {record.Beacon.Chain} round {record.Beacon.Round}.");
            Console.WriteLine(
                record.Beacon.Signature is null
                    ? "Not checked here: that the witness gave this randomness, and after the freeze. Ask the witness."
                    : "Not checked here: that the beacon signed this for that round. Compare randomness and signature with what the beacon published.");
        }

        return findings;
    }

    private static async Task<IReadOnlyList<string>> VerifyProofAsync(Stream stream, Published published, CancellationToken cancellationToken)
    {
        byte[] json = new byte[PersonProof.JsonBytesMax + 1];
        int length = await stream.ReadAtLeastAsync(json, json.Length, throwOnEndOfStream: false, cancellationToken);
        return PersonProof.Verify(json.AsSpan(0, length), published.Root, published.OrderRoot, published.Entries).Findings;
    }

    private static void Check(List<string> findings, string what, string? published, string found)
    {
        if (published is not null && published != found)
        {
            findings.Add($"The {what} of the package is {found}, published was {published}.");
        }
    }

    private static void Check(List<string> findings, string what, byte[] published, byte[] found)
    {
        if (published.Length > 0 && !published.AsSpan().SequenceEqual(found))
        {
            findings.Add($"The {what} of the package is {Convert.ToHexStringLower(found)}, published was {Convert.ToHexStringLower(published)}.");
        }
    }

    /// <summary>Whether a file is a package: those are ZIP files, proofs are JSON.</summary>
    private static async Task<bool> IsPackageAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] start = new byte[SignatureBytes];
        int length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        stream.Position = 0;
        return length == start.Length && start.AsSpan().SequenceEqual("PK"u8);
    }

    /// <summary>Writes a file that must not be there; one that could not be finished is removed.</summary>
    private static async Task WriteNewAsync(string file, Func<Stream, Task> write)
    {
        await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite);
        try
        {
            await write(stream);
        }
        catch
        {
            File.Delete(file);
            throw;
        }
    }

    private static byte[] Hex(string? text)
    {
        try
        {
            return Convert.FromHexString(text ?? "");
        }
        catch (FormatException fault)
        {
            throw new InvalidDataException($"'{text}' is not hexadecimal.", fault);
        }
    }

    private static Option<string> OutOption(string help) => new("--out") { Description = help, Required = true };

    /// <summary>What was published; empty or null where it was not given.</summary>
    private sealed record Published(byte[] Root, byte[] OrderRoot, byte[] Commitment, int? Entries, string? Chain, ulong? Round);
}
