using Microsoft.Extensions.Time.Testing;
using TxCore.Client.Players;
using TxCore.Identity.Keys;
using TxCore.Testing;

namespace TxCore.Identity.Tests;

public sealed class KeyFileTests(PostgresFixture files)
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 5, 1, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_pepper_is_made_for_its_owner_alone_and_read_back()
    {
        string path = Path.Combine(files.CreateDirectory(), "pepper");
        using var made = PepperFile.Create(path, "GAMES", Clock);
        using var read = PepperFile.Read(path, "GAMES");
        Assert.Equal((made.Id, made.Event, made.CreatedAt), (read.Id, read.Event, read.CreatedAt));
        var birth = new DateOnly(1990, 1, 2);
        Assert.Equal(made.KeyOf("Ada", "Byron", birth), read.KeyOf("ADA", "BYRON", birth));
        byte[] secret = Convert.FromHexString(System.Text.Json.JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("pepper").GetString()!);
        Assert.Equal(PlayerIdentity.Key(secret, "ADABYRON19900102"), made.KeyOf("Ada", "Byron", birth));
        Assert.Equal(Pepper.Bytes, secret.Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.Contains("is there already", Assert.Throws<IdentityRefusedException>(() => PepperFile.Create(path, "GAMES", Clock)).Message);
        Assert.Contains("belongs to GAMES, not to OTHER", Assert.Throws<IdentityRefusedException>(() => PepperFile.Read(path, "OTHER")).Message);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_secret_that_others_could_read_is_refused(UnixFileMode more)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "No Unix permissions.");
        string directory = files.CreateDirectory();
        PepperFile.Create(Path.Combine(directory, "pepper"), "GAMES", Clock).Dispose();
        MasterKey.Create(Path.Combine(directory, "master")).Dispose();
        foreach (string name in new[] { "pepper", "master" })
        {
            string path = Path.Combine(directory, name);
#pragma warning disable CA1416
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);
#pragma warning restore CA1416
            var fault = Assert.Throws<IdentityRefusedException>(() => { if (name == "pepper") { PepperFile.Read(path); } else { MasterKey.Read(path); } });
            Assert.Contains("others than its owner", fault.Message);
            Assert.Contains("600", fault.Message);
        }
    }

    [Fact]
    public void A_destroyed_pepper_leaves_a_tombstone_and_its_event_gets_no_other()
    {
        string directory = files.CreateDirectory();
        string path = Path.Combine(directory, "pepper");
        string id;
        using (var made = PepperFile.Create(path, "GAMES", Clock))
        {
            id = made.Id;
        }

        string secret = File.ReadAllText(path);
        Assert.Throws<IdentityRefusedException>(() => PepperFile.Destroy(path, "OTHER", "ada", "end", Clock));
        Assert.Throws<IdentityRefusedException>(() => PepperFile.Destroy(path, "GAMES", "ada", " ", Clock));
        Assert.True(File.Exists(path));
        var gone = PepperFile.Destroy(path, "GAMES", "ada", "the games are over", Clock);
        Assert.Equal(new PepperTombstone("GAMES", id, Clock.GetUtcNow(), "ada", "the games are over"), gone);
        Assert.False(File.Exists(path));
        Assert.Equal(gone, PepperFile.ReadTombstone(path));
        Assert.Contains("destroyed on 2026-05-01 by ada: the games are over", Assert.Throws<IdentityRefusedException>(() => PepperFile.Read(path)).Message);
        Assert.Contains("gets no other", Assert.Throws<IdentityRefusedException>(() => PepperFile.Create(path, "GAMES", Clock)).Message);
        Assert.Throws<IdentityRefusedException>(() => PepperFile.Create(Path.Combine(directory, "elsewhere"), "GAMES", Clock));
        PepperFile.Create(Path.Combine(directory, "next"), "GAMES-2", Clock).Dispose();

        // A crash after the tombstone: the pepper is there still, is not read any more, and is destroyed at the next attempt.
        File.WriteAllText(path, secret);
        Assert.Throws<IdentityRefusedException>(() => PepperFile.Read(path));
        Assert.Equal(gone, PepperFile.Destroy(path, "GAMES", "bob", "again", Clock));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_file_that_holds_no_key_is_refused_without_quoting_it()
    {
        string directory = files.CreateDirectory();
        string path = Path.Combine(directory, "pepper");
        PepperFile.Create(path, "GAMES", Clock).Dispose();
        foreach (string text in new[] { "", "{}", "hunter2 {", """{"event":"GAMES","created_at":"2026-05-01T08:00:00+00:00","pepper":"abcd"}""" })
        {
            File.WriteAllText(path, text);
            var fault = Assert.Throws<IdentityRefusedException>(() => PepperFile.Read(path));
            Assert.Contains("no pepper file", fault.Message);
            Assert.DoesNotContain("hunter2", fault.ToString());
            Assert.Contains("no master key file", Assert.Throws<IdentityRefusedException>(() => MasterKey.Read(path)).Message);
        }

        Assert.Contains("There is no pepper file", Assert.Throws<IdentityRefusedException>(() => PepperFile.Read(path + "x")).Message);
    }
}
