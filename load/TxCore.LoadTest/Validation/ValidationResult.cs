namespace TxCore.LoadTest.Validation;

/// <summary>One rule the database was checked against.</summary>
/// <param name="Rule">What must hold, as a sentence.</param>
/// <param name="Differences">How many times it does not.</param>
/// <param name="Examples">The first of them.</param>
internal sealed record CheckResult(string Rule, long Differences, IReadOnlyList<string> Examples)
{
    public bool Holds => Differences == 0;
}

/// <summary>A rule and the query that returns one line of text for each time it does not hold.</summary>
internal sealed record StoredRule(string Rule, string Sql);

/// <summary>What the check found.</summary>
/// <param name="Checks">Every rule checked.</param>
/// <param name="Rows">Rows of txcore.transaction.</param>
/// <param name="Transactions">Numbers among them, the shard's own entries included.</param>
/// <param name="PostgresVersion">As the server states it.</param>
internal sealed record ValidationResult(IReadOnlyList<CheckResult> Checks, long Rows, long Transactions, string PostgresVersion)
{
    /// <summary>Rules that could not be checked with the rights of the connection.</summary>
    public IReadOnlyList<string> Unchecked { get; init; } = [];

    public bool Holds => Checks.All(check => check.Holds);
}
