using TxCore.Postgres.PrivatePostgres;

namespace TxCore.Postgres.Tests.PrivatePostgres;

public sealed class ProcessIdentityTests
{
    private static readonly ProcessIdentity Self = ProcessIdentity.OfThisProcess();

    [Fact]
    public void A_running_process_is_not_dead_and_survives_being_written_down()
    {
        Assert.Equal(Self, ProcessIdentity.Parse(Self.ToString()));
        Assert.False(Self.IsSurelyDead());
    }

    [Fact]
    public void An_earlier_process_of_the_same_number_is_dead() => Assert.True((Self with { Start = "1" }).IsSurelyDead());

    [Fact]
    public void A_process_of_an_earlier_boot_is_dead() => Assert.True((Self with { Boot = "before" }).IsSurelyDead());

    [Fact]
    public void A_process_of_another_machine_or_container_may_be_alive()
    {
        Assert.False((Self with { Host = "elsewhere", Start = "1" }).IsSurelyDead());
        Assert.False((Self with { Namespace = "another", Start = "1" }).IsSurelyDead());
    }
}
