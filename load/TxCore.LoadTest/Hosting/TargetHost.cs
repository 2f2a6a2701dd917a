using Npgsql;
using TxCore.Client;
using TxCore.LoadTest.Validation;
using TxCore.Postgres;
using TxCore.Protocol;
using TxCore.Storage;

namespace TxCore.LoadTest.Hosting;

/// <summary>A server that runs already, and the ways to its database.</summary>
/// <param name="Host">Its address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">Its database, read-only, for the rehearsal mark and the validation.</param>
/// <param name="Enrolment">The same as the writer or the owner, to enrol the run's sources; null when they are there already.</param>
/// <param name="Admin">Its admin port, for its own latencies; null for none.</param>
internal sealed record TargetSettings(string Host, int Port, string Database, string? Enrolment, Uri? Admin);

/// <summary>The target may not be driven; the message says why and what to do.</summary>
internal sealed class TargetRefusedException(string message) : Exception(message);

/// <summary>A server that somebody else runs. It is driven only when its database is marked as a rehearsal.</summary>
internal sealed class TargetHost : ILoadHost
{
    /// <summary>Servers look for new sources every two seconds.</summary>
    private static readonly TimeSpan EnrolmentTakes = TimeSpan.FromSeconds(3);

    private readonly TargetSettings _settings;

    private TargetHost(TargetSettings settings, ShardIdentity identity, long numberBefore)
    {
        _settings = settings;
        NumberBefore = numberBefore;
        Address = new ServerAddress(settings.Host, settings.Port, identity);
        Stages = settings.Admin is { } admin ? new ServerStages(() => admin) : null;
    }

    public string Description => $"{_settings.Host}:{_settings.Port}";

    public ServerAddress Address { get; }

    public string? CheckConnectionString => _settings.Database;

    public string? DataDirectory => null;

    public ServerStages? Stages { get; }

    public long NumberBefore { get; }

    /// <summary>Finds the target and enrols the sources of a run.</summary>
    /// <exception cref="TargetRefusedException">The database is not marked as a rehearsal, or is no shard's.</exception>
    public static async Task<TargetHost> StartAsync(
        TargetSettings settings, IReadOnlyCollection<SourceAccount> accounts, CancellationToken cancellationToken)
    {
        var host = await FindAsync(settings, cancellationToken);
        await host.EnrolAsync(accounts, cancellationToken);
        return host;
    }

    /// <summary>Looks whether the target may be driven, and which shard it is.</summary>
    /// <exception cref="TargetRefusedException">The database is not marked as a rehearsal, or is no shard's.</exception>
    public static async Task<TargetHost> FindAsync(TargetSettings settings, CancellationToken cancellationToken)
    {
        var (identity, isRehearsal, last) = await ReadShardAsync(settings.Database, cancellationToken);
        if (!isRehearsal)
        {
            throw new TargetRefusedException(
                $"The database of shard {identity.Shard} is not marked as a rehearsal: its transactions would be taken for real ones. On a database "
                + "that is for tests alone, as its owner: txcore db mark-rehearsal");
        }

        return new TargetHost(settings, identity, last);
    }

    /// <summary>Enrols the sources of a run, where it may; else they are there already.</summary>
    /// <exception cref="TargetRefusedException">The connection given may not do that.</exception>
    public async Task EnrolAsync(IReadOnlyCollection<SourceAccount> accounts, CancellationToken cancellationToken)
    {
        if (_settings.Enrolment is { } enrolment)
        {
            await EnrolAsync(enrolment, Address.Identity, accounts, cancellationToken);
        }
    }

    /// <summary>Why the first source of a run could not log on, as whoever gave the target has to be told.</summary>
    public static TargetRefusedException NotLoggedOn(SourceAccount administrator, TxCoreClientException fault) => new(
        $"The administrator {administrator.Id} cannot log on: {fault.Message} (Is it the server of the database given, and are its sources there?)");

    /// <summary>
    /// Makes sure that the server writes to the database whose mark was looked at, by an entry of the run's own; it may have been given the
    /// address of another one.
    /// </summary>
    /// <exception cref="TargetRefusedException">The entry is not there.</exception>
    public async Task RequireSameDatabaseAsync(uint source, ulong number, CancellationToken cancellationToken)
    {
        await using var data = NpgsqlDataSource.Create(_settings.Database);
        await using var command = data.CreateCommand("SELECT count(*) FROM txcore.transaction WHERE number = $1 AND source = $2 AND line = 1");
        command.Parameters.Add(new NpgsqlParameter { Value = (long)number });
        command.Parameters.Add(new NpgsqlParameter { Value = (int)source });
        if ((long)(await command.ExecuteScalarAsync(cancellationToken))! != 1)
        {
            throw new TargetRefusedException(
                $"{Description} does not write to the database given, which is marked as a rehearsal: no load is sent to it. Number {number} of source "
                + $"{source}, which defines what would have been sold, is in another database.");
        }
    }

    public Task<CheckResult?> EndAsync() => Task.FromResult<CheckResult?>(null);

    public ValueTask DisposeAsync()
    {
        Stages?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task EnrolAsync(
        string connection, ShardIdentity identity, IReadOnlyCollection<SourceAccount> accounts, CancellationToken cancellationToken)
    {
        try
        {
            await using var registry = new SourceRegistry(connection, identity);
            await registry.AddSourcesAsync(accounts.Select(account => account.ToRecord(identity.Channel)), cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or ArgumentException)
        {
            throw new TargetRefusedException($"The sources cannot be enrolled, which takes the database's writer or owner: {fault.Message}");
        }

        await Task.Delay(EnrolmentTakes, cancellationToken);
    }

    private static async Task<(ShardIdentity Identity, bool IsRehearsal, long LastNumber)> ReadShardAsync(
        string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var command = source.CreateCommand("SELECT shard, channel, rehearsal, last_number FROM txcore.shard");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? (new ShardIdentity(reader.GetInt16(0), (Channel)reader.GetInt16(1)), reader.GetBoolean(2), reader.GetInt64(3))
                : throw new TargetRefusedException("The database belongs to no shard.");
        }
        catch (Exception fault) when (fault is NpgsqlException or ArgumentException)
        {
            throw new TargetRefusedException($"The database cannot be read: {fault.Message}");
        }
    }
}
