using Npgsql;

namespace TxCore.Postgres.PrivatePostgres;

/// <summary>
/// A real PostgreSQL of this process's own on 127.0.0.1, with the durability of production. Disposal stops it and removes its directory;
/// so does a supervisor when this process ends without disposing, however it ends. Keep a reference for as long as the server is used.
/// </summary>
/// <remarks>Not for use by several threads at once. As root the server runs as user <c>postgres</c>, or <c>nobody</c>.</remarks>
public sealed class PrivatePostgresServer : IAsyncDisposable
{
    /// <summary>The name of the superuser.</summary>
    public const string Superuser = "txcore_admin";

    private readonly PrivatePostgresOptions _options;
    private readonly PostgresBinaries _binaries;
    private readonly ServerAccount _account;
    private readonly InstanceDirectory _directory;
    private readonly Supervisor _supervisor;
    private string _password = "";
    private Postmaster? _postmaster;
    private bool _disposed;

    private PrivatePostgresServer(
        PrivatePostgresOptions options, PostgresBinaries binaries, ServerAccount account, InstanceDirectory directory)
    {
        _options = options;
        _binaries = binaries;
        _account = account;
        _directory = directory;
        _supervisor = Supervisor.Start(directory, binaries);
    }

    /// <summary>The TCP port on 127.0.0.1; stays the same across restarts.</summary>
    public int Port { get; private set; }

    /// <summary>The server's own directory, which holds the data directory, the log and the superuser's password.</summary>
    public string InstancePath => _directory.FullPath;

    /// <summary>PostgreSQL's data directory.</summary>
    public string DataDirectory => _directory.Data;

    /// <summary>The version of PostgreSQL.</summary>
    public Version Version => _binaries.Version;

    /// <summary>The postmaster's process id, or null while it does not run.</summary>
    public int? PostmasterProcessId => _postmaster is { HasExited: false } ? _postmaster.ProcessId : null;

    internal int SupervisorProcessId => _supervisor.ProcessId;

    /// <summary>Makes a data directory where there is none, starts PostgreSQL on it and returns once it takes connections.</summary>
    /// <exception cref="PostgresNotFoundException">There are no binaries.</exception>
    /// <exception cref="InvalidOperationException">PostgreSQL did not start; the message ends with the tail of its log.</exception>
    public static async Task<PrivatePostgresServer> StartAsync(
        PrivatePostgresOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PrivatePostgresOptions();
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)options.LogFilesAhead, 64u, nameof(options));
        PostgresBinaries binaries = await PostgresBinaries.FindAsync(options.Search, cancellationToken);
        ServerAccount account = await ServerAccount.ChooseAsync(cancellationToken);
        InstanceDirectory directory = await InstanceDirectory.OpenAsync(options, account, cancellationToken);
        var server = new PrivatePostgresServer(options, binaries, account, directory);
        try
        {
            bool isFresh = !directory.HasData;
            await server.InitializeAsync(cancellationToken);
            await server.StartOnFreePortAsync(cancellationToken);
            if (isFresh && options.LogFilesAhead > 0)
            {
                await LogFiles.PrepareAsync(server.SuperuserConnectionString("postgres"), options.LogFilesAhead, cancellationToken);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string of the superuser to one database of this server.</summary>
    public string SuperuserConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = Superuser,
        Password = _password,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Kills the postmaster and all its children at once (SIGKILL): a crash.</summary>
    public Task KillAsync() => Running().KillAsync();

    /// <summary>Freezes the server (SIGSTOP): connections stay open and nothing answers. Not on Windows.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) => Running().PauseAsync(cancellationToken);

    /// <summary>Lets a frozen server go on.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default) => Running().ResumeAsync(cancellationToken);

    /// <summary>Shuts the server down fast: open transactions are rolled back and a checkpoint is written. The directory stays.</summary>
    public Task StopAsync() => StopAsync(discardsData: false);

    /// <summary>Starts again on the same directory and port, after a kill or a stop; a server that still runs is stopped first.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await StopAsync();
        if (await TryStartAsync(cancellationToken) is { } failure)
        {
            throw new InvalidOperationException(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await StopAsync(discardsData: _directory.IsTemporary);
        if (_directory.IsTemporary)
        {
            await (_postmaster?.Remnants?.RemoveAsync() ?? Task.CompletedTask);
            await _directory.RemoveAsync();
        }

        _postmaster?.Dispose();

        await _supervisor.DisposeAsync();
    }

    private async Task StopAsync(bool discardsData)
    {
        if (PostmasterProcessId is not null)
        {
            await Running().StopAsync(discardsData);
        }
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (!_directory.HasData)
        {
            await DataDirectoryInitialization.RunAsync(_binaries, _directory, _account, cancellationToken);
        }

        _password = await _directory.ReadPasswordAsync(cancellationToken);
    }

    private async Task StartOnFreePortAsync(CancellationToken cancellationToken)
    {
        const int attemptsMax = 5;
        for (int attempt = 1; ; attempt++)
        {
            Port = _options.Port != 0 ? _options.Port : FreePort.Pick();
            if (await TryStartAsync(cancellationToken) is not { } failure)
            {
                return;
            }

            // Between the picking of a port and the start of the server another process can take it.
            bool portWasTaken = _options.Port == 0 && failure.Contains("could not bind", StringComparison.Ordinal);
            if (!portWasTaken || attempt == attemptsMax)
            {
                throw new InvalidOperationException(failure);
            }
        }
    }

    /// <summary>Starts the postmaster and waits until it takes connections; returns why it does not, or null.</summary>
    private async Task<string?> TryStartAsync(CancellationToken cancellationToken)
    {
        await ServerSettings.WriteAsync(_directory, Port, _options, cancellationToken);
        _postmaster?.Dispose();
        _postmaster = await Postmaster.StartAsync(_binaries, _directory, _account, cancellationToken);
        if (await Readiness.WaitAsync(_postmaster, SuperuserConnectionString("postgres"), _options.StartTimeout, cancellationToken))
        {
            return null;
        }

        string reason = _postmaster.HasExited ? "ended while it started" : $"took no connection within {_options.StartTimeout}";
        return $"PostgreSQL in {_directory.Data} {reason}; its log ends with:{Environment.NewLine}{await _directory.LogTailAsync(cancellationToken)}";
    }

    private Postmaster Running() =>
        _postmaster is { HasExited: false } running ? running : throw new InvalidOperationException("The private PostgreSQL does not run.");
}
