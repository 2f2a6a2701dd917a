namespace TxCore.Postgres.PrivatePostgres;

/// <summary>How a <see cref="PrivatePostgresServer"/> is set up. The defaults give a fresh server that leaves nothing behind.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>Where the server's own directory is created; <c>null</c> takes the temporary directory.</summary>
    public string? BaseDirectory { get; init; }

    /// <summary>
    /// A directory to use instead of a fresh one: created when missing, taken as it is when an earlier server left its data there. It is
    /// never removed.
    /// </summary>
    public string? ExistingDirectory { get; init; }

    /// <summary>Leaves the fresh directory in place after disposal, so that it can be given as <see cref="ExistingDirectory"/> later.</summary>
    public bool KeepDirectory { get; init; }

    /// <summary>The TCP port on 127.0.0.1; 0 picks a free one below the range the system hands to outgoing connections.</summary>
    public int Port { get; init; }

    /// <summary>Settings of <c>postgresql.conf</c> that are added to the server's own and win over them.</summary>
    public IReadOnlyDictionary<string, string> ExtraSettings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Files of the write-ahead log, of 16 MB, that are made before the first use, as a server has them that runs for a while: without them
    /// a commit waits 12 ms and more each time one is made. 0 to 64; default: 0. For a fresh directory only.
    /// </summary>
    public int LogFilesAhead { get; init; }

    /// <summary>How long a start, crash recovery included, may take. Default: one minute.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where the PostgreSQL binaries are looked for.</summary>
    public PostgresSearch Search { get; init; } = PostgresSearch.FromEnvironment();
}
