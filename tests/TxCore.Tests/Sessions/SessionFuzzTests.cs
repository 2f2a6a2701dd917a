using TxCore.Fuzzing.Driving;
using TxCore.Fuzzing.Sessions;

namespace TxCore.Tests.Sessions;

/// <summary>What fuzzing found of a session's branches, played again beside a witness, and changes of it; long runs are described in TxCore.Fuzzing.</summary>
public sealed class SessionFuzzTests(ITestOutputHelper output)
{
    private const int Changed = 3_000;
    private const int Seed = 20261123;

    private readonly SessionTarget _target = new();

    [Fact]
    public void Every_input_of_the_corpus_ends_its_own_session_and_nothing_else()
    {
        var report = Run.Replay(_target, Corpus.Read(Corpus.FolderOf(_target)));
        output.WriteLine($"{report}; {_target}");
        Assert.True(report.Inputs >= 100, $"There are only {report.Inputs} inputs.");
        Assert.True(_target.Answered.Decided >= report.Inputs / 2, $"Only {_target.Answered.Decided} transactions were decided.");
    }

    [Fact]
    public void Changed_inputs_end_their_own_session_and_nothing_else()
    {
        var report = Run.Mutated(_target, Corpus.Read(Corpus.FolderOf(_target)), Changed, TimeSpan.FromSeconds(30), Seed);
        output.WriteLine($"{report}; {_target}");
        Assert.True(_target.Answered.Answers >= report.Inputs, $"There were only {_target.Answered.Answers} answers.");
    }
}
