using System.IO.Compression;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>How a day is archived.</summary>
public sealed record ArchiveOptions
{
    /// <summary>The file to write; there must be none of that name.</summary>
    public required string File { get; init; }

    /// <summary>PEM file of the private key that signs the head of the chain.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Days that must have begun after the day. Default 90: tickets are paid for 60.</summary>
    public int DaysKept { get; init; } = 90;

    /// <summary>Tells when it was written.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>An archive that was written, or read and found whole.</summary>
/// <param name="BusinessDay">The day as <c>YYYYMMDD</c>.</param>
/// <param name="FirstNumber">Its first number.</param>
/// <param name="LastNumber">Its last number.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Batches">Batches hashed.</param>
/// <param name="LeadRows">Rows of them that are hashed with the archive of the day before.</param>
public sealed record ArchiveReport(int BusinessDay, long FirstNumber, long LastNumber, long Rows, long Batches, long LeadRows);

/// <summary>
/// Takes a day that is over out of the database: its rows into a signed file, which is read again and verified before anything else happens,
/// then its partition off the table. To be run as the owner role. The rows and the chain are checked while they are written.
/// </summary>
public sealed class DayArchive(string ownerConnectionString, ShardIdentity identity)
{
    private static readonly string Columns = string.Join(", ", RowFormat.Columns.Append("plain"));

    /// <summary>Writes the archive of a day and seals the day.</summary>
    /// <exception cref="StoreRefusedException">The day is not over, too young, archived already, or an earlier one is not archived; or a row does not fit.</exception>
    public async Task<ArchiveReport> WriteAsync(int businessDay, ArchiveOptions options, CancellationToken cancellationToken = default)
    {
        await using var source = ReaderSource.Create(ownerConnectionString, identity);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var days = await DayMap.ReadAsync(connection, identity.Shard, cancellationToken, withBatches: true);
        int index = IndexOf(days, businessDay, options.DaysKept);
        using var key = await SigningKey.LoadAsync(options.KeyFile, cancellationToken);
        string temporary = options.File + ".new";
        try
        {
            await WriteFileAsync(connection, days, index, key, temporary, options.Clock, cancellationToken);
            var report = await ArchiveVerifier.VerifyAsync(temporary, options.KeyFile, cancellationToken);
            await new SealedDays(connection, identity, key).SealAsync(days, index, index + 1, options.Clock, cancellationToken);
            File.Move(temporary, options.File);
            return report;
        }
        catch (Exception fault) when (fault is VerifyFaultException or InvalidDataException)
        {
            throw new StoreRefusedException($"Business day {businessDay} is not archived: {(fault as VerifyFaultException)?.Fault.ToString() ?? fault.Message}", fault);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Takes the partition of an archived day off the table, without stopping the writer. The detached table stays, unless
    /// <paramref name="drops"/>; run again after a failure it goes on where it ended.
    /// </summary>
    /// <exception cref="StoreRefusedException">The archive is not the day's, or an earlier day is still attached.</exception>
    public async Task DetachAsync(int businessDay, string file, string keyFile, bool drops, CancellationToken cancellationToken = default)
    {
        var report = await ArchiveVerifier.VerifyAsync(file, keyFile, cancellationToken);
        await using var source = ReaderSource.Create(ownerConnectionString, identity);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var days = await DayMap.ReadAsync(connection, identity.Shard, cancellationToken, withBatches: true);
        int index = days.Days.ToList().FindIndex(day => day.BusinessDay == businessDay);
        if (report.BusinessDay != businessDay || index < 0 || days.Days[index].FirstNumber != report.FirstNumber)
        {
            throw new StoreRefusedException($"{file} is the archive of business day {report.BusinessDay} from number {report.FirstNumber}, not of this day.");
        }

        if (days.Days.Take(index).FirstOrDefault(static day => !day.IsArchived) is { BusinessDay: > 0 } earlier)
        {
            throw new StoreRefusedException($"Business day {earlier.BusinessDay} is earlier and not archived: days leave in order.");
        }

        await RecordAsync(connection, businessDay, file, cancellationToken);
        string table = $"txcore.transaction_{businessDay}";
        if (await StateAsync(connection, table, cancellationToken) is { } isPending)
        {
            string how = isPending ? "FINALIZE" : "CONCURRENTLY";
            await ExecuteAsync(connection, $"ALTER TABLE txcore.transaction DETACH PARTITION {table} {how}", cancellationToken);
        }

        if (drops)
        {
            await ExecuteAsync(connection, $"DROP TABLE IF EXISTS {table}", cancellationToken);
        }
    }

    private async Task WriteFileAsync(
        NpgsqlConnection connection, DayMap days, int index, SigningKey key, string path, TimeProvider clock, CancellationToken cancellationToken)
    {
        var day = days.Days[index];
        long lastNumber = days.Days[index + 1].FirstNumber - 1;
        long before = index == 0 ? 0 : days.LastBatch(index - 1);
        var start = await BatchTable.ReadEndAsync(connection, identity.Shard, before, cancellationToken);
        var batches = await BatchTable.ReadPageAsync(connection, identity.Shard, before, days.LastBatch(index), int.MaxValue, cancellationToken);
        long endNumber = batches.Count == 0 ? start.Number : batches[^1].LastNumber;
        using var rows = new ArchiveRows(identity.Shard, start, lastNumber);
        rows.Chain.Expect(batches);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            await ArchiveManifest.WriteBatchesAsync(zip, batches, cancellationToken);
            await CopyAsync(connection, zip, ArchiveManifest.DayEntry, RowSelect.Rows(day.BusinessDay, day.FirstNumber, lastNumber), rows, cancellationToken);
            string rest = RowSelect.Rows(days.Days[index + 1].BusinessDay, lastNumber + 1, endNumber);
            await CopyAsync(connection, zip, ArchiveManifest.RestEntry, rest, rows, cancellationToken);
            rows.Chain.FinishPage();
            long writtenAt = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            var manifest = new ArchiveManifest(
                ArchiveManifest.CurrentFormat, identity.Shard, identity.Channel, day.BusinessDay, day.FirstNumber, lastNumber, before + 1,
                days.LastBatch(index), start.Number, rows.LeadRows, rows.LeadHash(), rows.RestRows, rows.RestHash(), rows.DayRows, Columns,
                Convert.ToHexStringLower(start.Hash), Convert.ToHexStringLower(rows.Chain.End.Hash), writtenAt, key.Id);
            await manifest.WriteAsync(zip, key, cancellationToken);
        }

        file.Flush(flushToDisk: true);
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, ZipArchive zip, string name, string sql, ArchiveRows rows, CancellationToken cancellationToken)
    {
        await using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        await using var copy = await connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
        await using var tee = new TeeStream(copy, entry);
        using var stream = new RowStream();
        await stream.ReadAsync(tee, rows.Take, cancellationToken);
    }

    private static int IndexOf(DayMap days, int businessDay, int daysKept)
    {
        int index = days.Days.ToList().FindIndex(day => day.BusinessDay == businessDay);
        if (index < 0 || index == days.Days.Count - 1)
        {
            throw new StoreRefusedException(index < 0 ? $"There is no business day {businessDay}." : $"Business day {businessDay} is not over.");
        }

        if (days.Days[index].IsArchived)
        {
            throw new StoreRefusedException($"Business day {businessDay} is archived already.");
        }

        int age = Days.ToDate(days.Days[^1].BusinessDay).DayNumber - Days.ToDate(businessDay).DayNumber;
        return age >= daysKept
            ? index
            : throw new StoreRefusedException(
                $"Business day {businessDay} is {age} days old and {daysKept} are kept: its tickets may still be asked for. --keep-days says how many.");
    }

    private async Task RecordAsync(NpgsqlConnection connection, int businessDay, string file, CancellationToken cancellationToken)
    {
        byte[] hash;
        await using (var stream = File.OpenRead(file))
        {
            hash = await SHA256.HashDataAsync(stream, cancellationToken);
        }

        const string sql = """
            INSERT INTO txcore.archived_day (shard, business_day, file, file_hash) VALUES ($1, $2, $3, $4)
            ON CONFLICT (shard, business_day) DO UPDATE SET file = EXCLUDED.file, file_hash = EXCLUDED.file_hash, archived_at = clock_timestamp()
            """;
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                new() { Value = identity.Shard }, new() { Value = Days.ToDate(businessDay), NpgsqlDbType = NpgsqlDbType.Date },
                new() { Value = Path.GetFileName(file) }, new() { Value = hash },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether the detaching of an attached partition was begun; null when it is not attached.</summary>
    private static async Task<bool?> StateAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT i.inhdetachpending FROM pg_inherits i WHERE i.inhparent = 'txcore.transaction'::regclass AND i.inhrelid = to_regclass($1)
            """;
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = table } } };
        return (bool?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
