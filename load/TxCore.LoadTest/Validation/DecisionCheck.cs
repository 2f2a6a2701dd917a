using TxCore.LoadTest.Engine;
using TxCore.Protocol;

namespace TxCore.LoadTest.Validation;

/// <summary>Every decision is the one the tool expects from the rules it knows: code and amount.</summary>
internal static class DecisionCheck
{
    private const int ExamplesMax = 5;

    public static CheckResult Run(Journal journal)
    {
        long differences = 0;
        var examples = new List<string>();
        for (int i = 0; i < journal.Count; i++)
        {
            ref readonly var entry = ref journal[i];
            if (entry.Progress != Progress.Answered || entry.IsAsExpected || entry.Kind.IsControl())
            {
                continue;
            }

            differences++;
            if (examples.Count < ExamplesMax)
            {
                examples.Add(
                    $"source {entry.Source} sequence {entry.Sequence} ({entry.Kind}): expected {entry.ExpectedCode} {entry.ExpectedAmountCents}, "
                    + $"answered {entry.Code} {entry.AmountCents}");
            }
        }

        return new CheckResult("every decision has the code and the amount the tool expects", differences, examples);
    }
}
