using TxCore.Client.Players;
using TxCore.Protocol;

namespace TxCore.Client.Tests.Players;

/// <summary>Keys of players and lists of them (<c>domain.md</c> section 2.5, with its vectors of fictive persons).</summary>
public sealed class PlayerIdentityTests
{
    private static readonly string KeyText = new('a', 64);

    [Theory]
    [InlineData("Jean", "Dupont", "JEANDUPONT19700228")]
    [InlineData("Lætitia", "LÆN", "LAETITIALAEN19700228")]
    [InlineData("Jean-Christophe", "D'Anjoux", "JEANCHRISTOPHEDANJOUX19700228")]
    [InlineData("Éléonore Raphaël", "Œne", "ELEONORERAPHAELOENE19700228")]
    [InlineData("François-Noël", "Ñandú Ÿz", "FRANCOISNOELNANDUYZ19700228")]
    public void The_canonical_form_has_capital_letters_and_the_date_of_birth_only(string firstName, string surname, string canonical) =>
        Assert.Equal(canonical, PlayerIdentity.Canonical(firstName, surname, new DateOnly(1970, 2, 28)));

    [Fact]
    public void A_name_without_letters_and_a_short_secret_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PlayerIdentity.Canonical("李", "Wang", default));
        Assert.Throws<ArgumentException>(() => PlayerIdentity.Key(new byte[15], "JEANDUPONT19700228"));
    }

    [Fact]
    public void The_key_depends_on_the_secret_and_the_identity_alone()
    {
        byte[] secret = [.. Enumerable.Range(0, 16).Select(static i => (byte)i)];
        byte[] key = PlayerIdentity.Key(secret, "JEANDUPONT19700228");
        Assert.Equal(Wire.PersonKeyBytes, key.Length);
        Assert.Equal(key, PlayerIdentity.Key(secret, "JEANDUPONT19700228"));
        Assert.NotEqual(key, PlayerIdentity.Key(secret, "JEANDUPONT19700227"));
        Assert.NotEqual(key, PlayerIdentity.Key([.. secret.Reverse()], "JEANDUPONT19700228"));
    }

    [Fact]
    public void A_list_says_banned_excluded_or_no_longer_barred()
    {
        string[] lines = ["# the list of today", "", KeyText, KeyText + " banned", KeyText + " excluded 1970-01-01T00:00:01Z", KeyText + " none"];
        Assert.True(PlayerList.TryRead(lines, out var players, out _));
        Assert.Equal([PlayerBar.Banned, PlayerBar.Banned, PlayerBar.SelfExcluded, PlayerBar.None], players.Select(static player => player.Bar));
        Assert.Equal(1_000_000, players[2].Until);
        Assert.All(players, static player => Assert.Equal(Enumerable.Repeat((byte)0xAA, 32), player.Player));
    }

    [Theory]
    [InlineData("abc", "line 2: 'abc' is not a player key of 64 hexadecimal digits")]
    [InlineData("{key} sometimes", "line 2: 'sometimes' is none of banned, none, excluded TIME")]
    [InlineData("{key} excluded", "line 2: 'excluded' is none of banned, none, excluded TIME")]
    [InlineData("{key} excluded soon", "line 2: 'excluded soon' is none of banned, none, excluded TIME")]
    [InlineData("zz{key}", "line 2: 'zz{key}' is not a player key of 64 hexadecimal digits")]
    public void A_line_that_cannot_be_read_is_named(string line, string expected)
    {
        Assert.False(PlayerList.TryRead([KeyText, line.Replace("{key}", KeyText, StringComparison.Ordinal)], out var players, out string fault));
        Assert.Empty(players);
        Assert.Equal(expected.Replace("{key}", KeyText, StringComparison.Ordinal), fault);
    }
}
