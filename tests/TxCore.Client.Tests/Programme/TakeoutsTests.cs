using System.Text;
using TxCore.Client.Programme;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Programme;

public sealed class TakeoutsTests
{
    [Fact]
    public void A_code_with_the_online_prefix_goes_before_the_other_online_and_the_default_after_both()
    {
        var takeouts = SampleFile.ReadTakeouts(Encoding.UTF8.GetBytes(
            """
            {"comment": "ours", "default": 25, "takeouts": [
              {"bet": "TRIO", "percent": 25.15, "runnersMin": 8}, {"bet": "E_TRIO", "percent": 20.5, "carryOver": true}, {"bet": "E_MULTI", "percent": 100}]}
            """));

        Assert.Equal(new Takeout(2515, false, 8), takeouts.Find(BetType.Trio, Channel.Retail));
        Assert.Equal(new Takeout(2050, true), takeouts.Find(BetType.Trio, Channel.Online));
        Assert.Equal(new Takeout(10_000), takeouts.Find(BetType.Multi, Channel.Online));
        Assert.Equal(new Takeout(2500), takeouts.Find(BetType.Multi, Channel.Retail));
        Assert.Null(SampleFile.ReadTakeouts("""{"takeouts": []}"""u8.ToArray()).Find(BetType.Win, Channel.Retail));
    }

    [Fact]
    public void Money_carried_over_and_fewest_runners_come_with_the_takeout()
    {
        var takeouts = SampleFile.ReadTakeouts("""{"default": 25, "takeouts": [{"bet": "SUPER_QUATRE", "percent": 16.75, "carryOver": true, "runnersMin": 6}]}"""u8.ToArray());
        var day = SampleFile.ReadDay(SampleFile.Programme, SampleFile.Options(Channel.Retail) with { Takeouts = takeouts });

        var pool = day.Races[2].Pools.Single(pool => BetTypes.TypeOf(pool.Pool) == BetType.SuperFour);
        Assert.Equal((1 | 2 | 4 | 8 | 32, 1675, 6), (pool.Flags, pool.TakeoutBasisPoints, pool.RunnersMin));
    }

    [Theory]
    [InlineData("""{}""", "takeouts", "missing")]
    [InlineData("""{"takeouts": {}}""", "takeouts", "a list is needed")]
    [InlineData("""{"takeouts": [{"percent": 5}]}""", "takeouts[0].bet", "missing")]
    [InlineData("""{"takeouts": [{"bet": "SEXTUPLE", "percent": 5}]}""", "takeouts[0].bet", "not a bet sold here")]
    [InlineData("""{"takeouts": [{"bet": "TIC_TROIS", "percent": 5}]}""", "takeouts[0].bet", "not a bet sold here")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": 5}, {"bet": "TRIO", "percent": 6}]}""", "takeouts[1].bet", "a second time")]
    [InlineData("""{"takeouts": [{"bet": "TRIO"}]}""", "takeouts[0].percent", "missing")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": "5"}]}""", "takeouts[0].percent", "a number is needed")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": 5.125}]}""", "takeouts[0].percent", "at most two decimals")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": 100.01}]}""", "takeouts[0].percent", "0..100")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": -1}]}""", "takeouts[0].percent", "0..100")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": 1e400}]}""", "takeouts[0].percent", "a number is needed")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": 5, "carryOver": 1}]}""", "takeouts[0].carryOver", "true or false")]
    [InlineData("""{"takeouts": [{"bet": "TRIO", "percent": 5, "runnersMin": 32}]}""", "takeouts[0].runnersMin", "0..31")]
    [InlineData("""{"default": 101, "takeouts": []}""", "default", "0..100")]
    [InlineData("""[]""", "", "an object is needed")]
    [InlineData("""{"takeouts": [""", "", "not readable")]
    public void A_wrong_field_is_named_by_its_path(string json, string path, string message)
    {
        Assert.False(Takeouts.TryRead(Encoding.UTF8.GetBytes(json), out var takeouts, out var errors));
        Assert.Null(takeouts);
        var error = Assert.Single(errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message);
    }
}
