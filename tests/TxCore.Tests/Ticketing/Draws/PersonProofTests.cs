using System.Text;
using TxCore.Ticketing.Draws;

namespace TxCore.Tests.Ticketing.Draws;

/// <summary>The proof of one person, checked with the published values alone.</summary>
public sealed class PersonProofTests
{
    private readonly SampleDraw _draw = new(1000);

    [Fact]
    public void The_proof_of_every_person_holds()
    {
        var draw = new SampleDraw(37);
        int[] ranks = DrawOrder.Ranks(draw.Order);
        for (int person = 1; person <= 37; person++)
        {
            var proof = Proof(draw, person);
            Assert.Equal(ranks[proof.ListIndex], proof.Rank);
            Assert.Empty(PersonProof.Verify(proof.ToJson(), draw.Record.ListRoot, draw.Record.OrderRoot, 37).Findings);
        }
    }

    [Fact]
    public void Who_is_not_in_the_list_has_no_proof() =>
        Assert.Null(PersonProof.Create(_draw.Record, _draw.Keys, _draw.Sorted, _draw.Order, SampleDraw.KeyOf(1001)));

    [Fact]
    public void A_better_rank_is_found_out()
    {
        var proof = Proof(_draw, 5);
        Finds(proof with { Rank = proof.Rank - 1 }, "The order path does not lead");
        Finds(proof with { Rank = 0 }, "The order path does not lead");
        Finds(proof with { Rank = int.MinValue }, "The order path does not lead");
    }

    [Fact]
    public void The_rank_of_another_person_is_found_out()
    {
        var other = Proof(_draw, 6);
        Finds(Proof(_draw, 5) with { Rank = other.Rank, OrderPath = other.OrderPath }, "The order path does not lead");
    }

    [Fact]
    public void The_key_of_another_person_is_found_out() =>
        Finds(Proof(_draw, 5) with { PersonKey = Proof(_draw, 6).PersonKey }, "The list path does not lead");

    [Fact]
    public void Another_list_index_is_found_out()
    {
        var proof = Proof(_draw, 5);
        Finds(proof with { ListIndex = proof.ListIndex ^ 1 }, "The list path does not lead");
    }

    [Fact]
    public void A_changed_path_is_found_out()
    {
        var proof = Proof(_draw, 5);
        Finds(proof with { ListPath = [.. proof.ListPath.Skip(1)] }, "The list path does not lead");
        Finds(proof with { OrderPath = [.. proof.OrderPath.Take(3), new byte[32], .. proof.OrderPath.Skip(4)] }, "The order path does not lead");
    }

    [Fact]
    public void A_proof_for_another_draw_is_found_out()
    {
        var other = new SampleDraw(999);
        var proof = Proof(other, 5);
        Finds(proof, "The proof is for 999 entries");
        Finds(proof, "The list root of the proof is not the published one");
        Finds(proof, "The order root of the proof is not the published one");
        Assert.True(PersonProof.Verify(proof.ToJson()).Holds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("not json")]
    public void What_is_no_proof_is_a_finding(string json) => CannotBeRead(json);

    [Fact]
    public void A_proof_with_a_hole_or_too_long_is_a_finding()
    {
        string json = Encoding.UTF8.GetString(Proof(_draw, 5).ToJson());
        foreach (string changed in new[]
        {
            json.Replace("\"rank\"", "\"place\"", StringComparison.Ordinal),
            json.Replace("\"personKey\": \"", "\"personKey\": \"z", StringComparison.Ordinal),
            json.Replace("\"listPath\": [", "\"listPath\": [null,", StringComparison.Ordinal),
            json.Replace("\"drawName\": \"TXC-DRAW-DEMO-1\"", "\"drawName\": null", StringComparison.Ordinal),
            json + new string(' ', PersonProof.JsonBytesMax),
        })
        {
            CannotBeRead(changed);
        }
    }

    [Fact]
    public void A_proof_of_a_later_format_is_named_as_such() => Finds(Proof(_draw, 5) with { Format = 2 }, "The proof has format 2");

    private static void CannotBeRead(string json) => Assert.StartsWith(
        "The proof cannot be read", Assert.Single(PersonProof.Verify(Encoding.UTF8.GetBytes(json)).Findings), StringComparison.Ordinal);

    private static PersonProof Proof(SampleDraw draw, int person) =>
        PersonProof.Create(draw.Record, draw.Keys, draw.Sorted, draw.Order, SampleDraw.KeyOf(person))!;

    private void Finds(PersonProof proof, string finding) => Assert.Contains(
        PersonProof.Verify(proof.ToJson(), _draw.Record.ListRoot, _draw.Record.OrderRoot, _draw.Record.Entries).Findings,
        found => found.StartsWith(finding, StringComparison.Ordinal));
}
