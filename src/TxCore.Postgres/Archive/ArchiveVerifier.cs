using System.IO.Compression;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Verifies archives of days from the files alone: signature, checksums, numbers, sequences, and the chain from first to last batch.</summary>
public static class ArchiveVerifier
{
    /// <summary>Verifies one archive with the key it was signed with, private or public.</summary>
    /// <exception cref="InvalidDataException">Something does not fit; the message says what.</exception>
    /// <exception cref="StoreRefusedException">The key cannot be read.</exception>
    public static async Task<ArchiveReport> VerifyAsync(string file, string keyFile, CancellationToken cancellationToken = default) =>
        (await ReadAsync(file, keyFile, cancellationToken)).Report;

    /// <summary>Verifies archives of days that follow one another, and that each goes on where the one before ends.</summary>
    /// <exception cref="InvalidDataException">Something does not fit; the message names the file.</exception>
    public static async Task<IReadOnlyList<ArchiveReport>> VerifyAsync(
        IReadOnlyList<string> files, string keyFile, CancellationToken cancellationToken = default)
    {
        var reports = new List<ArchiveReport>();
        ArchiveManifest? before = null;
        foreach (string file in files)
        {
            var (manifest, report) = await ReadAsync(file, keyFile, cancellationToken);
            if (before is not null && (manifest.PreviousHash != before.Hash || manifest.FirstBatch != before.LastBatch + 1
                || manifest.LeadRows != before.RestRows || manifest.LeadHash != before.RestHash))
            {
                throw new InvalidDataException($"{file}: business day {manifest.BusinessDay} does not go on where {before.BusinessDay} ends.");
            }

            before = manifest;
            reports.Add(report);
        }

        return reports;
    }

    private static async Task<(ArchiveManifest Manifest, ArchiveReport Report)> ReadAsync(string file, string keyFile, CancellationToken cancellationToken)
    {
        using var key = await SigningKey.LoadAsync(keyFile, cancellationToken);
        try
        {
            using var zip = ZipFile.OpenRead(file);
            var manifest = await ArchiveManifest.ReadAsync(zip, key, cancellationToken);
            using var rows = new ArchiveRows(manifest.Shard, manifest.Start, manifest.LastNumber);
            await foreach (var record in ArchiveManifest.ReadBatchesAsync(zip, cancellationToken))
            {
                rows.Chain.Expect([record]);
            }

            foreach (string name in new[] { ArchiveManifest.DayEntry, ArchiveManifest.RestEntry })
            {
                await using var entry = ArchiveManifest.Entry(zip, name).Open();
                using var stream = new RowStream();
                await stream.ReadAsync(entry, rows.Take, cancellationToken);
            }

            rows.Chain.FinishPage();
            RequireEnd(manifest, rows);
            return (manifest, new ArchiveReport(
                manifest.BusinessDay, manifest.FirstNumber, manifest.LastNumber, rows.DayRows, rows.Chain.Batches, rows.LeadRows));
        }
        catch (VerifyFaultException fault)
        {
            throw new InvalidDataException($"{file}: {fault.Fault}", fault);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{file}: {fault.Message}", fault);
        }
    }

    private static void RequireEnd(ArchiveManifest manifest, ArchiveRows rows)
    {
        var end = rows.Chain.End;
        if (end.Batch != manifest.LastBatch || Convert.ToHexStringLower(end.Hash) != manifest.Hash)
        {
            throw new InvalidDataException($"The chain ends with batch {end.Batch}, not with batch {manifest.LastBatch} and the hash that was signed.");
        }

        if (rows.DayRows != manifest.Rows || rows.LeadRows != manifest.LeadRows || rows.LeadHash() != manifest.LeadHash
            || rows.RestRows != manifest.RestRows || rows.RestHash() != manifest.RestHash)
        {
            throw new InvalidDataException($"There are {rows.DayRows} rows of the day, {rows.LeadRows} before its first batch and {rows.RestRows} behind it, or others than were signed.");
        }
    }
}
