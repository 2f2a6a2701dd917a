using TxCore.LoadTest.Engine;

namespace TxCore.LoadTest.Validation;

/// <summary>Nothing that was sent is left without an answer.</summary>
internal static class AnswerCheck
{
    private const int ExamplesMax = 5;

    public static CheckResult Run(Journal journal)
    {
        long differences = 0;
        var examples = new List<string>();
        for (int i = 0; i < journal.Count; i++)
        {
            ref readonly var entry = ref journal[i];
            if (entry.Progress is Progress.Answered or Progress.Dropped)
            {
                continue;
            }

            differences++;
            if (examples.Count < ExamplesMax)
            {
                examples.Add($"source {entry.Source} sequence {entry.Sequence} ({entry.Kind}): sent and not answered in time");
            }
        }

        return new CheckResult("every transaction sent is answered", differences, examples);
    }
}
