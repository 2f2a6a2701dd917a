using TxCore.Testing;

namespace TxCore.Postgres.Tests;

/// <summary>The identities of a sale hold over one made by hand, and each names what was changed when it was.</summary>
public sealed class SaleIdentityTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_identities_hold_and_looked_at_something()
    {
        var (database, _) = await HandMadeSale.CreateAsync(postgres);
        await ProjectAsync(database);

        var identities = await VerifyAsync(database);

        Assert.All(identities, identity => Assert.True(identity.Holds, $"{identity.Name}: {identity.First}"));
        Assert.All(identities, identity => Assert.True(identity.Checked > 0, identity.Name));
    }

    [Theory]
    [InlineData(SaleIdentities.Cells, "quantity = 40 WHERE number = {H2}")]
    [InlineData(SaleIdentities.Held, "session = 11 WHERE number = {T1}")]
    [InlineData(SaleIdentities.Person, "command = overlay(command PLACING '\\x0200' FROM 39) WHERE kind = 785 AND sale = 1")]
    [InlineData(SaleIdentities.Session, "command = overlay(command PLACING '\\x0300' FROM 49) WHERE kind = 786 AND sale = 1")]
    [InlineData(SaleIdentities.Slot, "sequenced_at = sequenced_at + interval '2 days' WHERE number = {H6}")]
    [InlineData(SaleIdentities.Ending, "reference = {H1} WHERE kind = 274")]
    [InlineData(SaleIdentities.Order, "amount_cents = 2501 WHERE number = {H1} AND line = 2")]
    [InlineData(SaleIdentities.Return, "command = overlay(command PLACING '\\x01' FROM 39) WHERE number = {T1}")]
    [InlineData(SaleIdentities.Payment, "command = overlay(command PLACING '\\xA001' FROM 35) WHERE number = {E2}")]
    [InlineData(SaleIdentities.Capture, "command = overlay(command PLACING '\\x02' FROM 36) WHERE number = {C1}")]
    [InlineData(SaleIdentities.Authorisation, "command = overlay(command PLACING '\\xB002' FROM 35) WHERE number = {E2}")]
    [InlineData(SaleIdentities.Offer, "reference = {W1} WHERE kind = 1288")]
    [InlineData(SaleIdentities.Plain, "plain = '\\x00' WHERE number = {H3}")]
    public async Task What_was_changed_is_named(string identity, string change)
    {
        var (database, sale) = await HandMadeSale.CreateAsync(postgres);
        await ProjectAsync(database);
        string where = sale.Numbers.Aggregate(change, (text, one) => text.Replace($"{{{one.Key}}}", $"{one.Value}", StringComparison.Ordinal));
        await database.ExecuteAsync($"UPDATE txcore.transaction SET {where}");

        var broken = (await VerifyAsync(database)).Single(one => one.Name == identity);

        Assert.False(broken.Holds);
        Assert.NotNull(broken.First);
        TestContext.Current.SendDiagnosticMessage("{0}: {1}", identity, broken.First);
    }

    private static async Task ProjectAsync(ShardDatabase database)
    {
        await using var reader = new DrawReader(database.Writer, ShardDatabase.Identity);
        await using var projection = new DrawProjection(database.Writer, ShardDatabase.Identity);
        var draw = (await reader.ReadAsync(HandMadeDraw.Draw, Cancellation))!;
        int[] sorted = Ticketing.Draws.DrawList.Sort(draw.Keys);
        await projection.WriteAsync(HandMadeDraw.Draw, draw.Keys, sorted, HandMadeDraw.Order, draw.Run!.OrderHash, Cancellation);
    }

    private static async Task<IReadOnlyList<SaleIdentity>> VerifyAsync(ShardDatabase database)
    {
        await using var reader = new SaleReader(database.Writer, ShardDatabase.Identity);
        return await reader.VerifyAsync(Cancellation);
    }
}
