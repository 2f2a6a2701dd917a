namespace TxCore.Postgres.PrivatePostgres;

/// <summary>No PostgreSQL 15 or later could be found or fetched; the message says what was tried and the one command that mends it.</summary>
public sealed class PostgresNotFoundException : Exception
{
    public PostgresNotFoundException()
    {
    }

    public PostgresNotFoundException(string message)
        : base(message)
    {
    }

    public PostgresNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
