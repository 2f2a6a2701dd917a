using TxCore.Fuzzing.Driving;
using TxCore.Fuzzing.Frames;

namespace TxCore.Protocol.Tests;

/// <summary>What fuzzing found of the parser's branches, played again, and changes of it; long runs are described in TxCore.Fuzzing.</summary>
public class FuzzCorpusTests(ITestOutputHelper output)
{
    private const int Changed = 100_000;
    private const int Seed = 20261123;

    private readonly FramesTarget _target = new();

    [Fact]
    public void Every_input_of_the_corpus_is_read_in_one_way_and_written_again()
    {
        var report = Run.Replay(_target, Corpus.Read(Corpus.FolderOf(_target)));
        output.WriteLine($"{report}; {_target}");
        Assert.True(report.Inputs >= 300, $"There are only {report.Inputs} inputs.");
        Assert.True(_target.Decoded.Messages >= 200, $"Only {_target.Decoded.Messages} messages were read.");
    }

    [Fact]
    public void Changed_inputs_are_read_in_one_way_and_written_again()
    {
        var report = Run.Mutated(_target, Corpus.Read(Corpus.FolderOf(_target)), Changed, TimeSpan.FromSeconds(30), Seed);
        output.WriteLine($"{report}; {_target}");
        Assert.True(_target.Decoded.Messages >= report.Inputs / 10, $"Only {_target.Decoded.Messages} messages were read.");
    }

    [Fact]
    public void Every_type_on_the_wire_is_fuzzed() =>
        Assert.Equal(Vectors.MessageCatalogue.All.Values.Select(entry => entry.Type).Order(), MessageCodecs.All.Select(codec => codec.Type).Order());

    [Fact]
    public void The_same_seed_makes_the_same_inputs()
    {
        byte[][] corpus = Corpus.Read(Corpus.FolderOf(_target));
        var one = new Mutator(corpus, Seed);
        var other = new Mutator(corpus, Seed);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(one.Next(), other.Next()));
    }
}
