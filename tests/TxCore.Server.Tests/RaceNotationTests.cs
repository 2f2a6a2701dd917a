using System.CommandLine;
using TxCore.Protocol;
using TxCore.Protocol.Messages;
using TxCore.Server.Commands;

namespace TxCore.Server.Tests;

/// <summary>Orders of finish and published dividends, as operations write and get them.</summary>
public sealed class RaceNotationTests
{
    [Theory]
    [InlineData("3-7-1=4-9", "3:1 7:2 1:3 4:3 9:5")]
    [InlineData("1=2=3-4", "1:1 2:1 3:1 4:4")]
    [InlineData("-", "")]
    public void An_order_of_finish_is_read_with_its_dead_heats(string text, string places)
    {
        var (finish, errors) = Parse(text);
        Assert.Equal(0, errors);
        Assert.Equal(places, string.Join(' ', finish!.Select(place => $"{place.Runner}:{place.Place}")));
    }

    [Theory]
    [InlineData("3-3")]
    [InlineData("3--4")]
    [InlineData("0-1")]
    [InlineData("three")]
    public void What_is_no_order_of_finish_is_refused(string text) => Assert.NotEqual(0, Parse(text).Errors);

    [Fact]
    public void Published_dividends_are_read_for_one_euro()
    {
        const string json = """
            [ { "typePari": "QUINTE_PLUS", "miseBase": 200, "rembourse": false, "dividendeUnite": "PourUneMiseDeBase", "rapports": [
                { "libelle": "Ordre", "combinaison": "5-7-3-2-1", "dividende": 9000, "dividendePourUnEuro": 4500 },
                { "libelle": "Désordre", "combinaison": "5-7-3-2-1", "dividende": 1, "dividendePourUnEuro": 900 },
                { "libelle": "Bonus 4", "combinaison": "5-7-3-2", "dividende": 1, "dividendePourUnEuro": 300 },
                { "libelle": "Bonus 3", "combinaison": "5-7-3", "dividende": 1, "dividendePourUnEuro": 200 } ] },
              { "typePari": "E_MULTI", "rapports": [ { "libelle": "E-Multi en 5", "combinaison": "5-7-3-2", "dividendePourUnEuro": 2310 } ] },
              { "typePari": "TRIO", "rapports": [ { "libelle": "Trio", "combinaison": "5-1-NP", "dividendePourUnEuro": 1450 } ] },
              { "typePari": "SUPER_QUATRE", "rembourse": true } ]
            """;
        var pools = OfficialDividends.Read(json);

        Assert.Equal([(13, false, false), (1010, false, false), (6, false, true), (15, true, false)],
            pools.Select(pool => ((int)pool.Pool, pool.IsRefunded, pool.PaysNonRunners)));
        Assert.Equal(
            [(PayRank.Order, 4500), (PayRank.Disorder, 900), (PayRank.BonusFour, 300), (PayRank.BonusThree, 200)],
            pools[0].Dividends.Select(dividend => (dividend.Rank, dividend.DividendCents)));
        Assert.Equal((5, PayRank.AnyOrder), (pools[1].Dividends[0].Risk, pools[1].Dividends[0].Rank));
        Assert.Equal(new byte[] { 5, 1, 0 }, pools[2].Dividends[0].Runners);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[ { \"typePari\": \"TIC_TROIS\", \"rapports\": [] } ]")]
    [InlineData("[ { \"typePari\": \"TRIO\", \"rapports\": [ { \"combinaison\": \"1-2-3\", \"dividende\": 100 } ] } ]")]
    [InlineData("[ { \"typePari\": \"TRIO\", \"rapports\": [ { \"combinaison\": \"1-2-X\", \"dividendePourUnEuro\": 100 } ] } ]")]
    public void What_is_no_list_of_dividends_is_refused(string json) => Assert.Throws<InvalidDataException>(() => OfficialDividends.Read(json));

    private static (FinishPlace[]? Finish, int Errors) Parse(string text)
    {
        var finish = new Argument<FinishPlace[]?>("finish") { CustomParser = RaceNotation.Finish };
        var parsed = new RootCommand { finish }.Parse([text]);
        return (parsed.Errors.Count == 0 ? parsed.GetValue(finish) : null, parsed.Errors.Count);
    }
}
