namespace TxCore.LoadTest.Validation;

/// <summary>Counts what does not fit, by rule, and keeps the first examples of each.</summary>
internal sealed class Findings
{
    private const int ExamplesMax = 5;
    private readonly Dictionary<string, (long Count, List<string> Examples)> _rules = [];

    /// <summary>A rule that is checked; it holds until something is found.</summary>
    public string Rule(string rule)
    {
        _rules.TryAdd(rule, (0, []));
        return rule;
    }

    public void Add(string rule, string example)
    {
        var (count, examples) = _rules[rule];
        if (examples.Count < ExamplesMax)
        {
            examples.Add(example);
        }

        _rules[rule] = (count + 1, examples);
    }

    public IEnumerable<CheckResult> Results => _rules.Select(rule => new CheckResult(rule.Key, rule.Value.Count, rule.Value.Examples));
}
