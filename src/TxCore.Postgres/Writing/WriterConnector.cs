using Npgsql;
using TxCore.Storage;

namespace TxCore.Postgres;

/// <summary>Opens the writer's connections: never pooled, so that every one is checked and none carries another's state.</summary>
internal sealed class WriterConnector : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ShardIdentity _identity;

    public WriterConnector(string connectionString, ShardIdentity identity)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            Multiplexing = false,
            Enlist = false,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 10,
            TcpKeepAliveInterval = 5,
        };
        builder.Options = $"{builder.Options} {ServerCheck.SessionOptions}".Trim();
        builder.ApplicationName ??= $"txcore writer {identity.Shard}";
        _source = new NpgsqlDataSourceBuilder(builder.ConnectionString).Build();
        _identity = identity;
    }

    /// <summary>Connects and checks.</summary>
    /// <exception cref="StoreRefusedException">An administrator has to act first.</exception>
    public async Task<WriterSession> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await WriterSession.OpenAsync(_source, _identity, cancellationToken);
        }
        catch (PostgresException exception) when (PostgresFault.Classify(exception, whileWritingRows: false) == FaultKind.Final)
        {
            throw new StoreRefusedException(
                $"PostgreSQL refused the writer's connection: {exception.MessageText} ({exception.SqlState}). {Advice(exception)}", exception);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string Advice(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedFunction =>
            "Run the migration of this version on that database first.",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "Check user and password in the connection string.",
        PostgresErrorCodes.InvalidCatalogName => "Check the database in the connection string.",
        PostgresErrorCodes.InsufficientPrivilege => "Run the migration again: it grants the writer role what it needs.",
        _ => "Check the connection string and the server's log.",
    };
}
