namespace TxCore.Faults.Proxies;

/// <summary>One message of a client to PostgreSQL, as <see cref="PostgresProxy"/> sees it before it is forwarded.</summary>
/// <param name="Type">The protocol's type byte: <c>Q</c> simple query, <c>P</c> parse, <c>B</c> bind, <c>E</c> execute, <c>d</c> copy data.</param>
/// <param name="Body">The bytes after the length.</param>
/// <param name="Sql">The statement's text for <c>Q</c> and <c>P</c>, and the text prepared earlier for <c>B</c> and <c>E</c>.</param>
public readonly record struct ProxyMessage(char Type, ReadOnlyMemory<byte> Body, string? Sql)
{
    /// <summary>Whether this message makes the server run a statement that begins so; upper and lower case are alike.</summary>
    public bool Runs(string statementPrefix) =>
        Type is 'Q' or 'E' && Sql is not null && Sql.AsSpan().TrimStart().StartsWith(statementPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether this message carries a statement whose text holds this; upper and lower case are alike.</summary>
    public bool Carries(string text) => Type is 'Q' or 'P' && Sql is not null && Sql.Contains(text, StringComparison.OrdinalIgnoreCase);
}
